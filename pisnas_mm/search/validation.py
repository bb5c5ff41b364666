"""A search config checked as a whole before anything starts: every problem is told at once."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.bounds import check_space, separated
from pisnas_mm.checks import Problems, check_image_size, lines_of
from pisnas_mm.constraints import build_constraints
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.scores import Score
from pisnas_mm.search.budgets import build_budgets
from pisnas_mm.search.family import build_family
from pisnas_mm.search.feasibility import check_budgets
from pisnas_mm.search.finalists import asked, check_verify, try_verify
from pisnas_mm.search.scalars import find_backends
from pisnas_mm.search.settings import SearchSettings, search_settings, unknown_keys
from pisnas_mm.spaces import Space

KEYS = ('space', 'image_size', 'constraints', 'score', 'search', 'detector')
OPTIONAL_KEYS = (
    'verify',
    'family',
    'ranking',
    'vis_backends',
    'custom_imports',
    'work_dir',
    'default_scope',
)

T = TypeVar('T')


class _Problems(list[str]):
    """Problems so far."""

    def of(self, check: Callable[[], T]) -> T | None:
        """What ``check`` gives; None where it raises, whose problems are noted."""
        try:
            return check()
        except ValueError as error:
            self += lines_of(error)
            return None


def check_config(cfg: Mapping[str, Any], *also: Callable[[Genotype | None], object]) -> None:
    """Look for everything that is wrong in a search config.

    Args:
        cfg: The config as plain data.
        also: Checks of entries that rooms above this one read, given the seed architecture where
            there is a valid one.

    Raises:
        Problems: One line each, with the key, the value, what is allowed, and the nearest match.
    """
    found = _Problems(unknown_keys(cfg, KEYS + OPTIONAL_KEYS, ''))
    found += [f'the search config has no `{key}`' for key in KEYS if key not in cfg]
    space = found.of(lambda: build(SPACES, cfg['space'], 'space')) if 'space' in cfg else None
    image_size = found.of(lambda: check_image_size(cfg['image_size'])) if 'image_size' in cfg else 0
    image_size = image_size or 64  # any: to go on checking
    given = cfg.get('constraints', {})
    constraints = found.of(partial(build_constraints, given, image_size))
    if constraints is None:
        cfg = _without_latency(cfg)
    constraints = constraints or {}
    settings = found.of(lambda: search_settings(cfg)) if 'search' in cfg else None
    family = None
    if 'family' in cfg and settings:
        given_family, costs = cfg['family'], settings.costs
        family = found.of(partial(build_family, given_family, costs, constraints, image_size))
    score = None
    if 'score' in cfg:
        score = found.of(lambda: build(SCORES, cfg['score'], 'score', image_size=image_size))
    if space and score:
        found.of(lambda: _check_score(score, space.seed))
    if space and score and settings and settings.bound:
        found.of(lambda: _check_bound(space, score, settings))
    if space and not found:  # else what is wrong may be why
        found.of(lambda: check_budgets(space, constraints))
        for name, own in (family.constraints if family else {}).items():
            found.of(partial(check_budgets, space, own, f'family.{name}'))
        if settings and settings.costs and not found:
            at = family, constraints, space, image_size
            found.of(lambda: build_budgets(settings, *at))
    seed, verify, search = space.seed if space else None, cfg.get('verify'), cfg.get('search')
    if asked(verify):
        found.of(lambda: check_verify(verify, search, image_size, score, seed))
    if 'vis_backends' in cfg:
        found.of(lambda: find_backends(cfg['vis_backends']))
    for check in also:
        found.of(partial(check, seed))
    if asked(verify) and score and seed and not found:  # it takes a second
        found.of(lambda: try_verify(verify, image_size, score, seed))
    if found:
        raise Problems(found)


def _without_latency(cfg: Mapping[str, Any]) -> Mapping[str, Any]:
    """No such tie-breaker: where the table is at fault, a measure that is unknown is none."""
    search: Any = cfg.get('search')
    names = search.get('tie_breakers') if isinstance(search, Mapping) else None
    if not isinstance(names, (list, tuple)):
        return cfg
    left = [name for name in names if name not in ('latency', '-latency')]
    return {**cfg, 'search': {**search, 'tie_breakers': left}}


def _check_bound(space: Space, score: Score, settings: SearchSettings) -> None:
    try:
        if settings.costs:
            raise ValueError('there is one for a single objective only')
        check_space(space)
        separated(score)
    except ValueError as error:
        raise ValueError(
            f'search.bound asks for a bound that is not known: {error}; leave it out'
        ) from error


def _check_score(score: Any, seed: Genotype) -> None:
    try:
        score.check(seed)
    except ValueError as error:
        raise ValueError(f'score: {error}') from error
