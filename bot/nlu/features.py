"""From a sentence to numbers: words, lemmas, pairs of them, and pieces of words, weighted by how rare they are."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from bot.dutch.text import plain

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Scores = NDArray[np.float64]

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d{3,}")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
SHORTEST, LONGEST = 2, 5  # characters of a piece of a word, the spaces around the word included


@dataclass(frozen=True)
class Sentence:
    """A text as the classifier sees it: its words, and the dictionary form of each."""

    words: tuple[str, ...]
    lemmas: tuple[str, ...]


def sentence(tokens: Iterable[tuple[str, str]]) -> Sentence:
    """A `Sentence` of (text, lemma) pairs, as a tokenizer gives them."""
    cleaned = [(clean(text), clean(lemma)) for text, lemma in tokens]
    return Sentence(
        tuple(word for text, _ in cleaned for word in _WORD.findall(text)),
        tuple(lemma for _, lemma in cleaned if _WORD.search(lemma)),
    )


def clean(text: str) -> str:
    """Lower case without accents; drawn-out letters ("heeeel") shortened; long numbers all alike."""
    return _DIGITS.sub("000", _DRAWN_OUT.sub(r"\1\1", plain(text)))


def word_features(given: Sentence) -> list[str]:
    """The words, and the pairs of neighbours."""
    return [*given.words, *_pairs(given.words)]


def lemma_features(given: Sentence) -> list[str]:
    """The lemmas, and the pairs of neighbours."""
    return [*given.lemmas, *_pairs(given.lemmas)]


def piece_features(given: Sentence) -> list[str]:
    """All pieces of 2 to 5 characters of the words: what a slip of the pen leaves standing."""
    pieces: list[str] = []
    for word in given.words:
        padded = f" {word} "
        length = len(padded)
        for size in range(SHORTEST, min(LONGEST, length) + 1):
            pieces += [padded[i : i + size] for i in range(length - size + 1)]
    return pieces


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{a} {b}" for a, b in pairwise(words)]


EXTRACTORS: dict[str, Callable[[Sentence], list[str]]] = {
    "words": word_features, "lemmas": lemma_features, "pieces": piece_features,
}


@dataclass(frozen=True)
class Counted:
    """How often each feature of one kind occurs in each sentence, dampened: 1 + log(count)."""

    kind: str
    vocabulary: dict[str, int]
    counts: csr_matrix

    @classmethod
    def of(cls, kind: str, sentences: Sequence[Sentence]) -> "Counted":
        rows = [Counter(EXTRACTORS[kind](s)) for s in sentences]
        vocabulary = {feature: i for i, feature in enumerate(sorted(set().union(*rows)))}
        starts = np.cumsum([0] + [len(row) for row in rows])
        columns = np.fromiter((vocabulary[feature] for row in rows for feature in row), np.int32)
        counts = np.fromiter((n for row in rows for n in row.values()), np.float64)
        return cls(kind, vocabulary, csr_matrix((1 + np.log(counts), columns, starts), (len(rows), len(vocabulary))))

    def rarity(self, rows: Ints) -> Scores:
        """The inverse document frequency of each feature in some of the sentences."""
        seen = np.bincount(self.counts[rows].indices, minlength=len(self.vocabulary))
        return np.log((1 + len(rows)) / (1 + seen)) + 1  # type: ignore[no-any-return]

    def weighted(self, rarity: Scores, weight: float) -> csr_matrix:
        """TF-IDF of all sentences, each row of length `weight`.

        As scikit-learn computes it (smooth, sublinear), with one difference: a feature that no sentence behind
        `rarity` has still counts in the length. Of a text that is half unknown the known half so gets less weight,
        and the classifier less confident.
        """
        values = self.counts.data * rarity[self.counts.indices]
        weighted = csr_matrix((values, self.counts.indices, self.counts.indptr), self.counts.shape)
        length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        return diags(weight / np.maximum(length, 1e-12)) @ weighted


class Block:
    """What is left of `Counted` after training: the same weights, for one sentence at a time."""

    def __init__(self, kind: str, vocabulary: dict[str, int], idf: Floats, unseen: float, weight: float) -> None:
        self.kind = kind
        self.vocabulary = vocabulary
        self.idf = idf
        self.unseen = unseen
        self.weight = weight
        self._extract = EXTRACTORS[kind]
        self._rarity: list[float] = idf.tolist()

    def row(self, given: Sentence) -> tuple[list[int], list[float]]:
        """Columns and values of one sentence; empty when nothing in it is known."""
        columns: list[int] = []
        values: list[float] = []
        length = 0.0
        for feature, count in Counter(self._extract(given)).items():
            column = self.vocabulary.get(feature)
            value = self.unseen if column is None else self._rarity[column]
            value *= 1 + math.log(count) if count > 1 else 1.0
            length += value * value
            if column is not None:
                columns.append(column)
                values.append(value)
        scale = self.weight / math.sqrt(length) if length else 0.0
        return columns, [value * scale for value in values]


def joint_row(blocks: Sequence[Block], given: Sentence) -> tuple[list[int], list[float]]:
    """One sentence in the columns of all blocks, side by side."""
    columns: list[int] = []
    values: list[float] = []
    offset = 0
    for block in blocks:
        own, weights = block.row(given)
        columns += [offset + c for c in own]
        values += weights
        offset += len(block.vocabulary)
    return columns, values
