"""What boxes are like, and so what a detector for them needs: sizes, levels, images a class."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.datasets.annotations import Annotations

COCO_AREAS = {'small': 32**2, 'medium': 96**2, 'large': np.inf}
"""Upper bounds of the areas, in pixels of the original image, that COCO's AP is split by."""

ANCHOR = 8.0
"""Side of a level's boxes in strides: the anchors of GFL and ATSS (``octave_base_scale``)."""


def by_coco_area(found: Annotations) -> dict[str, int]:
    """How many boxes are small, medium and large."""
    area = found.boxes[:, 2:].prod(axis=1)
    area = np.where(np.isnan(found.areas), area, found.areas)
    which = np.searchsorted(list(COCO_AREAS.values()), area, side='right')
    counts = np.bincount(which, minlength=len(COCO_AREAS))
    return dict(zip(COCO_AREAS, counts.tolist(), strict=False))


def images_a_class(found: Annotations) -> dict[str, tuple[int, int]]:
    """For each category the images that it is in, and its boxes."""
    pairs = np.stack([found.category_of, found.image_of], axis=1)
    boxes = np.bincount(found.category_of + 1, minlength=len(found.categories) + 1)[1:]
    images = np.bincount(np.unique(pairs, axis=0)[:, 0] + 1, minlength=len(boxes) + 1)[1:]
    return {
        name: (int(image), int(box))
        for name, image, box in zip(found.categories, images, boxes, strict=True)
    }


def resized_boxes(found: Annotations, scale: tuple[float, float]) -> NDArray[np.float64]:
    """M x 2: width and height of boxes in images that were resized to fit into ``scale``.

    As MMDetection's ``Resize`` with ``keep_ratio`` does it: the longer side to at most the larger
    of both numbers, the shorter one to at most the smaller. Where an image's size is not known its
    boxes are NaN.
    """
    sizes = np.vstack([found.sizes, [np.nan, np.nan]])[found.image_of]
    factor = np.minimum(max(scale) / sizes.max(axis=1), min(scale) / sizes.min(axis=1))
    return np.asarray(found.boxes[:, 2:] * factor[:, None])


def levels(
    sides: NDArray[np.float64], strides: Sequence[int], anchor: float = ANCHOR
) -> NDArray[np.int64]:
    """M indices of ``strides``: the level whose anchor is nearest to a box in size.

    Args:
        sides: M x 2, width and height in pixels of the detector's input, all positive.
        strides: Of the pyramid's levels, rising.
        anchor: Side of a level's anchor in strides.
    """
    octaves = np.log2(np.sqrt(sides.prod(axis=1)))[:, None] - np.log2(anchor * np.array(strides))
    return np.asarray(np.abs(octaves).argmin(axis=1))


def needs(
    sides: NDArray[np.float64],
    strides: Sequence[int],
    quantile: float = 0.9,
    anchor: float = ANCHOR,
) -> Mapping[int, float]:
    """The radius that a level needs to see its boxes: by stride, for those that have boxes.

    From its own centre a box is seen whole within half of its longer side. The radius is the
    ``quantile`` of those over the boxes of a level; both are in pixels of the detector's input.

    Args:
        sides: M x 2, width and height in pixels of the detector's input.
        strides: Of the pyramid's levels, rising.
        quantile: The share of a level's boxes that are to be seen whole.
        anchor: Side of a level's anchor in strides.
    """
    sides = sides[(sides > 0).all(axis=1)]
    level = levels(sides, strides, anchor)
    radii = sides.max(axis=1) / 2
    return {
        stride: float(np.quantile(radii[level == i], quantile))
        for i, stride in enumerate(strides)
        if (level == i).any()
    }
