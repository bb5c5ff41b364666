"""What a candidate is worth: constraints first, as they cost microseconds, then the score."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf, isfinite
from typing import NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import shown
from pisnas_mm.constraints import Constraint
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import suggest
from pisnas_mm.scores import Score

# Why a candidate is rejected, besides by constraints.
DUPLICATE = 'duplicate'
LOW_SCORE = 'low score'
FAILED = 'failed'

MAX_REASON = 300  # characters

Rank = tuple[float, ...]

Floor = Callable[[Genotype], float]
"""Of a lower score, a candidate would not be kept."""


def no_floor(genotype: Genotype) -> float:
    """The floor where every score is kept."""
    return -inf


class Evaluation(NamedTuple):
    """A candidate and its rank (score, then tie-breakers; higher is better), or why it has none.

    ``reason`` says what went wrong where it is rejected as ``FAILED``.
    """

    genotype: Genotype
    rank: Rank | None
    rejected_by: str | None = None
    reason: str | None = None

    @property
    def score(self) -> float:
        """The score of an accepted candidate."""
        assert self.rank is not None, f'rejected by {self.rejected_by}'
        return self.rank[0]


class Evaluator:
    """Evaluates candidates against named constraints and a score.

    Args:
        constraints: In the order they are checked; the first violated one rejects.
        score: What is maximised.
        image_size: Side of the square input, in pixels, for the tie-breakers.
        tie_breakers: Measures that decide between equal scores, in order: names of
            ``MEASURES``; a leading ``-`` prefers less.
    """

    def __init__(
        self,
        constraints: Mapping[str, Constraint],
        score: Score,
        image_size: int,
        tie_breakers: Sequence[str] = ('bottleneck_entropy', '-macs'),
    ) -> None:
        self.constraints = dict(constraints)
        self.score = score
        check_tie_breakers(tuple(tie_breakers))
        self._ties = [_tie_breaker(name, image_size) for name in tie_breakers]

    def __call__(self, genotype: Genotype, floor: Floor = no_floor) -> Evaluation:
        """Evaluate a candidate; it is rejected where its score is certain to be below its floor.

        Whatever goes wrong on the way is its own fault: it fails, and the search goes on.
        """
        return self.rejected(genotype) or self.scored(genotype, floor)

    def rejected(self, genotype: Genotype) -> Evaluation | None:
        """The rejection by the first violated constraint; None where there is none."""
        try:
            for name, constraint in self.constraints.items():
                if not constraint.allows(constraint.measure(genotype)):
                    return Evaluation(genotype, None, name)
        except Exception as error:
            return Evaluation(genotype, None, FAILED, reason_of(error))
        return None

    def scored(self, genotype: Genotype, floor: Floor = no_floor) -> Evaluation:
        """Evaluate a candidate that satisfies all constraints."""
        try:
            score = self.score.unless_below(genotype, floor(genotype))
            if score is None:
                return Evaluation(genotype, None, LOW_SCORE)
            return Evaluation(
                genotype, (checked_score(score), *[tie(genotype) for tie in self._ties])
            )
        except Exception as error:
            return Evaluation(genotype, None, FAILED, reason_of(error))

    def evaluate(
        self, candidates: Iterable[Genotype], known: Iterable[Genotype], floor: Floor = no_floor
    ) -> list[Evaluation]:
        """Evaluate candidates; those that are ``known`` or come twice are rejected unseen."""
        return judged(candidates, known, partial(self, floor=floor))


def judged(
    candidates: Iterable[Genotype],
    known: Iterable[Genotype],
    judge: Callable[[Genotype], Evaluation],
) -> list[Evaluation]:
    """What ``judge`` says of candidates that are neither known nor come a second time."""
    seen = set(known)
    evaluations = []
    for genotype in candidates:
        before = len(seen)
        seen.add(genotype)  # hashed once: that takes as long as a measure
        new = len(seen) > before
        evaluations.append(judge(genotype) if new else Evaluation(genotype, None, DUPLICATE))
    return evaluations


def checked_score(score: float) -> float:
    """The score as a float; ``ValueError`` where no two could be compared."""
    score = float(score)
    if not isfinite(score):
        raise ValueError(f'the score is {score}')
    return score


def reason_of(error: Exception) -> str:
    """An error on one line, without what differs from run to run."""
    text = ' '.join(str(error).split())
    if type(error) is not ValueError:
        text = f'{type(error).__name__}: {text}'
    return re.sub(r'\b0x[0-9a-fA-F]+', '0x…', text)[:MAX_REASON]


def check_tie_breakers(names: object) -> None:
    """Raise ValueError unless these are names of tie-breakers."""
    if not isinstance(names, tuple):
        raise ValueError(f'tie_breakers should be a list of names, but got {shown(names)}')
    for name in names:
        if not isinstance(name, str) or name.removeprefix('-') not in MEASURES:
            raise ValueError(
                f'tie_breakers should be among {", ".join(MEASURES)} (with a leading - for '
                f'less), but got {shown(name)}; {suggest(name, MEASURES)}'
            )


def _tie_breaker(name: str, image_size: int) -> Callable[[Genotype], float]:
    value = MEASURES[name.removeprefix('-')].at(image_size)
    sign = -1.0 if name.startswith('-') else 1.0
    return lambda genotype: sign * value(genotype)
