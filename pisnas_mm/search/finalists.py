"""The entry ``verify`` of a search config: who judges the best again, and who they are.

``verify = dict(type=A_SCORE, ...)`` asks one score, ``dict(scores=[dict(type=..., weight=...)])``
several, ``True`` (or a dict without either) those that predict trained detectors best. A sampled PR
score takes the closed form's place in the objective; all others rank (``SecondOpinion``). A
``BriefTraining`` is none of this room's: it only chooses its finalists here.
"""

import inspect
from collections.abc import Mapping
from functools import partial
from logging import Logger
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, check_number, check_whole, lines_of, shown
from pisnas_mm.registry import SCORES, build, find
from pisnas_mm.scores import Score
from pisnas_mm.scores.receptive import check_one_per_stage
from pisnas_mm.search.resampling import Resampling, Sampler, pr_score_of
from pisnas_mm.search.second_opinion import Judge, SecondOpinion, value_of
from pisnas_mm.search.settings import SearchSettings, search_settings, unknown_keys
from pisnas_mm.search.spread import TOLERANCE, finalists
from pisnas_mm.search.verdicts import Choose, Verifier

NUM_DRAWS = 16  # of a verification that does not say how many
DEFAULT = (dict(type='PyramidCapacityScore'), dict(type='ActivationsScore'))
"""What predicts published detectors best: docs/results/published.md and docs/how-to/scores.md."""

BRIEF_TRAINING = 'BriefTraining'  # that a room above runs

_OWN = ('top_k', 'spread')  # keys of `verify` that are no score's


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
    if not asked(cfg.get('verify')):
        return None
    verify = _as_dict(cfg['verify'])
    judges = _judges(verify, cfg['image_size'], objective, NUM_DRAWS)
    first = judges[0]
    # A sampled PR score takes the closed form's place in the objective.
    if 'type' in verify and isinstance(first.score, Sampler) and _of_pr_score(objective):
        return Resampling(objective, first.score, first.name, chooser(cfg, spread=0), logger)
    return SecondOpinion(judges, chooser(cfg), logger)


def asked(verify: Any) -> bool:
    """Whether the entry asks for a verification by scores."""
    return verify is not None and verify is not False and not asked_to_train(verify)


def asked_to_train(verify: Any) -> bool:
    """Whether the entry asks for brief trainings."""
    return isinstance(verify, Mapping) and verify.get('type') == BRIEF_TRAINING


def chooser(cfg: Mapping[str, Any], spread: float = TOLERANCE) -> Choose:
    """How the finalists are chosen, as ``verify`` says: how many, and spread how wide.

    Args:
        cfg: A search config as plain data.
        spread: What holds where ``verify`` does not say.
    """
    verify = _as_dict(cfg['verify'])
    top_k = verify.get('top_k', search_settings(cfg).top_k)
    tolerance = verify.get('spread', spread)
    return partial(finalists, count=top_k, tolerance=tolerance, image_size=cfg['image_size'])


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
    verify = _as_dict(verify)
    if 'type' in verify:
        known = [*_OWN, 'type', *inspect.signature(find(SCORES, verify, 'verify')).parameters]
    else:
        known = [*_OWN, 'scores']
    problems = unknown_keys(verify, known, 'verify.')
    problems += choice_problems(verify, search)
    try:
        given = {key: value for key, value in verify.items() if key in known}
        judges = _judges(given, image_size, objective, num_draws=1)
        if seed and objective:
            for judge in judges:
                _check_suits(judge.score, seed)
    except ValueError as error:
        problems += lines_of(error)
    if problems:
        raise Problems(problems)


def choice_problems(verify: Mapping[str, Any], search: Any) -> list[str]:
    """What is wrong in how many finalists are asked for, and how far they spread."""
    problems = []
    top_k = verify.get('top_k', 1)
    for key in ('top_k', 'num_draws'):
        try:
            check_whole(verify.get(key, 1), f'verify.{key}', 1)
        except ValueError as error:
            problems += lines_of(error)
    try:
        check_number(verify.get('spread', 0), 'verify.spread', 0)
    except ValueError as error:
        problems += lines_of(error)
    written = search.get('top_k', SearchSettings.top_k) if isinstance(search, Mapping) else None
    if not problems and type(written) is int and top_k > written:
        problems.append(
            f'verify.top_k should be at most search.top_k, the number of architectures in '
            f'best.json ({written}), but got {top_k}'
        )
    return problems


def try_verify(verify: Any, image_size: int, objective: Score, seed: Genotype) -> None:
    """Judge once; raise ValueError if that fails here, for example as a package is missing."""
    entry = _as_dict(verify)
    scores = entry.get('scores', DEFAULT)
    once = [{k: v for k, v in score.items() if k != 'num_draws'} for score in (entry, *scores)]
    entry = once[0] if 'type' in entry else {'scores': once[1:]}
    for judge in _judges(entry, image_size, objective, num_draws=1):
        value_of(judge, seed)


def _as_dict(verify: Any) -> dict[str, Any]:
    if verify is True:
        return {}
    if not isinstance(verify, Mapping):
        raise ValueError(f'verify should be True or a dict, but got {shown(verify)}')
    return dict(verify)


def _judges(
    verify: Mapping[str, Any], image_size: int, objective: Score | None, num_draws: int
) -> list[Judge]:
    """The scores that are asked; those of random networks draw ``num_draws``, if not told."""
    if 'type' in verify:
        own = {key: value for key, value in verify.items() if key not in _OWN}
        return [_judge(own, 'verify', image_size, objective, num_draws)]
    scores = verify.get('scores', DEFAULT)
    if not isinstance(scores, list | tuple) or not scores:
        raise ValueError(
            f'verify.scores should be a list of score configs, but got {shown(scores)}'
        )
    return [
        _judge(score, f'verify.scores[{i}]', image_size, objective, num_draws)
        for i, score in enumerate(scores)
    ]


def _judge(cfg: Any, place: str, image_size: int, objective: Score | None, num_draws: int) -> Judge:
    cls = find(SCORES, cfg, place)
    weight = check_number(cfg.get('weight', 1.0), f'{place}.weight', 0)
    if not weight:
        raise ValueError(f'{place}.weight should be a number > 0; leave the score out instead')
    given = {key: value for key, value in cfg.items() if key != 'weight'}
    if objective and given.keys() == {'type'} and type(objective) is cls:
        return Judge(cfg['type'], objective, weight)  # as the search has it
    own: dict[str, Any] = {'image_size': image_size}
    if callable(getattr(cls, 'draws', None)):
        own |= _of_pr_score(objective)
    return Judge(cfg['type'], build(SCORES, given, place, **own, num_draws=num_draws), weight)


def _of_pr_score(objective: Score | None) -> dict[str, Any]:
    """What the PR score in an objective was built with; nothing where it has none."""
    try:
        closed_form = pr_score_of(objective) if objective else None
    except ValueError:
        return {}
    names = ('image_size', 'weights', 'threshold')
    return {name: getattr(closed_form, name) for name in names if hasattr(closed_form, name)}


def _check_suits(score: Score, seed: Genotype) -> None:
    try:
        if isinstance(score, Sampler):
            check_one_per_stage(score.weights, len(seed.pyramid))
        else:
            score.check(seed)
    except ValueError as error:
        raise ValueError(f'verify: {error}') from error
