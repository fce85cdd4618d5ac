"""The distance of two clouds of points."""

import numpy as np

from simmer_training.figures.statistics import Cloud


def test_a_cloud_is_at_no_distance_from_itself_and_at_a_known_one_from_another_place() -> None:
    rows = np.random.default_rng(3).normal(0, 1, (4000, 40))
    cloud = Cloud(rows)
    assert cloud.distance(rows) < 1e-3
    # The same shape elsewhere: the distance is that of the means, along the 32 axes that are kept.
    moved = cloud.distance(rows + 2)
    assert 2 * np.sqrt(16) < moved < 2 * np.sqrt(40)
