"""From a search config to the objects of a search; every mistake in it is named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.constraints import Constraint
from pisnas_mm.registry import CONSTRAINTS, SCORES, SPACES, build, suggest
from pisnas_mm.search.evaluation import Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.searcher import Searcher

KEYS = ('space', 'image_size', 'constraints', 'score', 'search', 'detector')
OPTIONAL_KEYS = ('custom_imports', 'work_dir', 'default_scope')


@dataclass(frozen=True)
class SearchSettings:
    """The entry ``search`` of a search config.

    ``num_candidates`` includes rejected ones; ``tie_breakers`` decide between equal scores, in
    order; ``top_k`` architectures are written to ``best.json``.
    """

    num_candidates: int = 200_000
    population_size: int = 512
    generation_size: int = 128
    num_mutations: int = 2
    tie_breakers: tuple[str, ...] = ('bottleneck_entropy', '-macs')
    seed: int = 0
    top_k: int = 10
    checkpoint_interval: int = 20_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0 if field.name == 'seed' else 1
            if field.name != 'tie_breakers' and (type(value) is not int or value < least):
                raise ValueError(
                    f'search.{field.name} should be a whole number >= {least}, but got {value!r}'
                )


def check_config(cfg: Mapping[str, Any]) -> None:
    """Raise ValueError unless a search config has the entries it should have, and no others."""
    _check_keys(cfg, KEYS + OPTIONAL_KEYS, '')
    for key in KEYS:
        if key not in cfg:
            raise ValueError(f'the search config has no `{key}`')
    if type(cfg['image_size']) is not int or cfg['image_size'] < 32:
        raise ValueError(
            f'image_size should be a whole number >= 32 (pixels), but got {cfg["image_size"]!r}'
        )
    if not isinstance(cfg['constraints'], Mapping):
        raise ValueError(f'constraints should be a dict of dicts, but got {cfg["constraints"]!r}')


def search_settings(cfg: Mapping[str, Any]) -> SearchSettings:
    """The config's entry ``search``, checked."""
    settings = cfg['search']
    _check_keys(settings, [field.name for field in fields(SearchSettings)], 'search.')
    ties = settings.get('tie_breakers', SearchSettings.tie_breakers)
    return SearchSettings(**{**settings, 'tie_breakers': tuple(ties)})


def build_searcher(cfg: Mapping[str, Any], work_dir: Path, logger: Logger) -> Searcher:
    """Build all a search consists of.

    Args:
        cfg: A search config as plain data, checked by ``check_config``.
        work_dir: An existing folder for history and checkpoints.
        logger: Takes the log.

    Raises:
        ValueError: An entry is unknown or its value refused; the message names the place.
    """
    settings = search_settings(cfg)
    image_size = cfg['image_size']
    constraints: dict[str, Constraint] = {
        name: build(CONSTRAINTS, constraint, f'constraints.{name}', image_size=image_size)
        for name, constraint in cfg['constraints'].items()
    }
    space = build(SPACES, cfg['space'], 'space')
    score = build(SCORES, cfg['score'], 'score', image_size=image_size)
    return Searcher(
        Evolution(space, settings.population_size, settings.num_mutations, settings.seed),
        Evaluator(constraints, score, image_size, settings.tie_breakers),
        {key: cfg[key] for key in KEYS if key != 'detector'},
        work_dir,
        logger,
        settings.num_candidates,
        settings.generation_size,
        settings.checkpoint_interval,
        settings.seed,
    )


def _check_keys(cfg: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    known = list(known)
    if not isinstance(cfg, Mapping):
        raise ValueError(f'{place[:-1]} should be a dict, but got {cfg!r}')
    for key in cfg:
        if key not in known:
            raise ValueError(
                f'unknown key `{place}{key}` in the search config; {suggest(key, known)}'
            )
