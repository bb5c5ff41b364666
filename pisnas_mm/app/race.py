"""A contest as it is run: rung by rung, some trainings at a time, with a bar and a record."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pisnas_mm.app.errors import is_first
from pisnas_mm.detectors.trainings import Reached, Training, reached, run
from pisnas_mm.ranking.contest import Contest
from pisnas_mm.ranking.halving import Rung, halve, rounds_of_all
from pisnas_mm.utils.claims import Claims
from pisnas_mm.utils.files import write_json


class Race:
    """Runs a contest to its end, what has been trained before included.

    Args:
        contest: Who takes part.
        gpus: One for every training at a time.
        say: Takes a line for every training and rung.
        record: The file that says how it stands, written after every rung.
    """

    def __init__(
        self,
        contest: Contest,
        gpus: Sequence[str | None],
        say: Callable[[str], object],
        record: Path,
    ) -> None:
        self.contest = contest
        self.gpus = gpus
        self.say = say
        self.record = record
        sizes, settings = [len(group) for group in contest.groups], contest.settings
        rounds = rounds_of_all(sizes, settings.rungs, len(settings.seeds))
        self.total = rounds * settings.steps_a_round
        self.rungs: list[Rung] = []
        self.progress = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            TextColumn('{task.completed:.0f}/{task.total:.0f} steps'),
            TimeElapsedColumn(),
            TextColumn('ETA'),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not (is_first() and sys.stderr.isatty()),
        )
        self.task = self.progress.add_task('verifying', total=self.total)

    def run(self) -> dict[str, Any]:
        """Train rung by rung, then those on the last with the other seeds; see ``Contest.tell``."""
        settings = self.contest.settings
        first, *others = settings.seeds
        finalists, baselines = map(len, self.contest.groups)
        self.say(f'{finalists} finalists, {baselines} baselines: {self.total} steps at most')
        with self.progress:
            halve(self.contest.groups, settings.rungs, self._rung, self._done)
            last = self.rungs[-1]
            if others:
                self._describe(f'seeds {", ".join(map(str, others))}: {len(last.left)} left')
            todo = [
                self.contest.training(name, seed, settings.rounds)
                for seed in others
                for name in last.left
            ]
            found = self._train(todo, 0)
        values = {name: {first: Reached(last.reached[name])} for name in last.left}
        for training, of in found.items():
            values[training.config.stem][training.seed] = of
        return self._told(values)

    def _rung(self, names: Sequence[str], rounds: int) -> dict[str, float | None]:
        settings = self.contest.settings
        number = len(self.rungs) + 1
        self._describe(f'rung {number}/{settings.rungs}: {len(names)} left')
        seed = settings.seeds[0]
        todo = [self.contest.training(name, seed, rounds) for name in names]
        before = self.rungs[-1].rounds if self.rungs else 0
        found = self._train(todo, before)
        return {training.config.stem: found[training].value for training in todo}

    def _train(self, todo: Sequence[Training], before: int) -> dict[Training, Reached]:
        """Those that have not been trained yet, after ``before`` rounds; what all came to."""
        settings = self.contest.settings
        known = {training: reached(training, settings.metric) for training in todo}
        found = {training: of for training, of in known.items() if of is not None}
        left = [training for training in todo if training not in found]
        self.total -= sum(self._steps(training, before) for training in found)
        self.progress.update(self.task, total=self.total)
        for training, of in run(left, settings.metric, self.gpus):
            found[training] = of
            place = f'{training.config.stem}, seed {training.seed}'
            self.say(
                f'{place}: failed, {of.failure}; see {training.folder}'
                if of.failure
                else f'{place}: {settings.metric} {of.value:.4f}'
            )
            self.progress.advance(self.task, self._steps(training, before))
        return found

    def _steps(self, training: Training, before: int) -> int:
        return ((training.pause_after or 0) - before) * self.contest.settings.steps_a_round

    def _done(self, rung: Rung) -> None:
        self.rungs.append(rung)
        steps = rung.rounds * self.contest.settings.steps_a_round
        self.say(f'after {steps} steps: {", ".join(rung.left) or "nobody"} left')
        self._told({})

    def _told(self, values: Mapping[str, Mapping[int, Reached]]) -> dict[str, Any]:
        """How it stands, written down: by one process after the other."""
        with Claims().waiting(self.contest.folder):
            told = self.contest.tell(self.rungs, values)
            write_json(self.record, told)
        return told

    def _describe(self, text: str) -> None:
        self.progress.update(self.task, description=text)
