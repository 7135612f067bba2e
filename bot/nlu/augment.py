"""Slips and dropped words, made up for training. Off by default: they gain nothing (benchmarks/nlu.py)."""

from random import Random

from bot.nlu.features import Sentence


class Noise:
    """Makes noisy copies of sentences; the same seed makes the same copies."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def copy(self, given: Sentence) -> Sentence:
        """`given` with a slip in one longer word, and in half of the cases without one of its words."""
        words, lemmas = list(given.words), list(given.lemmas)
        aligned = len(words) == len(lemmas)
        long = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha()]
        if long:
            at = self._random.choice(long)
            words[at] = self._slip(words[at])
            if aligned:
                lemmas[at] = words[at]
        if len(words) > 3 and self._random.random() < 0.5:
            at = self._random.randrange(len(words))
            del words[at]
            if aligned:
                del lemmas[at]
        return Sentence(tuple(words), tuple(lemmas))

    def _slip(self, word: str) -> str:
        """Two letters swapped, one lost, or one doubled; the first letter stays."""
        at = self._random.randrange(1, len(word) - 1)
        kind = self._random.randrange(3)
        if kind == 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + (word[at + 1 :] if kind == 1 else word[at] * 2 + word[at + 1 :])
