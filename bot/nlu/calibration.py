"""From the scores of a linear classifier to a confidence that means what it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.calibration import _SigmoidCalibration

Scores = NDArray[np.float64]
ENOUGH = 10  # sentences of a class, for a sigmoid of its own


@dataclass(frozen=True)
class Calibration:
    """A sigmoid per class (Platt), made to sum to one, then sharpened by one exponent for all."""

    slope: Scores
    offset: Scores
    power: float

    def __call__(self, scores: Scores) -> Scores:
        """Probabilities, of the same shape as `scores`: (..., classes)."""
        raised = self._sigmoids(scores) ** self.power
        return raised / raised.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]

    def _sigmoids(self, scores: Scores) -> Scores:
        return 1 / (1 + np.exp(np.clip(self.slope * scores + self.offset, -60, 60)))


def calibrate(scores: Scores, truth: NDArray[np.int64]) -> Calibration:
    """Learns from scores of sentences that the classifier had not seen (out of fold) and their classes.

    The sigmoids alone are too modest once they have been made to sum to one; the exponent that makes the truth most
    likely corrects that.
    """
    right = truth[:, None] == np.arange(scores.shape[1])
    everyone = _SigmoidCalibration().fit(scores.ravel(), right.ravel())
    own = [_SigmoidCalibration().fit(scores[:, c], right[:, c]) for c in range(scores.shape[1])]
    # A class of a few sentences says too little about itself, and one that says "the higher the less likely", nonsense.
    sigmoids = [s if s.a_ < 0 and n >= ENOUGH else everyone for s, n in zip(own, right.sum(axis=0), strict=True)]
    plain = Calibration(np.array([s.a_ for s in sigmoids]), np.array([s.b_ for s in sigmoids]), 1.0)
    logs = np.log(plain(scores))

    def surprise(power: float) -> float:
        scaled = logs * power
        totals = np.log(np.exp(scaled - scaled.max(axis=1, keepdims=True)).sum(axis=1)) + scaled.max(axis=1)
        return float((totals - scaled[np.arange(len(truth)), truth]).mean())

    power = minimize_scalar(surprise, bounds=(0.3, 5.0), method="bounded").x
    return Calibration(plain.slope, plain.offset, float(power))
