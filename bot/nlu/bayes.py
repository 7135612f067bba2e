"""Naive Bayes beside the support vectors: how likely the features of a sentence are in each class.

It sees what the support vectors don't: a word that occurred in one class only says much, however rare it is. Together they
are right more often than either, and doubt together where they disagree (docs/adr/0006).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from bot.nlu.features import Floats, Ints, Scores

SMOOTHING = 0.005  # added to each count (Lidstone): with this little, a feature that a class never had counts heavily
LEAST = -200.0  # the lowest log probability of a class, so that one sentence can't outweigh all others


@dataclass(frozen=True)
class NaiveBayes:
    """Multinomial, all classes equally likely beforehand.

    seen: (features, classes), log((count + s) / s), sparse because most features occur in few classes; mass: per class the
    log of all it counted.
    """

    seen: csr_matrix
    mass: Floats

    @classmethod
    def of(cls, features: csr_matrix, truth: Ints, classes: int) -> "NaiveBayes":
        """Learns from the rows of `features`, weights of any kind that are not negative."""
        member = csr_matrix((np.ones(len(truth)), (truth, np.arange(len(truth)))), (classes, len(truth)))
        counts = (member @ features).T.tocsr()
        total = np.asarray(counts.sum(axis=0)).ravel() + SMOOTHING * features.shape[1]
        counts.data = np.log1p(counts.data / SMOOTHING).astype(np.float32)
        return cls(counts.astype(np.float32), (np.log(total) - np.log(SMOOTHING)).astype(np.float32))

    def __call__(self, features: csr_matrix) -> Scores:
        """Log probabilities: (sentences, classes)."""
        joint = (features @ self.seen).toarray() - np.outer(np.asarray(features.sum(axis=1)).ravel(), self.mass)
        return np.maximum(joint - logsumexp(joint, axis=1, keepdims=True), LEAST)  # type: ignore[no-any-return]

    def arrays(self) -> dict[str, NDArray]:
        """What `restored` takes."""
        return {"seen_values": self.seen.data, "seen_columns": self.seen.indices, "seen_rows": self.seen.indptr,
                "mass": self.mass}

    @classmethod
    def restored(cls, arrays: dict[str, NDArray], features: int) -> "NaiveBayes":
        """From `arrays`. Raises ValueError when they don't describe `features` rows and a column for each of `mass`."""
        values, columns, rows, mass = (arrays[name] for name in ("seen_values", "seen_columns", "seen_rows", "mass"))
        if not (np.isfinite(values).all() and np.isfinite(mass).all()):
            raise ValueError("naive Bayes has numbers that are none")
        seen = csr_matrix((values, columns, rows), (features, len(mass)))
        seen.check_format(full_check=True)
        return cls(seen, mass)
