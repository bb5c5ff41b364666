"""The entry ``verify = dict(type='BriefTraining', ...)`` of a search config."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pisnas_mm.checks import Problems, check_number, check_whole, lines_of, shown
from pisnas_mm.ranking.settings import check_metric, check_seeds
from pisnas_mm.search.finalists import BRIEF_TRAINING, choice_problems
from pisnas_mm.search.settings import as_tuple, unknown_keys

MAX_RUNGS = 10
_BUDGETS = ('steps', 'hours')
OF_FINALISTS = ('type', 'top_k', 'spread')  # keys that choose them, read by the search


@dataclass(frozen=True)
class BriefTraining:
    """How finalists and baselines are trained.

    ``baselines`` are, by name, MMDetection backbones (dicts with a ``type``, with ``out_indices``
    as the detector's neck wants them) or files of detector configs, whose model is taken. ``steps``
    are those of the last of ``rungs`` rungs, which is trained with every one of ``seeds``; all
    before with the first. With ``hours`` they are as many as fit in all of it, by the measured pace
    of everybody. They are compared in ``metric``, as the evaluator names it.

    Raises:
        Problems: Values are out of bounds; names all of them.
    """

    baselines: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 2000
    hours: float | None = None
    rungs: int = 3
    seeds: tuple[int, ...] = (0, 1, 2)
    metric: str = 'coco/bbox_mAP'

    def __post_init__(self) -> None:
        problems = []
        for key, check in _CHECKS.items():
            try:
                check(getattr(self, key), f'verify.{key}')
            except ValueError as error:
                problems += lines_of(error)
        if not problems and self.steps < 2 ** (self.rungs - 1):
            problems.append(
                f'verify.steps = {self.steps} are too few: the first of {self.rungs} rungs has a '
                f'share of 1/{2 ** (self.rungs - 1)} of them and needs at least one; take more '
                f'steps or fewer rungs'
            )
        if problems:
            raise Problems(problems)

    @property
    def rounds(self) -> int:
        """Of a training that goes to the end; the first rung has one."""
        return int(2 ** (self.rungs - 1))

    @property
    def steps_a_round(self) -> int:
        """Rounded down."""
        return self.steps // self.rounds


def brief_settings(cfg: Mapping[str, Any]) -> BriefTraining:
    """The entry of a search config, checked; the defaults where ``verify`` is of another type."""
    entry = cfg.get('verify')
    if not (isinstance(entry, Mapping) and entry.get('type') == BRIEF_TRAINING):
        return BriefTraining()
    known = [of.name for of in fields(BriefTraining)]
    problems = unknown_keys(entry, [*OF_FINALISTS, *known], 'verify.')
    problems += choice_problems(entry, cfg.get('search'))
    given = {key: as_tuple(entry[key]) for key in known if key in entry}
    given = {key: of for key, of in given.items() if of is not None or key not in _BUDGETS}
    if all(key in given for key in _BUDGETS):
        problems.append('verify should have steps or hours, but has both; set one of them to None')
    try:
        found = BriefTraining(**given)
    except ValueError as error:
        problems += lines_of(error)
    if problems:
        raise Problems(problems)
    return found


def _check_baselines(value: Any, place: str) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(
            f'{place} should be a dict of backbones or config files by name, but got {shown(value)}'
        )
    for name, of in value.items():
        if not isinstance(name, str) or not name.replace('-', '').replace('_', '').isalnum():
            raise ValueError(f'{place}: names should be of letters, digits, - and _, not {name!r}')
        if not isinstance(of, str) and not (isinstance(of, Mapping) and 'type' in of):
            raise ValueError(
                f'{place}.{name} should be a backbone (a dict with a `type`) or the file of a '
                f'detector config, but got {shown(of)}'
            )


def _check_hours(value: Any, place: str) -> None:
    if value is not None and not check_number(value, place, 0):
        raise ValueError(f'{place} should be more than 0')


_CHECKS: Mapping[str, Any] = {
    'baselines': _check_baselines,
    'steps': lambda value, place: check_whole(value, place, 1, 10**9),
    'hours': _check_hours,
    'rungs': lambda value, place: check_whole(value, place, 1, MAX_RUNGS),
    'seeds': check_seeds,
    'metric': check_metric,
}
