"""From a search config to the objects of a search; every mistake in it is named."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.constraints import Constraint
from pisnas_mm.genotype import Genotype
from pisnas_mm.registry import CONSTRAINTS, SCORES, SPACES, build, find, suggest
from pisnas_mm.scores import Score
from pisnas_mm.search.evaluation import Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.records import Records
from pisnas_mm.search.searcher import Searcher
from pisnas_mm.search.verification import Sampler, Verifier, pr_score_of, weighted_sums

KEYS = ('space', 'image_size', 'constraints', 'score', 'search', 'detector')
OPTIONAL_KEYS = ('verify', 'custom_imports', 'work_dir', 'default_scope')
# Settings of a search that may differ when it is resumed.
CHANGEABLE = ('top_k', 'checkpoint_interval', 'checkpoint_seconds', 'max_failures')
NUM_DRAWS = 16  # of a verification that does not say how many


@dataclass(frozen=True)
class SearchSettings:
    """The entry ``search`` of a search config.

    ``num_candidates`` includes rejected ones; ``tie_breakers`` decide between equal scores, in
    order; ``top_k`` architectures are written to ``best.json``. The state is saved every
    ``checkpoint_interval`` candidates, or ``checkpoint_seconds`` if those are over sooner. The
    search stops where ``max_failures`` candidates in a row could not be evaluated.
    """

    num_candidates: int = 200_000
    population_size: int = 512
    generation_size: int = 128
    num_mutations: int = 2
    tie_breakers: tuple[str, ...] = ('bottleneck_entropy', '-macs')
    seed: int = 0
    top_k: int = 10
    checkpoint_interval: int = 20_000
    checkpoint_seconds: int = 60
    max_failures: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != 'tie_breakers':
                _check_whole(value, f'search.{field.name}', 0 if field.name == 'seed' else 1)


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
        Records(work_dir, _decisive(cfg, settings), logger),
        logger,
        settings.num_candidates,
        settings.generation_size,
        settings.checkpoint_interval,
        settings.checkpoint_seconds,
        settings.max_failures,
        settings.seed,
    )


def _decisive(cfg: Mapping[str, Any], settings: SearchSettings) -> dict[str, Any]:
    """All that a search's result depends on."""
    decisive = {key: cfg[key] for key in KEYS if key != 'detector'}
    given = {k: v for k, v in asdict(settings).items() if k not in CHANGEABLE}
    return decisive | {'search': given}


def build_verifier(
    cfg: Mapping[str, Any], objective: Score, seed: Genotype, logger: Logger
) -> Verifier | None:
    """Build what scores the best architectures again, and try it.

    What ``verify`` does not say is as in the objective's own PR score.

    Args:
        cfg: A search config as plain data, checked by ``check_config``.
        objective: What the search maximises.
        seed: An architecture of the search space, for one draw as a trial.
        logger: Takes the log.

    Returns:
        None where the config has no ``verify``.

    Raises:
        ValueError: An entry is unknown or its value refused, or sampling fails, for example because
            a package is missing.
    """
    verify = cfg.get('verify')
    if verify is None:
        return None
    written = search_settings(cfg).top_k
    _check_verify(verify, written)
    closed_form = pr_score_of(objective)
    own = {'image_size': cfg['image_size']} | {
        name: getattr(closed_form, name)
        for name in ('image_size', 'weights', 'threshold')
        if hasattr(closed_form, name)
    }
    _try(_sampler(verify, own, num_draws=1), verify['type'], seed)
    sampler = _sampler(verify, own, verify.get('num_draws', NUM_DRAWS))
    return Verifier(objective, sampler, verify['type'], verify.get('top_k', written), logger)


def _check_verify(verify: Mapping[str, Any], written: int) -> None:
    cls = find(SCORES, verify, 'verify')
    if not callable(getattr(cls, 'draws', None)):
        raise _no_sampler(verify)
    _check_keys(verify, ['type', 'top_k', *inspect.signature(cls).parameters], 'verify.')
    for key in ('top_k', 'num_draws'):
        _check_whole(verify.get(key, 1), f'verify.{key}', 1)
    if verify.get('top_k', 1) > written:
        raise ValueError(
            f'verify.top_k should be at most search.top_k, the number of architectures in '
            f'best.json ({written}), but got {verify["top_k"]}'
        )


def _sampler(verify: Mapping[str, Any], own: Mapping[str, Any], num_draws: int) -> Sampler:
    given = {key: value for key, value in verify.items() if key not in ('top_k', 'num_draws')}
    sampler = build(SCORES, given, 'verify', **own, num_draws=num_draws)
    if not isinstance(sampler, Sampler):
        raise _no_sampler(verify)
    return sampler


def _no_sampler(verify: Mapping[str, Any]) -> ValueError:
    return ValueError(
        'verify.type should be a score that samples radii (with `draws` and `weights`), for '
        f'example MonteCarloPRScore, but got {verify["type"]!r}'
    )


def _try(sampler: Sampler, name: str, genotype: Genotype) -> None:
    """Raise ValueError if sampling fails here."""
    try:
        weighted_sums(sampler, genotype)
    except ModuleNotFoundError as error:
        raise ValueError(
            f'verify: {error.name} is not installed, but {name} needs it; see docs/install.md'
        ) from error
    # Torch's own refusals, for example of a device, are of several kinds.
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(f'verify: {error}') from error


def _check_whole(value: object, place: str, least: int) -> None:
    if type(value) is not int or value < least:
        raise ValueError(f'{place} should be a whole number >= {least}, but got {value!r}')


def _check_keys(cfg: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    known = list(known)
    if not isinstance(cfg, Mapping):
        raise ValueError(f'{place[:-1]} should be a dict, but got {cfg!r}')
    for key in cfg:
        if key not in known:
            raise ValueError(
                f'unknown key `{place}{key}` in the search config; {suggest(key, known)}'
            )
