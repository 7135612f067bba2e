"""The brain: takes turns from the mailbox, lets Rasa answer them, commits. The only process that imports Rasa."""
