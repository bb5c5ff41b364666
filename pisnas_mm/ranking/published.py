"""Detectors that others have trained: YOLOBench's tables of results, as they are downloaded.

YOLOBench (Lazarevich et al., ICCV workshops 2023; Deeplite/deeplite-torch-zoo, folder
``results/yolobench``) trained 88 YOLO detectors under one recipe and evaluated each at eleven
resolutions. A row of its CSVs is called ``MODEL_RESOLUTION``.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pisnas_mm.checks import shown

METRIC = 'mAP_0.5:0.95'
ANY = 'any cost'  # a cost that all have: pairs need not be equal in it
_NAME, _LATENCY = 'model_name', '_latency'


class Key(NamedTuple):
    """A detector at a resolution (the side of the image, in pixels), trained in some way."""

    model: str
    resolution: int
    training: str = ''

    @property
    def setting(self) -> str:
        """What two detectors have in common that are compared."""
        return self.training or str(self.resolution)


class Published(NamedTuple):
    """What is known of published detectors.

    ``accuracies`` are by data set and detector, from 0 to 1; ``costs`` by name and detector, in
    which pairs can be equal besides MACs and params, such as the seconds on a device.
    """

    accuracies: Mapping[str, Mapping[Key, float]]
    costs: Mapping[str, Mapping[Key, float]]


def read_published(folder: Path) -> Published:
    """Read all CSVs of a folder: those with accuracies, and the one with latencies alone.

    A table of accuracies may have columns of latencies, too; they are left to the other one.

    Raises:
        ValueError: There is none, or a row is not what it should be; the message names the place.
    """
    files = sorted(folder.glob('*.csv'))
    accuracies: dict[str, Mapping[Key, float]] = {}
    latencies: dict[str, Mapping[Key, float]] = {}
    for file in files:
        columns = _columns(file)
        if METRIC in columns:
            accuracies[file.stem] = columns[METRIC]
        else:
            latencies |= {
                name.removesuffix(_LATENCY): column
                for name, column in columns.items()
                if name.endswith(_LATENCY)
            }
    if not accuracies:
        raise ValueError(
            f'{folder.absolute()} holds no table of results: a CSV file with the columns '
            f'{_NAME!r} and {METRIC!r}; download the folder results/yolobench of '
            f'Deeplite/deeplite-torch-zoo'
        )
    return Published(accuracies, latencies)


def _columns(file: Path) -> dict[str, dict[Key, float]]:
    """The columns of numbers in a table; cells that hold none are left out."""
    with file.open(newline='', encoding='utf-8') as opened:
        reader = csv.DictReader(opened)
        if _NAME not in (reader.fieldnames or ()):
            return {}
        found: dict[str, dict[Key, float]] = {
            name: {} for name in reader.fieldnames or () if name != _NAME
        }
        for row in reader:
            place = f'{file}:{reader.line_num}'
            key = _key(row.pop(_NAME), place)
            for name, value in _numbers(row, place):
                if key in found[name]:
                    raise ValueError(f'{place}: {key.model}_{key.resolution} stands there twice')
                found[name][key] = value
    return found


def _key(name: str, place: str) -> Key:
    model, _, resolution = name.rpartition('_')
    if not model or not resolution.isdecimal() or not int(resolution):
        raise ValueError(
            f'{place}: {_NAME} should be a model and a resolution, such as yolo8s_320, but got '
            f'{shown(name)}'
        )
    return Key(model, int(resolution))


def _numbers(row: Mapping[str | None, str | None], place: str) -> Iterator[tuple[str, float]]:
    for name, text in row.items():
        if name is None or text is None:
            raise ValueError(f'{place} should have as many cells as the first line')
        if not text:
            continue
        try:
            yield name, float(text)
        except ValueError:
            raise ValueError(f'{place}: {name} should be a number, but got {shown(text)}') from None
