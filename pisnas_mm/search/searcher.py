"""The loop of a search: generations, progress, and when its state is saved."""

import gc
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.constraints import Constraint
from pisnas_mm.search.counts import Counts
from pisnas_mm.search.evaluation import Evaluation, Evaluator, checked_score, reason_of
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.feasibility import check_budgets, repaired, violations
from pisnas_mm.search.processes import Processes
from pisnas_mm.search.progress import ProgressReport
from pisnas_mm.search.records import Records
from pisnas_mm.search.scalars import Watch
from pisnas_mm.search.settings import SearchSettings
from pisnas_mm.search.signals import Interrupted, TooManyFailures, on_stop


class Searcher:
    """Runs an evolution to its end.

    Args:
        evolution: Proposes and selects.
        evaluator: Judges.
        settings: When to stop, how many candidates to ask for at once, when to save.
        records: Takes history and checkpoints.
        logger: Takes the log.
        processes: That run this search; the first one alone has ``records``.
    """

    def __init__(
        self,
        evolution: Evolution,
        evaluator: Evaluator,
        settings: SearchSettings,
        *,
        records: Records,
        logger: Logger,
        processes: Processes,
    ) -> None:
        self.evolution = evolution
        self.evaluator = evaluator
        self.settings = settings
        self.records = records
        self.logger = logger
        self.processes = processes
        self.counts = Counts()
        self.asked: Mapping[str, Constraint] = evaluator.constraints
        """What the first architecture satisfies."""
        self.starts: Sequence[Mapping[str, Constraint]] = ()
        """Further constraints, for each of which a start is repaired, too."""
        self.watch: Watch | None = None  # told of every generation
        self.saved: int | None = None
        """After how many candidates the state was saved last; None before that."""
        self._saved_at = 0.0  # seconds

    def run(self, resume: bool | Path = False) -> list[Evaluation]:
        """Search, and return the population, best first.

        Args:
            resume: Whether to go on from the last checkpoint, or the checkpoint to go on from.

        Raises:
            ValueError: The budgets cannot be met, there is nothing to resume, or a file cannot be
                written.
            Lost: Another process has gone; ``run(resume=True)`` goes on from the last checkpoint.
            Interrupted: SIGINT or SIGTERM came, and a whole generation has ended since;
                ``run(resume=True)`` goes on.
            TooManyFailures: Candidates only fail; the state is saved, too.
        """
        stopped: list[int] = []
        try:
            with on_stop(stopped.append), _no_garbage_collection():
                if resume:
                    self._load(resume if isinstance(resume, Path) else None)
                else:
                    self._start()
                    self._save()
                self._loop(stopped)
        finally:
            self.records.close()
        return self.evolution.population

    def _loop(self, stopped: list[int]) -> None:
        shown = self.processes.rank == 0
        with ProgressReport(
            self.settings.num_candidates, self.counts.candidates, self.logger, shown=shown
        ) as progress:
            while self.counts.candidates < self.settings.num_candidates:
                self._generation()
                progress.update(self.counts, self.evolution.population[0].score)
                if self.watch:
                    self.watch(self.counts, self.evolution)
                signals = [number for some in self.processes.gather(stopped) for number in some]
                failing = self.counts.failed_in_a_row >= self.settings.max_failures
                if self._is_due() or signals or failing:
                    self._save()
                if signals:
                    raise Interrupted(signals[0])
                if failing:
                    raise TooManyFailures(self.counts.failed_in_a_row, self.counts.first_reason)
        if self.saved != self.counts.candidates:
            self._save()
        if self.counts.failed:
            self.logger.warning(
                '%d of %d candidates failed; see `failed` in %s',
                *(self.counts.failed, self.counts.candidates, self.records.history),
            )

    def _start(self) -> None:
        space, constraints = self.evolution.space, self.asked
        check_budgets(space, constraints)
        start = space.seed
        for name, example in space.examples().items():
            try:
                checked_score(self.evaluator.score(example))  # the seed's comes in the result
            except Exception as error:
                raise ValueError(f'the score fails for {name}: {reason_of(error)}') from error
        if complaints := violations(start, constraints):
            start = repaired(space, constraints, self.settings.seed)
            for name, value in complaints.items():
                self.logger.warning(
                    'the seed architecture violates constraints.%s: %s; the search starts from '
                    'a repaired one',
                    name,
                    constraints[name].complaint(value),
                )
        first = self.evaluator(start)
        if first.rank is None:
            raise ValueError(f'the score fails for the repaired seed: {first.reason}')
        self.evolution.tell([first])
        for own in self.starts:
            try:
                also = repaired(space, {**constraints, **own}, self.settings.seed)
            except ValueError:  # the search may still find a way
                continue
            self.evolution.tell([self.evaluator(also)])
        self.records.start()

    def _generation(self) -> None:
        left = self.settings.num_candidates - self.counts.candidates
        selection = self.evolution.selection
        candidates = self.evolution.ask(min(self.settings.generation_size, left))
        evaluations = self.evaluator.evaluate(candidates, selection.genotypes, selection.floor)
        self.evolution.tell(evaluations)
        self.counts.add(evaluations)
        failed = [evaluation for evaluation in evaluations if evaluation.reason]
        if failed and len(failed) == self.counts.failed:
            self.logger.warning('a candidate failed: %s', failed[0].reason)
        self.records.append(self._history_entry(failed))

    def _history_entry(self, failed: Sequence[Evaluation]) -> dict[str, Any]:
        population = self.evolution.population
        entry: dict[str, Any] = {
            'candidates': self.counts.candidates,
            'scored': self.counts.scored,
            'rejected': dict(sorted(self.counts.rejected.items())),
            'population': len(population),
            'best': population[0].rank,
            'worst': population[-1].rank,
            **self.evolution.selection.progress(),
        }
        if failed:
            entry['failed'] = [
                {'reason': candidate.reason, 'arch': candidate.genotype.to_list()}
                for candidate in failed
            ]
        return entry

    def _is_due(self) -> bool:
        """Whether a checkpoint is; it changes nothing, whenever it is written."""
        return (
            self.counts.candidates - (self.saved or 0) >= self.settings.checkpoint_interval
            or time.monotonic() - self._saved_at >= self.settings.checkpoint_seconds
        )

    def _save(self) -> None:
        self.records.save(self._state())
        self.saved, self._saved_at = self.counts.candidates, time.monotonic()

    def _state(self) -> dict[str, Any]:
        return {'evolution': self.evolution.state_dict(), 'counts': self.counts.to_dict()}

    def _load(self, source: Path | None) -> None:
        self.processes.first(lambda: self.records.load(self._restore, source))
        self._restore(self.processes.gather(self._state())[0])
        self.saved, self._saved_at = self.counts.candidates, time.monotonic()
        if source is not None:
            self._save()
        self.logger.info('resumed after %d candidates', self.counts.candidates)

    def _restore(self, state: Mapping[str, Any]) -> None:
        self.evolution.load_state_dict(state['evolution'])
        self.counts = Counts.from_dict(state['counts'])


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for cycles among what a search remembers: there are none.

    The looking would take a quarter of a search's time, and seconds of what comes after it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
