"""From the scores of the classifiers to one confidence that means what it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.calibration import _SigmoidCalibration

Scores = NDArray[np.float64]
ENOUGH = 10  # sentences of a class, for a sigmoid of its own


@dataclass(frozen=True)
class Calibration:
    """A sigmoid per class (Platt) for the support vectors; its log and that of naive Bayes, weighed, make the confidence.

    slope, offset: (classes,); vectors, bayes: the weight of each.
    """

    slope: Scores
    offset: Scores
    vectors: float
    bayes: float

    def __call__(self, scores: Scores, likelihood: Scores) -> Scores:
        """Probabilities, of the same shape as `scores` and `likelihood`: (..., classes)."""
        mixed = self.vectors * self.sigmoids(scores) + self.bayes * likelihood
        return np.exp(mixed - logsumexp(mixed, axis=-1, keepdims=True))  # type: ignore[no-any-return]

    def sigmoids(self, scores: Scores) -> Scores:
        """Logarithms of the sigmoids."""
        return -np.logaddexp(0, np.clip(self.slope * scores + self.offset, -60, 60))


def calibrate(scores: Scores, likelihood: Scores, truth: NDArray[np.int64]) -> Calibration:
    """Learns from scores of sentences that the classifiers had not seen (out of fold) and their classes.

    The two weights are those that make the truth most likely.
    """
    right = truth[:, None] == np.arange(scores.shape[1])
    everyone = _SigmoidCalibration().fit(scores.ravel(), right.ravel())
    own = [_SigmoidCalibration().fit(scores[:, c], right[:, c]) for c in range(scores.shape[1])]
    # A class of a few sentences says too little about itself, and one that says "the higher the less likely", nonsense.
    sigmoids = [s if s.a_ < 0 and n >= ENOUGH else everyone for s, n in zip(own, right.sum(axis=0), strict=True)]
    plain = Calibration(np.array([s.a_ for s in sigmoids]), np.array([s.b_ for s in sigmoids]), 1.0, 0.0)
    logs, each = plain.sigmoids(scores), np.arange(len(truth))

    def surprise(weights: tuple[float, float]) -> float:
        mixed = weights[0] * logs + weights[1] * likelihood
        return float((logsumexp(mixed, axis=1) - mixed[each, truth]).mean())

    vectors, bayes = minimize(surprise, (1.0, 0.1), method="Nelder-Mead", bounds=((0.05, 5.0), (0.0, 2.0))).x
    return Calibration(plain.slope, plain.offset, float(vectors), float(bayes))
