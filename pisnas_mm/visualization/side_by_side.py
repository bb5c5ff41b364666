"""Architectures side by side, wherever they come from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors.table import Entry
from pisnas_mm.measures import MEASURES, Measure, results, stage_radii
from pisnas_mm.visualization.work_dir import read_search

DEFAULT_IMAGE_SIZE = 224


def compared(sources: Sequence[str], image_size: int | None = None) -> list[Entry]:
    """Measure work directories of searches (their winners), and the first architecture of files.

    Args:
        sources: Paths.
        image_size: In pixels; None takes what each source says, or 224.

    Returns:
        Entries of a table; the ``score`` is that of the search that an architecture comes from.

    Raises:
        ValueError: Something is missing or not valid; the message names it.
    """
    found = [_of(Path(source), image_size) for source in sources]
    names = [of['id'] for of in found]
    # Equal names would be one entry of a legend.
    return [
        {**of, 'id': f'{of["id"]} ({i + 1})'} if names.count(of['id']) > 1 else of
        for i, of in enumerate(found)
    ]


def columns() -> list[Measure]:
    """What architectures are compared in: what results tell of, and the closed-form PR score."""
    everywhere = [of for of in results(DEFAULT_IMAGE_SIZE) if not of.only_at]
    return [*everywhere, MEASURES['pr_score']]


def _of(path: Path, image_size: int | None) -> Entry:
    if path.is_dir():
        search = read_search(path)
        winner, own = search.winner, search.image_size
        # At another size it is another objective.
        score = {'score': search.score(winner)} if image_size in (None, own) else {}
        return _measured(search.name, winner, image_size or own, score)
    of = read_architectures(str(path))[0]
    # What a search leaves is called after its folder.
    name = path.resolve().parent.name if path.name == 'backbone.py' else of.id
    return _measured(name, of.genotype, image_size or of.image_size or DEFAULT_IMAGE_SIZE, {})


def _measured(name: str, genotype: Genotype, image_size: int, score: dict[str, Any]) -> Entry:
    return {
        'id': name,
        'image_size': image_size,
        **{of.key: of(genotype, image_size) for of in (*results(image_size), MEASURES['pr_score'])},
        **score,
        'stage_radii': stage_radii(genotype, image_size),
    }
