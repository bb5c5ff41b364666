"""Images as a model wants them, by the very steps of MMDetection's test pipeline."""

from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.checks import shown
from pisnas_mm.deployment.card import Card, Shape

Picture = NDArray[np.uint8]
"""Pixels (H, W, 3) in OpenCV's order: blue, green, red."""


class Ready(NamedTuple):
    """An image for a model."""

    pixels: NDArray[np.float32]  # (1, 3, H, W)
    content: Shape  # of it, that is no padding
    factors: NDArray[np.float32]  # (4,): pixels of it to a pixel of the image, for x, y, x, y


def read_image(image: 'str | Path | Picture') -> Picture:
    """An image file's pixels, turned as its camera noted; or those that are given.

    Raises:
        ValueError: It does not open, or has no three channels.
    """
    import cv2

    if isinstance(image, str | Path):
        if not Path(image).is_file():
            raise ValueError(f'image {image} not found; looked for {Path(image).absolute()}')
        data = np.fromfile(image, np.uint8)
        found = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
        if found is None:
            raise ValueError(f'image {image} does not open: it is broken, or no image')
        return np.asarray(found, np.uint8)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(
            f'an image should be uint8 of shape (H, W, 3), but got {image.dtype} of shape '
            f'{shown(image.shape)}'
        )
    return image


def make_ready(image: Picture, card: Card) -> Ready:
    """Resize and pad an image, and set its channels in the model's order."""
    import cv2

    height, width = image.shape[:2]
    new_height, new_width = resized_shape((height, width), card)
    if (new_height, new_width) != (height, width):
        size = (new_width, new_height)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    padded = card.shape or (
        ceil(new_height / card.divisor) * card.divisor,
        ceil(new_width / card.divisor) * card.divisor,
    )
    pixels = np.empty((1, 3, *padded), np.float32)
    pixels[0, :] = np.array(card.pad, np.float32)[:, None, None]
    pixels[0, :, :new_height, :new_width] = image[..., ::-1].transpose(2, 0, 1)
    factors = np.array([new_width / width, new_height / height] * 2, np.float32)
    return Ready(pixels, (new_height, new_width), factors)


def resized_shape(shape: Shape, card: Card) -> Shape:
    """The shape of a resized image, as MMCV rounds it."""
    if not card.keep_ratio:
        width, height = card.scale
        return height, width
    long, short = max(card.scale), min(card.scale)
    factors = [long / max(shape), short / min(shape)]
    if card.shape:
        factors += [most / side for most, side in zip(card.shape, shape, strict=True)]
    factor = min(factors)
    height, width = (int(side * factor + 0.5) for side in shape)
    return max(height, 1), max(width, 1)
