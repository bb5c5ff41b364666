"""What a search has left in its work directory, read back for a report.

``checkpoint.json`` and ``history.jsonl`` suffice, so that a search that still runs, or that was
interrupted, can be looked at; ``best.json`` adds the verification, ``runs.jsonl`` the time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint, build_constraints
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores import Score
from pisnas_mm.search.runs import Run, read_runs
from pisnas_mm.utils.configs import import_modules, load_config
from pisnas_mm.utils.work_dir import WorkDir
from pisnas_mm.visualization.seen import THRESHOLD


@dataclass(frozen=True)
class Search:
    """A search as its files tell it.

    ``config`` is its text. ``population`` is ranked, best first, and ``scores`` are its scores;
    ``entries`` are those of ``best.json``, none before the end.
    """

    files: WorkDir
    config: str
    settings: Mapping[str, Any]
    seed: Genotype
    population: tuple[Genotype, ...]
    scores: tuple[float, ...]
    history: tuple[Mapping[str, Any], ...]
    candidates: int
    scored: int
    rejected: Mapping[str, int]
    entries: tuple[Mapping[str, Any], ...]
    score: Score
    constraints: Mapping[str, Constraint]
    runs: tuple[Run, ...]
    front: Mapping[str, Any] | None = None  # what `front.json` holds
    ceiling: float | None = None  # of the score, where something near is known

    @property
    def name(self) -> str:
        """That of the config."""
        return self.files.name

    @property
    def image_size(self) -> int:
        """In pixels."""
        size: int = self.settings['image_size']
        return size

    @property
    def winner(self) -> Genotype:
        """What was exported, or the best so far."""
        if self.entries:
            return Genotype.from_list(self.entries[0]['arch'], self.seed.in_channels)
        return self.population[0]

    @property
    def threshold(self) -> float:
        """Share of a map's maximum that the objective counts as seen."""
        of_score = getattr(self.score, 'pr_score', self.score)
        threshold: float = getattr(of_score, 'threshold', THRESHOLD)
        return threshold

    @property
    def finished(self) -> bool:
        """Whether it has gone through all its candidates."""
        total: int = self.settings['search'].get('num_candidates', self.candidates)
        return self.candidates >= total


def read_search(folder: Path) -> Search:
    """Read a work directory of ``tools/search.py``.

    Raises:
        ValueError: There is no search in it, or a file of it is damaged.
    """
    files = WorkDir.of(folder)
    saved = _json(files.checkpoint)
    try:
        return _search(files, saved['settings'], saved['state'])
    except (KeyError, TypeError) as error:
        raise ValueError(f'{folder} holds no search that can be read: {error!r}') from error


def _search(files: WorkDir, settings: Mapping[str, Any], state: Mapping[str, Any]) -> Search:
    config = _config(files.config)
    seed, counts = Genotype.from_list(settings['space']['seed']), state['counts']
    ranked = state['evolution']['population'][::-1]
    image_size = settings['image_size']
    best: Mapping[str, Any] = _json(files.best) if files.best.is_file() else {'best': ()}
    history = tuple(_history(files.history, counts['candidates']))
    if not history or history[-1]['candidates'] < counts['candidates']:
        raise ValueError(
            f'{files.folder}: history.jsonl ends before checkpoint.json, so it seems that a new '
            'search has begun there; wait for its first checkpoint'
        )
    return Search(
        files,
        config,
        settings,
        seed,
        tuple(Genotype.from_list(kept['arch'], seed.in_channels) for kept in ranked),
        tuple(kept['rank'][0] for kept in ranked),
        history,
        counts['candidates'],
        counts['scored'],
        counts['rejected'],
        tuple(best['best']),
        build(SCORES, settings['score'], 'score', image_size=image_size),
        build_constraints(_with_tables(settings['constraints'], files.folder), image_size),
        read_runs(files.runs),
        _front(files, settings),
        best.get('ceiling'),
    )


def _with_tables(constraints: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """With the tables that they name looked up in the work directory."""
    return {
        name: {**one, 'table': str(folder / one['table'])} if 'table' in one else one
        for name, one in constraints.items()
    }


def _front(files: WorkDir, settings: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if 'objectives' not in settings['search'] or not files.front.is_file():
        return None
    front: Mapping[str, Any] = _json(files.front)
    return front


def _config(path: Path) -> str:
    """Text of the search config, whose plug-ins are imported; nothing where it is gone."""
    if not path.is_file():
        return ''
    import_modules(load_config(path))
    return path.read_text(encoding='utf-8')


def _history(path: Path, until: int) -> Iterator[Mapping[str, Any]]:
    """Generations up to the checkpoint: a running search has written more, perhaps half a line."""
    lines = path.read_text(encoding='utf-8').splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise ValueError(f'{path}:{number} is no JSON: {error}') from error
        if entry['candidates'] > until:
            return
        yield entry


def _json(path: Path) -> Any:
    if not path.is_file():
        raise ValueError(f'{path} not found; give the work directory of tools/search.py')
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is damaged: {error}') from error
