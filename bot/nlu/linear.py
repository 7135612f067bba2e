"""A linear classifier of sentences: support vectors and naive Bayes on words, lemmas and pieces of words, calibrated together.

scikit-learn trains it; predicting is a look-up of the few rows that a sentence touches, which takes a fraction of a
millisecond. A model is saved as plain arrays and JSON, so loading one can't run code.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from bot.nlu.augment import Noise
from bot.nlu.bayes import NaiveBayes
from bot.nlu.calibration import Calibration, calibrate
from bot.nlu.features import Block, Counted, Floats, Ints, Scores, Sentence, joint_row

ARRAYS, DESCRIPTION, DIGESTS = "weights.npz", "model.json", "SHA256SUMS"
FORMAT = 2
TOLERANCE = 1e-2  # of the optimiser: a hundred times its default, a third of the time, the same accuracy


Halves = NDArray[np.float16]
Part = tuple[Floats, Floats, NaiveBayes]  # weights (features, classes), intercept (classes), and naive Bayes beside them


class BrokenModel(Exception):
    """The files aren't a model, aren't whole, or were changed after training."""


@dataclass(frozen=True)
class Options:
    """What can be chosen at training time.

    blocks: the kinds of features and their weight; cost: the C of the support vectors; noisy_copies: made-up copies
    with slips, per sentence; processes: how many train at once, which changes the time and nothing else.
    """

    blocks: tuple[tuple[str, float], ...] = (("words", 1.0), ("lemmas", 0.7), ("pieces", 1.0))
    cost: float = 1.0
    folds: int = 5
    seed: int = 7
    noisy_copies: int = 0
    processes: int = 1


class LinearModel:
    """A trained classifier. `weights` has a row per feature and a column per class, in half precision to halve the memory."""

    def __init__(
        self, classes: list[str], blocks: list[Block], weights: Halves, intercept: Floats, bayes: NaiveBayes,
        calibration: Calibration,
    ) -> None:
        self.classes = classes
        self._blocks = blocks
        self._weights = weights
        self._intercept = intercept
        self._bayes = bayes
        self._calibration = calibration

    def rank(self, given: Sentence, length: int) -> list[tuple[str, float]]:
        """The `length` most likely classes with their confidence, best first.

        A sentence without anything known says nothing: all classes are then equally likely.
        """
        columns, values = joint_row(self._blocks, given)
        if not columns:
            return [(name, 1 / len(self.classes)) for name in self.classes[:length]]
        row = np.array(values, dtype=np.float32)
        scores = row @ self._weights[columns].astype(np.float32) + self._intercept
        features = csr_matrix((row, columns, (0, len(columns))), (1, len(self._weights)))
        confidence = self._calibration(scores.astype(np.float64), self._bayes(features)[0])
        best = np.argsort(-confidence, kind="stable")[:length]
        return [(self.classes[i], float(confidence[i])) for i in best]

    def save(self, directory: Path) -> None:
        """Writes three files into `directory`, which must exist."""
        arrays: dict[str, NDArray] = {f"idf_{b.kind}": b.idf for b in self._blocks}
        arrays |= {"weights": self._weights, "intercept": self._intercept}
        arrays |= {"slope": self._calibration.slope, "offset": self._calibration.offset} | self._bayes.arrays()
        np.savez(directory / ARRAYS, **arrays)
        blocks = [{"kind": b.kind, "features": list(b.vocabulary), "unseen": b.unseen, "weight": b.weight}
                  for b in self._blocks]
        content = {"format": FORMAT, "classes": self.classes, "blocks": blocks,
                   "vectors": self._calibration.vectors, "bayes": self._calibration.bayes}
        (directory / DESCRIPTION).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        (directory / DIGESTS).write_text(_digests(directory), encoding="ascii")

    @classmethod
    def load(cls, directory: Path) -> "LinearModel":
        """Reads what `save` wrote. Raises BrokenModel for anything else; never unpickles."""
        try:
            if (directory / DIGESTS).read_text(encoding="ascii") != _digests(directory):
                raise ValueError("the files were changed")
            content = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError("the model is of another version")
            with np.load(directory / ARRAYS, allow_pickle=False) as arrays:
                return cls._assemble(content, {name: arrays[name] for name in arrays.files})
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise BrokenModel(f"no usable model in {directory.name}: {exc}") from exc

    @classmethod
    def _assemble(cls, content: dict, arrays: dict[str, NDArray]) -> "LinearModel":
        blocks = [
            Block(b["kind"], {f: i for i, f in enumerate(b["features"])}, arrays[f"idf_{b['kind']}"],
                  float(b["unseen"]), float(b["weight"]))
            for b in content["blocks"]
        ]
        classes = [str(name) for name in content["classes"]]
        expected: dict[str, tuple[int, ...]] = {"weights": (sum(len(b.vocabulary) for b in blocks), len(classes))}
        expected |= {name: (len(classes),) for name in ("intercept", "slope", "offset", "mass")}
        expected |= {f"idf_{b.kind}": (len(b.vocabulary),) for b in blocks}
        for name, shape in expected.items():
            if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} is not what the description promises")
        bayes = NaiveBayes.restored(arrays, len(arrays["weights"]))
        calibration = Calibration(arrays["slope"], arrays["offset"], float(content["vectors"]), float(content["bayes"]))
        return cls(classes, blocks, arrays["weights"], arrays["intercept"], bayes, calibration)


def train(sentences: Sequence[Sentence], labels: Sequence[str], options: Options | None = None) -> LinearModel:
    """A model of at least two classes; the same input always gives the same model.

    Confidence is calibrated on scores out of fold. A class of fewer sentences than folds is missing from some folds;
    it counts as scored lowest there.
    """
    options = options or Options()
    classes, given = np.unique(np.array(labels), return_inverse=True)
    if len(classes) < 2:
        raise ValueError("a classifier needs at least two classes")
    noise = Noise(options.seed)
    copies = [noise.copy(s) for _ in range(options.noisy_copies) for s in sentences]
    truth = np.tile(given, 1 + options.noisy_copies)
    counted = [Counted.of(kind, [*sentences, *copies]) for kind, _ in options.blocks]
    fold = np.tile(_folds(given, options), 1 + options.noisy_copies)
    everything = np.arange(len(truth))
    # Processes, not threads: liblinear has one random generator per process.
    *scored, (weights, intercept, bayes) = Parallel(n_jobs=options.processes)(
        delayed(_part)(counted, truth, everything if number is None else np.flatnonzero(fold != number), options)
        for number in [*range(options.folds), None]
    )
    calibration = calibrate(*_out_of_fold(counted, scored, fold, (len(given), len(classes)), options), given)
    blocks = [
        Block(c.kind, c.vocabulary, c.rarity(everything).astype(np.float32), math.log(len(truth) + 1) + 1, weight)
        for c, (_, weight) in zip(counted, options.blocks, strict=True)
    ]
    return LinearModel([str(c) for c in classes], blocks, weights.astype(np.float16), intercept, bayes, calibration)


def _matrix(counted: Sequence[Counted], inside: Ints, options: Options) -> csr_matrix:
    """All sentences, weighted by what the ones `inside` the training set know."""
    parts = [c.weighted(c.rarity(inside), weight) for c, (_, weight) in zip(counted, options.blocks, strict=True)]
    return hstack(parts, format="csr")


def _fit(features: csr_matrix, truth: Ints, options: Options) -> LinearSVC:
    return LinearSVC(C=options.cost, tol=TOLERANCE, random_state=options.seed).fit(features, truth)


def _columns(svc: LinearSVC, count: int) -> tuple[Floats, Floats]:
    """Weights and intercept with a column for each of `count` classes; for two classes, scikit-learn keeps only one."""
    coef, intercept = svc.coef_, svc.intercept_
    if len(svc.classes_) == 2:
        coef, intercept = np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
    weights = np.zeros((coef.shape[1], count), dtype=np.float32)
    lowest = np.full(count, -1.5, dtype=np.float32)
    weights[:, svc.classes_], lowest[svc.classes_] = coef.T, intercept
    return weights, lowest


def _part(counted: Sequence[Counted], truth: Ints, inside: Ints, options: Options) -> Part:
    """Weights and intercept learnt from the sentences `inside`, all zero when these are of one class; and naive Bayes."""
    count = int(truth.max()) + 1
    features = _matrix(counted, inside, options)
    bayes = NaiveBayes.of(features[inside], truth[inside], count)
    if len(np.unique(truth[inside])) < 2:
        return np.zeros((features.shape[1], count), dtype=np.float32), np.zeros(count, dtype=np.float32), bayes
    return *_columns(_fit(features[inside], truth[inside], options), count), bayes


def _out_of_fold(
    counted: Sequence[Counted], parts: Sequence[Part], fold: Ints, shape: tuple[int, int], options: Options
) -> tuple[Scores, Scores]:
    """Scores and log likelihoods of each sentence by classifiers trained without it, and without its noisy copies."""
    scores, likelihood = np.zeros(shape), np.zeros(shape)
    for number, (weights, intercept, bayes) in enumerate(parts):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold[: shape[0]] == number)
        if len(outside):
            features = _matrix(counted, inside, options)[outside]
            scores[outside], likelihood[outside] = features @ weights + intercept, bayes(features)
    return scores, likelihood


def _folds(truth: Ints, options: Options) -> Ints:
    """A fold for each sentence: a run of its class, in the order given.

    Sentences that stand together were mostly written by one hand. In a fold of their own they are as new to the classifier
    as a citizen's are, so that confidence is learnt from strangers.
    """
    fold = np.zeros(len(truth), dtype=np.int64)
    for label in np.unique(truth):
        members = np.flatnonzero(truth == label)
        fold[members] = np.arange(len(members)) * options.folds // len(members)
    return fold


def _digests(directory: Path) -> str:
    """The content of the file that `sha256sum -c` checks."""
    names = (ARRAYS, DESCRIPTION)
    return "".join(f"{hashlib.sha256((directory / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
