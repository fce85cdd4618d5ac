"""Correlations, and the distance of two clouds of points."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import linalg, stats

Array = npt.NDArray[np.float64]

PRINCIPAL_AXES: Final = 32


def spearman(x: Array, y: Array) -> float:
    """Spearman's rank correlation; 0 where one of them does not vary."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    # Rounded, so that nine ranks that are off by Σd² = 12 reach the 0.9 that they are.
    return round(float(stats.spearmanr(x, y).statistic), 9)


def pearson(x: Array, y: Array) -> float:
    """Pearson's correlation; 0 where one of them does not vary."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


class Cloud:
    """The mean and covariance of rows, along the principal axes of the rows it was made from.

    The Fréchet distance of two Gaussians, |m - n|^2 + tr(A + B - 2 (A B)^(1/2)) (Dowson and Landau, 1982), as in the
    Fréchet audio distance (Kilgour et al., 2019), but on log-mel frames in place of a network's embedding.
    """

    def __init__(self, rows: Array) -> None:
        """`rows` is [points, dimensions]; PRINCIPAL_AXES of the dimensions are kept."""
        self._origin = rows.mean(axis=0)
        covariance = np.cov(rows - self._origin, rowvar=False)
        _, vectors = np.linalg.eigh(covariance)
        self._axes = vectors[:, ::-1][:, :PRINCIPAL_AXES]
        self._mean, self._covariance = self._moments(rows)

    def distance(self, rows: Array) -> float:
        """The Fréchet distance of other rows to these."""
        mean, covariance = self._moments(rows)
        root = linalg.sqrtm(self._covariance @ covariance)
        squared = ((self._mean - mean) ** 2).sum() + np.trace(self._covariance + covariance - 2 * np.real(root))
        return float(np.sqrt(max(0.0, squared)))

    def _moments(self, rows: Array) -> tuple[Array, Array]:
        along = (rows - self._origin) @ self._axes
        return along.mean(axis=0), np.cov(along, rowvar=False)
