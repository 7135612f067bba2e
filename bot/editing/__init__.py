"""For editors: checks the content, starts a topic, makes drafts of questions and answers from elsewhere. Speaks plain Dutch."""


class EditingError(Exception):
    """What the editor asked cannot be done; the message is a sentence in plain Dutch that says why."""
