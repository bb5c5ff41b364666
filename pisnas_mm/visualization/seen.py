"""What the centre of a pyramid level sees: maps, radii and the threshold's contour (eq. 1 and 2).

The paper's Figure 1 for any architecture, by the closed form or from maps that were sampled.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.receptive import receptive_map
from pisnas_mm.receptive.features import Array
from pisnas_mm.receptive.radii import map_radius

Edge = tuple[float, float, float, float]
"""From (x, y) to (x, y), in pixels of the image."""

THRESHOLD = 0.1


class Seen(NamedTuple):
    """A level's map: a square of shares of its maximum, on the cells it was differentiated on."""

    level: str
    shares: Array
    image_size: int  # in pixels, of the square image that the cells cover
    radius: float  # of the map as it is, in pixels
    threshold: float

    @property
    def cell(self) -> float:
        """Side of a cell, in pixels of the image."""
        return self.image_size / len(self.shares)

    @property
    def centre(self) -> float:
        """Where a radius is measured from: the middle of the pixel in row R // 2, in pixels."""
        return self.image_size // 2 + 0.5


def seen(level: str, values: Array, image_size: int, threshold: float = THRESHOLD) -> Seen:
    """Scale a map and measure it.

    Args:
        level: What it is the map of.
        values: A square map that is not zero everywhere.
        image_size: Side of the square image, in pixels.
        threshold: Share of the map's maximum that counts as seen.
    """
    radius = map_radius(values, image_size, threshold)
    return Seen(level, values / values.max(), image_size, radius, threshold)


def expected(genotype: Genotype, image_size: int, threshold: float = THRESHOLD) -> list[Seen]:
    """The closed form's maps of C2, C3, ..., each on the output of the level before it."""
    return [
        seen(f'C{stage + 1}', receptive_map(genotype, stage, image_size), image_size, threshold)
        for stage in range(1, len(genotype.pyramid) + 1)
    ]


def deepest(maps: Sequence[Seen], count: int = 3) -> list[Seen]:
    """Those of the levels that the score sums up: C3, C4 and C5 of a whole pyramid."""
    return list(maps[-count:])


def contour(of: Seen) -> list[Edge]:
    """The border between what reaches the threshold and what does not, along cells' edges.

    What is seen up to the image's border has no contour there.
    """
    reached = of.shares >= of.threshold
    rows, columns = np.nonzero(reached[:, 1:] != reached[:, :-1])
    upright = [(x + 1, y, x + 1, y + 1) for y, x in zip(rows, columns, strict=True)]
    rows, columns = np.nonzero(reached[1:] != reached[:-1])
    level = [(x, y + 1, x + 1, y + 1) for y, x in zip(rows, columns, strict=True)]
    x1, y1, x2, y2 = (np.array([*upright, *level], float).reshape(-1, 4) * of.cell).T.tolist()
    return list(zip(x1, y1, x2, y2, strict=True))
