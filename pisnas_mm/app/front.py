"""The front and the family of a search, written: ``front.json`` and a folder for each member."""

from collections.abc import Mapping, Sequence
from logging import Logger
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.detectors import export
from pisnas_mm.detectors.detector import base_architecture
from pisnas_mm.detectors.files import measured
from pisnas_mm.detectors.table import architecture_table
from pisnas_mm.search import Evaluation, Searcher
from pisnas_mm.search.family import BASE, Family
from pisnas_mm.search.front import FrontArchive
from pisnas_mm.search.growth import grow
from pisnas_mm.search.setup import family_of
from pisnas_mm.utils.configs import folder_of
from pisnas_mm.utils.files import write_json
from pisnas_mm.utils.work_dir import WorkDir

Front = Mapping[str, Any]
"""What ``front.json`` holds."""


def write_front(cfg: Config, files: WorkDir, searcher: Searcher, logger: Logger) -> Front | None:
    """Write the best of every budget, and the family if there is one.

    Returns:
        None where the search has no costs among its objectives.

    Raises:
        ValueError: No member of the family keeps to its budget, or a file cannot be written.
    """
    archive, settings = searcher.evolution.selection, searcher.settings
    if not settings.costs:
        return None
    assert isinstance(archive, FrontArchive), 'costs are what it is for'
    plain, folder, size = cfg.to_dict(), folder_of(cfg), cfg.image_size
    seed, score = searcher.evolution.space.seed, searcher.evaluator.score
    front: dict[str, Any] = {
        'objectives': list(settings.objectives),
        'seed': measured(seed, score(seed), score, size),
        'points': [
            {'budget': dict(budget.bounds), **measured(kept.genotype, kept.score, score, size)}
            for budget, kept in archive.front(settings.costs)
        ],
    }
    family = family_of(plain, settings, searcher.asked)
    if family:
        members = _members(plain, family, searcher, archive, logger)
        front['family'] = {}
        for name, kept in members.items():
            detector = {**plain['detector']}
            if name in family.bases:
                detector[BASE] = family.bases[name]
            row = measured(kept.genotype, kept.score, score, size)
            own = files.member(name)
            own.folder.mkdir(exist_ok=True)
            result = {'seed': front['seed'], 'best': [row]}
            imports = plain.get('custom_imports')
            export(result, detector, folder, own.folder, own.name, imports)
            member = {'budget': dict(family.members[name].bounds), **row}
            if published := base_architecture(detector, folder):
                stem = Path(detector[BASE][0]).stem
                beside = measured(published, score(published), score, size)
                member['beside'] = {'name': stem, **beside}
            front['family'][name] = member
    write_json(files.front, front)
    return front


def _members(
    plain: Mapping[str, Any],
    family: Family,
    searcher: Searcher,
    archive: FrontArchive,
    logger: Logger,
) -> dict[str, Evaluation]:
    best = {budget.member: kept for budget, kept in archive.best() if budget.member}
    wanted = list(family.members)[:1] if family.grow else family.members
    for name in wanted:
        if name not in best:
            raise ValueError(
                f'family.{name}: no candidate kept to its budget; loosen it, or raise '
                f'search.num_candidates'
            )
    if family.grow:
        first = best[next(iter(family.members))]
        return grow(plain, searcher.settings, family, searcher.evaluator, first, logger)
    return {name: best[name] for name in family.members}


def front_table(front: Front) -> str:
    """A row for every member and what its detector's base came with; else for every point."""
    if 'family' not in front:
        return architecture_table([_row('seed', front['seed']), *_numbered(front['points'])])
    rows = []
    for name, member in front['family'].items():
        if beside := member.get('beside'):
            rows.append(_row(beside['name'], beside))
        rows.append(_row(name, member))
    return architecture_table(rows)


def _numbered(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [_row(str(i), point) for i, point in enumerate(points, 1)]


def _row(name: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**entry, 'id': name, 'image_size': ''}
