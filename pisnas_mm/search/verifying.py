"""From the entry ``verify`` of a search config to what scores the best architectures again."""

import inspect
from collections.abc import Mapping
from logging import Logger
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, check_whole, lines_of, shown
from pisnas_mm.registry import SCORES, build, find
from pisnas_mm.scores import Score
from pisnas_mm.search.settings import SearchSettings, search_settings, unknown_keys
from pisnas_mm.search.verification import Sampler, Verifier, pr_score_of, weighted_sums

NUM_DRAWS = 16  # of a verification that does not say how many


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
    check_verify(verify, cfg['search'])
    closed_form = pr_score_of(objective)
    own = {'image_size': cfg['image_size']} | {
        name: getattr(closed_form, name)
        for name in ('image_size', 'weights', 'threshold')
        if hasattr(closed_form, name)
    }
    _try(_sampler(verify, own, num_draws=1), verify['type'], seed)
    sampler = _sampler(verify, own, verify.get('num_draws', NUM_DRAWS))
    return Verifier(objective, sampler, verify['type'], verify.get('top_k', written), logger)


def check_verify(verify: Any, search: Any) -> None:
    """Raise ValueError where the entry ``verify`` is not valid, as far as that is seen from it.

    Args:
        verify: The entry.
        search: The entry ``search`` beside it.
    """
    cls = find(SCORES, verify, 'verify')
    if not callable(getattr(cls, 'draws', None)):
        raise _no_sampler(verify)
    known = ['type', 'top_k', *inspect.signature(cls).parameters]
    problems = unknown_keys(verify, known, 'verify.')
    for key in ('top_k', 'num_draws'):
        try:
            check_whole(verify.get(key, 1), f'verify.{key}', 1)
        except ValueError as error:
            problems += lines_of(error)
    written = search.get('top_k', SearchSettings.top_k) if isinstance(search, Mapping) else None
    top_k = verify.get('top_k', 1)
    if not problems and type(written) is int and top_k > written:
        problems.append(
            f'verify.top_k should be at most search.top_k, the number of architectures in '
            f'best.json ({written}), but got {top_k}'
        )
    if problems:
        raise Problems(problems)


def _sampler(verify: Mapping[str, Any], own: Mapping[str, Any], num_draws: int) -> Sampler:
    given = {key: value for key, value in verify.items() if key not in ('top_k', 'num_draws')}
    sampler = build(SCORES, given, 'verify', **own, num_draws=num_draws)
    if not isinstance(sampler, Sampler):
        raise _no_sampler(verify)
    return sampler


def _no_sampler(verify: Mapping[str, Any]) -> ValueError:
    return ValueError(
        'verify.type should be a score that samples radii (with `draws` and `weights`), for '
        f'example MonteCarloPRScore, but got {shown(verify["type"])}'
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
