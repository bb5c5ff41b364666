"""The loop of a search, and all its input and output: progress, log, history, checkpoints."""

import gc
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.search import checkpoint
from pisnas_mm.search.evaluation import Evaluation, Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.feasibility import check_budgets, repaired, violations
from pisnas_mm.search.progress import Counts, ProgressReport
from pisnas_mm.search.scalars import Watch
from pisnas_mm.search.signals import Interrupted, on_stop


class Searcher:
    """Runs an evolution to its end.

    Args:
        evolution: Proposes and selects.
        evaluator: Judges.
        settings: All that the result depends on, as JSON-able data; a checkpoint of other
            settings is refused.
        work_dir: Where ``history.jsonl`` and ``checkpoint.json`` go.
        logger: Takes the log.
        num_candidates: When to stop; rejected candidates count.
        generation_size: Candidates asked for at once.
        checkpoint_interval: Candidates between checkpoints.
        seed: Seed of the repair of the seed architecture.
    """

    def __init__(
        self,
        evolution: Evolution,
        evaluator: Evaluator,
        settings: Mapping[str, Any],
        work_dir: Path,
        logger: Logger,
        num_candidates: int,
        generation_size: int,
        checkpoint_interval: int,
        seed: int,
    ) -> None:
        self.evolution = evolution
        self.evaluator = evaluator
        self.settings = settings
        self.logger = logger
        self.num_candidates = num_candidates
        self.generation_size = generation_size
        self.checkpoint_interval = checkpoint_interval
        self.seed = seed
        self.counts = Counts()
        self.watch: Watch | None = None  # told of every generation
        self.history_path = work_dir / 'history.jsonl'
        self.checkpoint_path = work_dir / 'checkpoint.json'

    def run(self, resume: bool = False) -> list[Evaluation]:
        """Search, and return the population, best first.

        Raises:
            ValueError: The budgets cannot be met, or there is nothing to resume.
            Interrupted: SIGINT or SIGTERM came, and a whole generation has ended since;
                ``run(resume=True)`` goes on.
        """
        stopped: list[int] = []
        with on_stop(stopped.append), _no_garbage_collection():
            if resume:
                self._load()
            else:
                self._start()
            self._loop(stopped)
        return self.evolution.population

    def _loop(self, stopped: list[int]) -> None:
        saved_at = self.counts.candidates
        with (
            open(self.history_path, 'a', encoding='utf-8') as history,
            ProgressReport(self.num_candidates, self.counts.candidates, self.logger) as progress,
        ):
            while self.counts.candidates < self.num_candidates:
                self._generation()
                history.write(self._history_line())
                history.flush()
                progress.update(self.counts, self.evolution.population[0].score)
                if self.watch:
                    self.watch(self.counts, self.evolution)
                if self.counts.candidates - saved_at >= self.checkpoint_interval or stopped:
                    self._save()
                    saved_at = self.counts.candidates
                if stopped:
                    raise Interrupted(stopped[0])
        self._save()

    def _start(self) -> None:
        space, constraints = self.evolution.space, self.evaluator.constraints
        check_budgets(space, constraints)
        start = space.seed
        if complaints := violations(start, constraints):
            start = repaired(space, constraints, self.seed)
            for name, value in complaints.items():
                self.logger.warning(
                    'the seed architecture violates constraints.%s: %s; the search starts from '
                    'a repaired one',
                    name,
                    constraints[name].complaint(value),
                )
        self.evolution.tell([self.evaluator(start)])
        self.history_path.write_text('')

    def _generation(self) -> None:
        left = self.num_candidates - self.counts.candidates
        candidates = self.evolution.ask(min(self.generation_size, left))
        evaluations = self.evaluator.evaluate(
            candidates, self.evolution.genotypes, self.evolution.floor
        )
        self.evolution.tell(evaluations)
        self.counts.candidates += len(evaluations)
        for evaluation in evaluations:
            if evaluation.rejected_by is None:
                self.counts.scored += 1
            else:
                self.counts.rejected[evaluation.rejected_by] += 1

    def _history_line(self) -> str:
        population = self.evolution.population
        return (
            json.dumps(
                {
                    'candidates': self.counts.candidates,
                    'scored': self.counts.scored,
                    'rejected': dict(sorted(self.counts.rejected.items())),
                    'population': len(population),
                    'best': population[0].rank,
                    'worst': population[-1].rank,
                }
            )
            + '\n'
        )

    def _save(self) -> None:
        state = {
            'evolution': self.evolution.state_dict(),
            'candidates': self.counts.candidates,
            'scored': self.counts.scored,
            'rejected': self.counts.rejected,
            'history_size': self.history_path.stat().st_size,
        }
        checkpoint.save(self.checkpoint_path, self.settings, state)

    def _load(self) -> None:
        state = checkpoint.load(self.checkpoint_path, self.settings)
        self.evolution.load_state_dict(state['evolution'])
        self.counts = Counts(state['candidates'], state['scored'], Counter(state['rejected']))
        with open(self.history_path, 'r+b') as history:  # lines after the checkpoint come again
            history.truncate(state['history_size'])
        self.logger.info('resumed after %d candidates', self.counts.candidates)


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
