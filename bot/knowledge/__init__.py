"""What a municipality answers, without Rasa: the answers to topics, the canned ones of the desk, and finding them."""
