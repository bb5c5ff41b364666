"""The second stage of a search: who judges its best again (the entry ``verify``), and who wins."""

import inspect
from collections.abc import Mapping, Sequence
from logging import Logger
from typing import Any, Protocol

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, check_whole, lines_of, shown
from pisnas_mm.registry import SCORES, build, find
from pisnas_mm.scores import Score
from pisnas_mm.scores.receptive import check_one_per_stage
from pisnas_mm.search.evaluation import Evaluation
from pisnas_mm.search.resampling import Resampling, Sampler, pr_score_of, weighted_sums
from pisnas_mm.search.settings import SearchSettings, search_settings, unknown_keys

NUM_DRAWS = 16  # of a verification that does not say how many


class Verdict(Protocol):
    """What a second judge says of an architecture; ``best.json`` holds all of it."""

    @property
    def score(self) -> float:
        """By which finalists are ranked."""

    def _asdict(self) -> dict[str, Any]: ...


class Verifier(Protocol):
    """A second judge: dearer than the objective, and therefore of few."""

    def verify(
        self, population: Sequence[Evaluation], seed: Genotype
    ) -> Mapping[Genotype, Verdict]:
        """Judge some of a population, which comes best first, and the seed to compare them with.

        Raises:
            Interrupted: SIGINT or SIGTERM came.
        """


def reranked(
    population: Sequence[Evaluation], verified: Mapping[Genotype, Verdict]
) -> list[Evaluation]:
    """The verified first, best verified score first; equal ones and the others as they stood."""
    best = [kept for kept in population if kept.genotype in verified]
    others = [kept for kept in population if kept.genotype not in verified]
    return sorted(best, key=lambda kept: -verified[kept.genotype].score) + others


def build_verifier(cfg: Mapping[str, Any], objective: Score, logger: Logger) -> Verifier | None:
    """Build what judges the best architectures again.

    What ``verify`` does not say is as in the objective's own PR score.

    Args:
        cfg: A search config as plain data, checked by ``check_config``.
        objective: What the search maximises.
        logger: Takes the log.

    Returns:
        None where the config has no ``verify``.
    """
    verify = cfg.get('verify')
    if verify is None:
        return None
    sampler = _sampler(verify, cfg['image_size'], objective, verify.get('num_draws', NUM_DRAWS))
    top_k = verify.get('top_k', search_settings(cfg).top_k)
    return Resampling(objective, sampler, verify['type'], top_k, logger)


def check_verify(
    verify: Any, search: Any, image_size: int, objective: Score | None, seed: Genotype | None
) -> None:
    """Raise ``Problems`` where the entry ``verify`` is not valid, as far as that is seen from it.

    Args:
        verify: The entry.
        search: The entry ``search`` beside it.
        image_size: Side of the square input, in pixels.
        objective: What is to be maximised, if that is known.
        seed: An architecture of the space, if there is one.
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
    try:
        given = {key: value for key, value in verify.items() if key in known}
        sampler = _sampler(given, image_size, objective, num_draws=1)
        if seed and objective:
            check_one_per_stage(sampler.weights, len(seed.pyramid), 'verify: weights')
    except ValueError as error:
        problems += lines_of(error)
    if problems:
        raise Problems(problems)


def try_verify(
    verify: Mapping[str, Any], image_size: int, objective: Score, seed: Genotype
) -> None:
    """Draw once; raise ValueError if that fails here, for example as a package is missing."""
    sampler = _sampler(verify, image_size, objective, num_draws=1)
    try:
        weighted_sums(sampler, seed)
    except ModuleNotFoundError as error:
        raise ValueError(
            f'verify: {error.name} is not installed, but {verify["type"]} needs it; see '
            f'docs/install.md'
        ) from error
    # Torch's own refusals, for example of a device, are of several kinds.
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(f'verify: {error}') from error


def _sampler(
    verify: Mapping[str, Any], image_size: int, objective: Score | None, num_draws: int
) -> Sampler:
    own: dict[str, Any] = {'image_size': image_size}
    if objective:
        closed_form = pr_score_of(objective)
        own |= {
            name: getattr(closed_form, name)
            for name in ('image_size', 'weights', 'threshold')
            if hasattr(closed_form, name)
        }
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
