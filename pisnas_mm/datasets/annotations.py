"""What an annotation file says, as arrays: the same for COCO's JSON and Pascal VOC's XML."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ImageId = int | str


@dataclass(frozen=True)
class Annotations:
    """N images with M boxes of C categories.

    Attributes:
        path: The file: COCO's JSON, or the list of VOC's images.
        form: ``'coco'`` or ``'voc'``.
        categories: C names in the file's order.
        image_ids: N ids.
        file_names: N paths, relative to the folder of images.
        sizes: N x 2, width and height in pixels; NaN where the file does not say.
        boxes: M x 4, left, top, width and height in pixels.
        areas: M areas in pixels; NaN where the file does not say.
        image_of: M indices of images; -1 where there is no such image.
        category_of: M indices of categories; -1 where there is no such category.
        crowd: M flags: COCO's ``iscrowd``, VOC's ``difficult``.
        faults: How many entries lack what their readers need, by kind.
    """

    path: Path
    form: str
    categories: tuple[str, ...]
    image_ids: tuple[ImageId, ...]
    file_names: tuple[str, ...]
    sizes: NDArray[np.float64]
    boxes: NDArray[np.float64]
    areas: NDArray[np.float64]
    image_of: NDArray[np.int64]
    category_of: NDArray[np.int64]
    crowd: NDArray[np.bool_]
    faults: Mapping[str, int]

    def summary(self) -> str:
        """Its numbers, for a line."""
        return (
            f'{len(self.image_ids)} images, {len(self.boxes)} boxes, {len(self.categories)} classes'
        )

    def of_classes(self, classes: tuple[str, ...] | None) -> NDArray[np.bool_]:
        """M flags: the boxes in an image of the file whose category is one of ``classes``."""
        wanted = [classes is None or name in classes for name in self.categories] + [False]
        found: NDArray[np.bool_] = np.array(wanted)[self.category_of] & (self.image_of >= 0)
        return found
