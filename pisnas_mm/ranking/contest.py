"""Finalists and baselines that are trained against each other, and what that says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from pisnas_mm.detectors.trainings import Reached, Training, curve, reached
from pisnas_mm.ranking.brief_settings import BriefTraining
from pisnas_mm.ranking.halving import Rung
from pisnas_mm.utils.student import Interval, difference_interval, mean_interval


class Contestant(NamedTuple):
    """A detector that takes part; ``place`` is a finalist's in the search, None a baseline's."""

    name: str
    place: int | None
    params: int
    macs: int


class Verdict(NamedTuple):
    """Which contestant to use (None: all failed), whether that is sure, and all in a sentence.

    ``difference`` is the best finalist's mean less the best baseline's, in the metric's units.
    """

    use: str | None
    sure: bool
    difference: Interval | None
    sentence: str


@dataclass(frozen=True)
class Contest:
    """Who takes part, and where their trainings lie."""

    folder: Path
    contestants: tuple[Contestant, ...]
    settings: BriefTraining

    @property
    def groups(self) -> list[list[str]]:
        """Finalists and baselines, by name."""
        finalists = [of.name for of in self.contestants if of.place is not None]
        return [finalists, [of.name for of in self.contestants if of.place is None]]

    def config(self, name: str) -> Path:
        """The detector's config, which trains as it is."""
        return self.folder / name / f'{name}.py'

    def training(self, name: str, seed: int, rounds: int) -> Training:
        """Up to so many rounds."""
        folder = self.folder / name / f'seed-{seed}'
        return Training(self.config(name), seed, folder, pause_after=rounds)

    def tell(
        self, rungs: Sequence[Rung], values: Mapping[str, Mapping[int, Reached]]
    ) -> dict[str, Any]:
        """All of it so far, as JSON-able data: for the page and for whoever reads it.

        Args:
            rungs: Those that have ended.
            values: Of those on the last rung, by name and seed; empty before.
        """
        settings = self.settings
        found = verdict(self.contestants, values, settings.metric) if values else None
        return {
            'metric': settings.metric,
            'steps_a_round': settings.steps_a_round,
            'seeds': list(settings.seeds),
            'rungs': [
                {'steps': of.rounds * settings.steps_a_round, 'left': list(of.left)} for of in rungs
            ],
            'contestants': [
                self._told(of, rungs, values.get(of.name, {})) for of in self.contestants
            ],
            'verdict': None if found is None else found._asdict(),
        }

    def _told(
        self, of: Contestant, rungs: Sequence[Rung], values: Mapping[int, Reached]
    ) -> dict[str, Any]:
        settings = self.settings
        trained = [one.value for one in values.values() if one.value is not None]
        ended = [
            reached(self.training(of.name, settings.seeds[0], rung.rounds), settings.metric)
            for rung in rungs
        ]
        failures = [one.failure for one in (*ended, *values.values()) if one and one.failure]
        steps = settings.steps_a_round
        return {
            **of._asdict(),
            'curves': {
                str(seed): [
                    [rounds * steps, value]
                    for rounds, value in curve(
                        self.folder / of.name / f'seed-{seed}', settings.metric
                    ).items()
                ]
                for seed in settings.seeds
            },
            'values': trained,
            'interval': mean_interval(trained),
            'failure': failures[0] if failures else None,
        }


def verdict(
    contestants: Sequence[Contestant], values: Mapping[str, Mapping[int, Reached]], metric: str
) -> Verdict:
    """Who is to be used.

    A finalist is named only where the interval of its difference from the best baseline (Welch's t,
    Bonferroni's for as many finalists as were compared) is above zero. Where both cannot be told
    apart it is the one of fewer MACs, the baseline if they have as many.
    """
    known = {of.name: of for of in contestants}
    sound = {
        name: [one.value for one in of.values() if one.value is not None]
        for name, of in values.items()
        if all(one.failure is None for one in of.values())
    }
    finalists = [name for name in sound if known[name].place is not None]
    baselines = [name for name in sound if known[name].place is None]
    best = max(finalists, key=lambda name: fmean(sound[name]), default=None)
    other = max(baselines, key=lambda name: fmean(sound[name]), default=None)
    if best is None or other is None:
        return _alone(best or other, best is not None, sound, metric)
    difference = difference_interval(sound[best], sound[other], len(finalists))
    points = _points(difference)
    if difference and difference.low > 0:
        text = f'Use {best}: it is {points} above {other} in {metric}.'
        return Verdict(best, True, difference, text)
    if difference and difference.high < 0:
        text = f'Keep {other}: the best that was found, {best}, is {points} off it in {metric}.'
        return Verdict(other, True, difference, text)
    cheaper = best if known[best].macs < known[other].macs else other
    why = 'with fewer MACs' if cheaper == best else 'which you have'
    gap = points or 'trained with one seed each, so that no interval is known'
    text = f'{best} and {other} cannot be told apart in {metric} ({gap}): take {cheaper}, {why}.'
    return Verdict(cheaper, False, difference, text)


def _alone(
    name: str | None, searched: bool, sound: Mapping[str, Sequence[float]], metric: str
) -> Verdict:
    if name is None:
        return Verdict(None, False, None, 'All trainings failed: there is nothing to name.')
    what = 'no baseline came to the end' if searched else 'no finalist came to the end'
    mean = 100 * fmean(sound[name])
    text = f'{name} has the highest {metric}, {mean:.1f}, but {what} to compare it with.'
    return Verdict(name, False, None, text)


def _points(of: Interval | None) -> str:
    if of is None:
        return ''
    value, low, high = (100 * end for end in of)
    return f'{value:+.1f} points ({low:+.1f} to {high:+.1f})'
