"""Are the images there, do they open, and are they of the size that their annotations say?"""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pisnas_mm.datasets.annotations import Annotations

SAMPLE = 1000  # images that are opened in a quick check, evenly spread
_ORIENTATION = 0x0112  # EXIF's tag
_TURNED = (5, 6, 7, 8)  # by a quarter
_ENDS = {'JPEG': b'\xff\xd9', 'PNG': b'IEND'}


class Pictures(NamedTuple):
    """What is wrong with a data set's images: paths, and what to say of each."""

    missing: list[str]
    broken: list[str]
    other_size: list[str]
    turned: list[str]
    opened: int


def look_at(found: Annotations, folder: Path, most: int | None = SAMPLE) -> Pictures:
    """Look for every image, and open ``most`` of them (None: all)."""
    missing = set(_missing(found.file_names, folder))
    there = [i for i, name in enumerate(found.file_names) if name not in missing]
    if not find_spec('PIL'):  # a search alone does without it
        there = []
    if most is not None and len(there) > most:
        there = [there[i] for i in np.linspace(0, len(there) - 1, most).astype(int)]
    broken, other, turned = [], [], []
    for i in there:
        path, said = os.path.join(folder, found.file_names[i]), tuple(found.sizes[i])
        try:
            stored, is_turned = stored_size(path)
        except (OSError, ValueError, SyntaxError) as error:
            broken.append(f'{path} ({" ".join(str(error).split())[:100]})')
            continue
        shown = stored[::-1] if is_turned else stored  # as OpenCV reads it
        if is_turned and said == stored != shown:
            turned.append(path)
        elif not np.isnan(said).any() and said != shown:
            sizes = f'{shown[0]} x {shown[1]}', f'{said[0]:g} x {said[1]:g}'
            other.append(f'{path} of {sizes[0]} pixels, said to be {sizes[1]}')
    gone = [os.path.join(folder, name) for name in found.file_names if name in missing]
    return Pictures(gone, broken, other, turned, len(there))


def picture_faults(seen: Pictures, found: Annotations, max_share: float) -> Iterator[str]:
    """What refuses a data set; images of another size beyond a share of those opened."""
    only_jpg = " (in VOC's form MMDetection opens .jpg only)" if found.form == 'voc' else ''
    if seen.missing:
        yield (
            f'{len(seen.missing)} of {len(found.file_names)} images are missing, such as '
            f'{seen.missing[0]}; put them there{only_jpg}, or take them out of {found.path}'
        )
    if seen.broken:
        yield (
            f'{len(seen.broken)} of {seen.opened} images cannot be read, such as '
            f'{", ".join(seen.broken[:3])}; replace them, or take them out of {found.path}'
        )
    if len(seen.other_size) > max_share * max(seen.opened, 1):
        yield (
            f'{len(seen.other_size)} of {seen.opened} images have another width and height than '
            f'{found.path} says, such as {seen.other_size[0]}: are they the images that were '
            f'annotated?'
        )


def stored_size(path: str) -> tuple[tuple[int, int], bool]:
    """Width and height as stored, and whether EXIF turns them by a quarter.

    Raises:
        OSError, ValueError, SyntaxError: It cannot be opened, or is cut off.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            if not _is_whole(path, image.format):
                image.load()
            # A PNG would be decoded for that.
            turned = image.format != 'PNG' and image.getexif().get(_ORIENTATION) in _TURNED
            return image.size, turned
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from error


def shown_size(path: str) -> tuple[int, int]:
    """Width and height as OpenCV, and so MMDetection, reads it: turned as EXIF says."""
    (width, height), is_turned = stored_size(path)
    return (height, width) if is_turned else (width, height)


def _is_whole(path: str, form: str | None) -> bool:
    """Whether it ends as such files do; others have to be decoded to know."""
    end = _ENDS.get(form or '')
    if not end:
        return True
    with open(path, 'rb') as file:
        file.seek(max(0, os.path.getsize(path) - 16))
        return end in file.read()


def _missing(names: Sequence[str], folder: Path) -> Iterator[str]:
    """Those that are not there; folders are listed, which is quicker than to ask for each."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for name in names:
        below, slash, last = name.rpartition('/')
        wanted[below + slash].add(last)
    for below, lasts in wanted.items():
        place = os.path.join(folder, below)
        there = os.listdir(place) if os.path.isdir(place) else ()
        for last in lasts.difference(there):
            if not os.path.isfile(os.path.join(place, last)):  # listed in another case, perhaps
                yield below + last
