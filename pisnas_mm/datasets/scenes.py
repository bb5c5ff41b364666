"""Scenes of handwritten digits: ink of many sizes and colours on textured backgrounds.

All randomness comes from the generator that is passed in, and Pillow resizes 8-bit images in fixed
point, so a scene has the same pixels in every run.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are exclusive."""

MIN_SIZE = 64
"""Smallest side of a scene in pixels: below it small digits would no longer be readable."""

# What a scene is drawn from: least and most.
_DIGITS = (3, 8)  # in one scene; fewer where no room is found
_HEIGHT = (0.12, 0.6)  # of a digit / side of the scene
_STRETCH = (0.8, 1.25)  # width / height of a digit, relative to its original
_CONTRAST = (60.0, 130.0)  # ink against background, in grey levels

_FAINTEST = 0.3  # opacity under which ink is left out, so that a box ends where ink can be seen
_MAX_OVERLAP = 0.2  # intersection of two boxes / area of the smaller one
_PLACING_TRIES = 20


class Scene(NamedTuple):
    """An RGB image (size x size x 3) and, for each digit in it, its box and its original's row."""

    image: NDArray[np.uint8]
    boxes: list[Box]
    rows: list[int]


def draw_scene(
    rng: np.random.Generator, originals: NDArray[np.uint8], rows: Sequence[int], size: int
) -> Scene:
    """Draw digits on a background; they don't touch, so every box is tight around visible ink.

    Args:
        originals: N x 8 x 8 digits, 0 (paper) to 16 (ink).
        rows: Which of the originals may be drawn.
        size: Side of the scene in pixels.
    """
    image = draw_background(rng, size)
    scene = Scene(np.empty(0, dtype=np.uint8), [], [])
    inked = np.zeros((size, size), dtype=bool)
    num_digits = int(rng.integers(*_DIGITS, endpoint=True))
    low, high = (math.log(size * share) for share in _HEIGHT)
    heights = np.exp(rng.uniform(low, high, num_digits))
    for height in np.sort(heights)[::-1]:  # large ones first, while there is room for them
        row = rows[int(rng.integers(len(rows)))]
        ink = draw_ink(originals[row], height, rng.uniform(*_STRETCH))
        box = _find_room(rng, ink > 0, inked, scene.boxes)
        if box is None:
            continue
        window = slice(box[1], box[3]), slice(box[0], box[2])
        inked[window] |= ink > 0
        image[window] += ink[..., None] * (_draw_colour(rng, image[window]) - image[window])
        scene.boxes.append(box)
        scene.rows.append(row)
    return scene._replace(image=image.round().clip(0, 255).astype(np.uint8))


def draw_background(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """Return a smooth field of colours with grain: size x size x 3, in grey levels."""
    cells = rng.integers(3, 9)
    coarse = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    field = Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)
    texture = rng.uniform(0.05, 0.25) * (np.asarray(field, dtype=np.float32) - 127.5)
    grain = rng.uniform(2, 8) * rng.standard_normal((size, size, 1), dtype=np.float32)
    colour = rng.uniform(50, 205) + rng.uniform(-20, 20, 3)
    return colour.astype(np.float32) + texture + grain


def draw_ink(original: NDArray[np.uint8], height: float, stretch: float) -> NDArray[np.float32]:
    """Return the opacity of an 8 x 8 original enlarged to `height` pixels, cropped to its ink."""
    strokes = np.pad(_crop(original), 1)  # strokes that the original cuts off end round, too
    scale = height / (strokes.shape[0] - 2)
    shape = round(scale * stretch * strokes.shape[1]), round(scale * strokes.shape[0])
    enlarged = Image.fromarray(strokes * 15).resize(shape, Image.Resampling.BICUBIC)
    opacity = ((np.asarray(enlarged, dtype=np.float32) / 240 - 0.3) / 0.4).clip(0, 1)
    return _crop(np.where(opacity < _FAINTEST, np.float32(0), opacity))


def _crop(image: NDArray[Any]) -> NDArray[Any]:
    """Cut the empty rows and columns off the border of an H x W image."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _find_room(
    rng: np.random.Generator,
    ink: NDArray[np.bool_],
    inked: NDArray[np.bool_],
    boxes: Sequence[Box],
) -> Box | None:
    """Return a random place for an H x W stroke among what is drawn already, None if none fits."""
    height, width = ink.shape
    if max(height, width) > len(inked):
        return None
    for _ in range(_PLACING_TRIES):
        x = int(rng.integers(len(inked) - width + 1))
        y = int(rng.integers(len(inked) - height + 1))
        box = (x, y, x + width, y + height)
        apart = all(overlap(box, other) <= _MAX_OVERLAP for other in boxes)
        if apart and not (ink & inked[y : y + height, x : x + width]).any():
            return box
    return None


def overlap(a: Box, b: Box) -> float:
    """Return the area that two boxes share, relative to the smaller one's."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b))
    return max(width, 0) * max(height, 0) / smaller


def _draw_colour(rng: np.random.Generator, patch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an RGB colour that stands out, darker or lighter, against an H x W x 3 patch."""
    mean = patch.mean(axis=(0, 1))
    contrast = rng.uniform(*_CONTRAST) + rng.uniform(-15, 15, 3)
    lighter = mean.mean() < rng.uniform(100, 155)  # towards the side where there is room
    return (mean + (contrast if lighter else -contrast)).clip(0, 255).astype(np.float32)
