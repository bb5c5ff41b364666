"""The entry ``ranking`` of a search config."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pisnas_mm.checks import MAX_IMAGE_SIZE, Problems, check_number, check_whole, lines_of, shown
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import SCORES, build, suggest
from pisnas_mm.search.settings import as_tuple, unknown_keys


@dataclass(frozen=True)
class RankingSettings:
    """The entry ``ranking`` of a search config: what is drawn, trained and compared.

    ``num_architectures`` are drawn (``seed``) from a pool of ``pool_size``, spread evenly over a
    measure's range if ``stratify`` names one. ``least_use`` gives, for upper budgets by name, the
    share that an architecture must use: with ``macs=0.95`` all have equal MACs within 5 %. Each is
    trained once for every one of ``training_seeds`` and compared in ``metric``, as the evaluator
    names it. ``scores`` are further scores to compare, by name; all registered ones are compared
    anyhow, and so is, as if it were a score, the metric after each of ``early_epochs`` at which
    trainings were evaluated. Intervals come from ``num_resamples`` bootstrap samples; the regret is
    that of the best of a score's ``top_k``.

    Raises:
        Problems: Values are out of bounds; names all of them.
    """

    num_architectures: int = 24
    pool_size: int = 4096
    stratify: str | None = 'bottleneck_entropy'
    least_use: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    training_seeds: tuple[int, ...] = (0, 1)
    metric: str = 'coco/bbox_mAP'
    scores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    early_epochs: tuple[int, ...] = ()
    num_resamples: int = 2000
    top_k: int = 3

    def __post_init__(self) -> None:
        problems = []
        for entry in fields(self):
            try:
                _CHECKS[entry.name](getattr(self, entry.name), f'ranking.{entry.name}')
            except ValueError as error:
                problems += lines_of(error)
        if not problems and self.pool_size < self.num_architectures:
            problems.append(
                f'ranking.pool_size should be at least num_architectures = '
                f'{self.num_architectures}, but got {self.pool_size}'
            )
        if not problems and self.top_k > self.num_architectures:
            problems.append(
                f'ranking.top_k should be at most num_architectures = {self.num_architectures}, '
                f'but got {self.top_k}'
            )
        if problems:
            raise Problems(problems)


def ranking_settings(cfg: Mapping[str, Any]) -> RankingSettings:
    """The config's entry ``ranking``, checked; the defaults where it has none."""
    settings = cfg.get('ranking', {})
    known = [entry.name for entry in fields(RankingSettings)]
    problems = unknown_keys(settings, known, 'ranking.')
    budgets = cfg.get('constraints', {})
    try:
        given = {key: as_tuple(settings[key]) for key in known if key in settings}
        found = RankingSettings(**given)
        for name, score in found.scores.items():
            problems += _problems_of(score, f'ranking.scores.{name}', cfg.get('image_size'))
        problems += [
            f'ranking.least_use: there is no constraint `{name}`; {suggest(name, budgets)}'
            for name in found.least_use
            if isinstance(budgets, Mapping) and name not in budgets
        ]
    except ValueError as error:
        problems += lines_of(error)
    if problems:
        raise Problems(problems)
    return found


def _problems_of(score: Any, place: str, image_size: Any) -> list[str]:
    size = image_size if type(image_size) is int and 32 <= image_size <= MAX_IMAGE_SIZE else 64
    try:
        build(SCORES, score, place, image_size=size)
    except ValueError as error:
        return lines_of(error)
    return []


def _check_stratify(value: Any, place: str) -> None:
    if value is not None and not (isinstance(value, str) and value in MEASURES):
        raise ValueError(
            f'{place} should be None or one of {", ".join(MEASURES)}, but got {shown(value)}'
        )


def _check_shares(value: Any, place: str) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(f'{place} should be a dict of shares, but got {shown(value)}')
    for name, share in value.items():
        if not 0 < check_number(share, f'{place}.{name}') < 1:
            raise ValueError(f'{place}.{name} should be between 0 and 1, but got {share}')


def check_seeds(value: Any, place: str) -> None:
    """Raise ValueError unless these are different seeds of trainings."""
    if not isinstance(value, tuple) or not value:
        raise ValueError(f'{place} should be a list of different seeds, but got {shown(value)}')
    seeds = {check_whole(seed, f'{place}[{i}]', 0, 2**32 - 1) for i, seed in enumerate(value)}
    if len(seeds) < len(value):
        raise ValueError(f'{place} should be a list of different seeds, but got {shown(value)}')


def _check_epochs(value: Any, place: str) -> None:
    if not isinstance(value, tuple):
        raise ValueError(f'{place} should be a list of epochs, but got {shown(value)}')
    for i, epoch in enumerate(value):
        check_whole(epoch, f'{place}[{i}]', 1)


def check_metric(value: Any, place: str) -> None:
    """Raise ValueError unless this may be the name of a metric."""
    if not isinstance(value, str) or not value:
        raise ValueError(
            f"{place} should be the name of a metric such as 'coco/bbox_mAP', but got "
            f'{shown(value)}'
        )


def check_scores(value: Any, place: str) -> None:
    """Raise ValueError unless these are configs of scores, by name."""
    if not isinstance(value, Mapping):
        raise ValueError(f'{place} should be a dict of score configs, but got {shown(value)}')


def _whole(least: int, most: int) -> Any:
    return lambda value, place: check_whole(value, place, least, most)


_CHECKS: Mapping[str, Any] = {
    'num_architectures': _whole(3, 10_000),
    'pool_size': _whole(3, 1_000_000),
    'stratify': _check_stratify,
    'least_use': _check_shares,
    'seed': _whole(0, 2**63 - 1),
    'training_seeds': check_seeds,
    'metric': check_metric,
    'scores': check_scores,
    'early_epochs': _check_epochs,
    'num_resamples': _whole(100, 1_000_000),
    'top_k': _whole(1, 10_000),
}
