"""Evaluation dealt out among processes: each evolves the same way and scores its share."""

from collections.abc import Iterable
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.evaluation import Evaluation, Evaluator, Floor, judged, no_floor
from pisnas_mm.search.processes import Processes


class SharedEvaluator(Evaluator):
    """Evaluates in several processes; each gets all evaluations, as one process alone would.

    The arithmetic of constraints is done by all; what is to be scored is dealt out.

    Args:
        processes: Those that take part.
        judging: The arguments of ``Evaluator``.
    """

    def __init__(self, processes: Processes, *judging: Any) -> None:
        super().__init__(*judging)
        self.processes = processes

    def evaluate(
        self, candidates: Iterable[Genotype], known: Iterable[Genotype], floor: Floor = no_floor
    ) -> list[Evaluation]:
        evaluations = judged(candidates, known, lambda g: self.rejected(g) or Evaluation(g, None))
        rank, size = self.processes.rank, self.processes.size
        waiting = [i for i, found in enumerate(evaluations) if found.rejected_by is None]
        own = [self.scored(evaluations[i].genotype, floor) for i in waiting[rank::size]]
        shares = self.processes.gather([list(found[1:]) for found in own])
        for first, share in enumerate(shares):
            for i, (ranks, cause, reason) in zip(waiting[first::size], share, strict=True):
                given = None if ranks is None else tuple(ranks)
                evaluations[i] = Evaluation(evaluations[i].genotype, given, cause, reason)
        return evaluations
