"""Reading data sets in Pascal VOC's form: a list of images, and an XML file for each."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from pisnas_mm.datasets.annotations import Annotations


class VOCFolders(NamedTuple):
    """Where MMDetection's ``XMLDataset`` looks, given its arguments."""

    root: Path
    images: str = 'JPEGImages'
    notes: str = 'Annotations'


class _Object(NamedTuple):
    name: str
    box: tuple[float, ...]  # left, top, width, height
    difficult: bool


def voc_files(path: Path, folders: VOCFolders) -> tuple[list[str], list[Path]]:
    """The images' names and their XML files.

    Raises:
        ValueError: The list is empty, names one twice, or a file is missing.
    """
    names = path.read_text(encoding='utf-8').splitlines()
    if not names:
        raise ValueError(f'{path} lists no image')
    if blank := [i for i, name in enumerate(names, 1) if not name.strip()]:
        raise ValueError(f'{path}: {len(blank)} lines are blank, such as line {blank[0]}')
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(
            f'{path} lists {len(names) - len(set(names))} images twice, such as {twice}'
        )
    files = [folders.root / folders.notes / f'{name}.xml' for name in names]
    if missing := [file for file in files if not file.is_file()]:
        raise ValueError(
            f'{path}: {len(missing)} of {len(files)} annotations are missing, such as {missing[0]}'
            + ('; the list should name images without their ending' if '.' in names[0] else '')
        )
    return names, files


def read_voc(path: Path, folders: VOCFolders) -> Annotations:
    """Read a list of images and their annotations.

    Raises:
        ValueError: A file is missing or not in VOC's form.
    """
    names, files = voc_files(path, folders)
    read = [_read(file) for file in files]
    objects = [thing for _, things in read for thing in things]
    categories = tuple(sorted({thing.name for thing in objects}))
    boxes = np.array([thing.box for thing in objects], dtype=np.float64).reshape(-1, 4)
    return Annotations(
        path,
        'voc',
        categories,
        tuple(names),
        # As `XMLDataset` has it, whatever <filename> says.
        tuple(f'{folders.images}/{name}.jpg' for name in names),
        np.array([size for size, _ in read], dtype=np.float64).reshape(-1, 2),
        boxes,
        boxes[:, 2:].prod(axis=1),
        np.repeat(np.arange(len(read)), [len(things) for _, things in read]),
        np.array([categories.index(thing.name) for thing in objects], dtype=np.int64),
        np.array([thing.difficult for thing in objects], dtype=bool),
        {},
    )


def _read(file: Path) -> tuple[tuple[float, float], Sequence[_Object]]:
    try:
        root = ElementTree.parse(file).getroot()
        size = root.find('size')
        width, height = (
            (np.nan, np.nan)
            if size is None
            else (float(int(size.findtext(key, ''))) for key in ('width', 'height'))
        )
        return (width, height), [_object(thing) for thing in root.findall('object')]
    except (ElementTree.ParseError, ValueError, OverflowError) as error:
        raise ValueError(f"{file} is not in VOC's form: {error}") from error


def _object(thing: ElementTree.Element) -> _Object:
    """Pixels are counted from 1, and the last one belongs to the box."""
    name, corners = thing.findtext('name'), thing.find('bndbox')
    if not name or corners is None:
        raise ValueError('an object has no name or no bndbox')
    x1, y1, x2, y2 = (float(corners.findtext(key, '')) for key in ('xmin', 'ymin', 'xmax', 'ymax'))
    if not np.isfinite([x1, y1, x2, y2]).all():
        raise ValueError(f'a box of {name} is not finite')
    return _Object(
        name,
        (x1 - 1, y1 - 1, x2 - x1 + 1, y2 - y1 + 1),
        bool(int(thing.findtext('difficult', '0'))),
    )
