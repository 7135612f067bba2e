"""Whether a message is English, by its small words: Dutch with English words in it is Dutch."""

import re

_ENGLISH = frozenset(re.findall(r"\w+", """
    the a an is are am i my me you your do does did can how what where when why need to for of and have has get from with at it
    this please much long should would could been want help there will not
"""))
_DUTCH = frozenset(re.findall(r"\w+", """
    de het een ik mijn mn je u uw zijn kan hoe wat waar wanneer moet om voor van en heb heeft krijg met aan dat dit er niet ook
    bij nog al naar maar als wil mag ben die ze we wij wel te nu
"""))
FEWEST = 3  # words; less says too little


def is_english(text: str) -> bool:
    """True when English small words clearly outnumber Dutch ones."""
    words = re.findall(r"[a-z']+", text.lower())
    if len(words) < FEWEST:
        return False
    english = sum(word in _ENGLISH for word in words)
    dutch = sum(word in _DUTCH for word in words)
    return english >= 2 and english >= 3 * dutch and english / len(words) > 0.3
