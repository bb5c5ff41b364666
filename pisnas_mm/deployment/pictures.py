"""The image files of a config's data sets: to compare runtimes on, and to calibrate with."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pisnas_mm.datasets.sources import sources
from pisnas_mm.deployment.images import Picture, read_image


def image_files(cfg: Mapping[str, Any], part: str, count: int) -> list[Path]:
    """Up to ``count`` images, spread evenly over the data sets of a dataloader.

    Raises:
        ValueError: An annotation file is missing or broken.
    """
    files = [
        source.folder / name for source in sources(cfg, part) for name in source.read().file_names
    ]
    return list(islice(files[:: max(1, len(files) // count)], count))


def pictures(cfg: Mapping[str, Any], given: list[Path], count: int) -> tuple[list[Picture], str]:
    """Images to compare on, and what they are.

    Those that are given; or else of the config's validation data; or else, where these are not
    there, noise.
    """
    if given:
        return [read_image(path) for path in given], 'the given images'
    with suppress(ValueError):
        files = image_files(cfg, 'val_dataloader', count)
        if files:
            return [read_image(path) for path in files], 'validation images'
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (480, 640, 3), np.uint8) for _ in range(count)]
    return noise, 'images of NOISE, as the validation data are not there'
