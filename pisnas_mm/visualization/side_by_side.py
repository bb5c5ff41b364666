"""Architectures side by side, wherever they come from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import MEASURES, Measure, results, stage_radii
from pisnas_mm.utils.table import NOTHING
from pisnas_mm.visualization.work_dir import read_search

DEFAULT_IMAGE_SIZE = 224


class Compared(NamedTuple):
    """What an architecture measures at ``image_size``² pixels."""

    name: str
    image_size: int
    score: float | None  # of the search that it comes from; a single architecture has none
    measures: Mapping[str, float]  # of ``columns``, by key
    radii: tuple[float, ...]  # from stride 4 on, in pixels


def compared(sources: Sequence[str], image_size: int | None = None) -> list[Compared]:
    """Measure work directories of searches (their winners), and the first architecture of files.

    Args:
        sources: Paths.
        image_size: In pixels; None takes what each source says, or 224.

    Raises:
        ValueError: Something is missing or not valid; the message names it.
    """
    found = [_of(Path(source), image_size) for source in sources]
    names = [of.name for of in found]
    # Equal names would be one entry of a legend.
    return [
        of._replace(name=f'{of.name} ({i + 1})') if names.count(of.name) > 1 else of
        for i, of in enumerate(found)
    ]


def columns() -> list[Measure]:
    """What architectures are compared in: what results tell of, and the closed-form PR score."""
    return [*results(), MEASURES['pr_score']]


def table(architectures: Sequence[Compared]) -> list[list[str]]:
    """Rows of cells under a row of heads."""
    head = ['', 'pixels', *(of.label for of in columns()), 'score', 'radii C2-C5 (px)']
    rows = [
        [
            one.name,
            str(one.image_size),
            *(of.written(one.measures[of.key]) for of in columns()),
            NOTHING if one.score is None else f'{one.score:.2f}',
            ', '.join(f'{radius:.1f}' for radius in one.radii),
        ]
        for one in architectures
    ]
    return [head, *rows]


def _of(path: Path, image_size: int | None) -> Compared:
    if path.is_dir():
        return _of_folder(path, image_size)
    of = read_architectures(str(path))[0]
    # What a search leaves is called after its folder.
    name = path.resolve().parent.name if path.name == 'backbone.py' else of.id
    return _measured(name, of.genotype, image_size or of.image_size or DEFAULT_IMAGE_SIZE, None)


def _of_folder(folder: Path, image_size: int | None) -> Compared:
    search = read_search(folder)
    winner, own = search.winner, search.image_size
    # At another size it is another objective.
    score = search.score(winner) if image_size in (None, own) else None
    return _measured(search.name, winner, image_size or own, score)


def _measured(name: str, genotype: Genotype, image_size: int, score: float | None) -> Compared:
    measures = {of.key: of(genotype, image_size) for of in columns()}
    return Compared(name, image_size, score, measures, stage_radii(genotype, image_size))
