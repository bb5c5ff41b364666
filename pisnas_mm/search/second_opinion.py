"""Finalists ranked again by other scores: several judges, each of whom only ranks.

Ranks and not values are averaged, since the units of scores have nothing in common.
"""

from collections.abc import Mapping, Sequence
from logging import Logger
from operator import mul
from statistics import fmean
from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import Score
from pisnas_mm.scores.sampled import standard_error
from pisnas_mm.search.evaluation import Evaluation, checked_score, reason_of
from pisnas_mm.search.resampling import Sampler, weighted_sums
from pisnas_mm.search.verdicts import Choose, judged_one_by_one, rank_of


class Judge(NamedTuple):
    """A score and how much its ranks count; ``name`` is its registered one."""

    name: str
    score: Score
    weight: float


class Value(NamedTuple):
    """A score's value, and how far it can be trusted where networks are sampled (else None)."""

    value: float
    standard_error: float | None = None
    num_draws: int | None = None
    seed: int | None = None


class Opinion(NamedTuple):
    """What several scores say of an architecture.

    ``mean_rank`` is the weighted mean of its ranks among the finalists, 1 being the best, ``rank``
    its place by that, ``objective_rank`` its place in the population (None: it is not in there).
    ``scores`` has for every score its value, error, draws, seed, weight and rank.
    """

    rank: int
    objective_rank: int | None
    mean_rank: float
    scores: tuple[Mapping[str, Any], ...]

    @property
    def score(self) -> float:
        """Higher is better."""
        return -self.mean_rank


class SecondOpinion:
    """Ranks finalists by the weighted mean of their ranks under some scores.

    Args:
        judges: The scores.
        choose: Gives the finalists.
        logger: Takes a line for every architecture.
    """

    def __init__(self, judges: Sequence[Judge], choose: Choose, logger: Logger) -> None:
        self.judges = tuple(judges)
        self.choose = choose
        self.logger = logger

    def verify(self, population: Sequence[Evaluation], seed: Genotype) -> dict[Genotype, Opinion]:
        finalists = self.choose(population)

        def say(place: str, genotype: Genotype, values: Sequence[Value]) -> None:
            pairs = zip(self.judges, values, strict=True)
            told = ', '.join(f'{judge.name} {written(value._asdict())}' for judge, value in pairs)
            self.logger.info('verified %s  %s', place, told)

        values = judged_one_by_one([*finalists, seed], self.values, say)
        places = {kept.genotype: place for place, kept in enumerate(population, 1)}
        found = ranked(self.judges, values, finalists, places)
        first = min(finalists, key=lambda genotype: found[genotype].rank)
        self.logger.info(
            'of %d finalists number %d by the objective is the first by %s',
            *(len(finalists), places[first], ' and '.join(judge.name for judge in self.judges)),
        )
        return found

    def values(self, genotype: Genotype) -> list[Value]:
        """Of every score.

        Raises:
            ValueError: A score fails.
        """
        return [value_of(judge, genotype) for judge in self.judges]


def value_of(judge: Judge, genotype: Genotype) -> Value:
    """A score of an architecture: of all its draws where it has some.

    Raises:
        ValueError: It fails.
    """
    score = judge.score
    try:
        if isinstance(score, Sampler):
            drawn = weighted_sums(score, genotype)
        elif draws := getattr(score, 'draws', None):
            drawn = list(draws(genotype))
        else:
            return Value(checked_score(score(genotype)))
        mean = checked_score(fmean(drawn))
    except ModuleNotFoundError as error:
        raise ValueError(
            f'verify: {error.name} is not installed, but {judge.name} needs it; see docs/install.md'
        ) from error
    except Exception as error:  # also a user's own score, in any way
        raise ValueError(f'verify: {judge.name} fails: {reason_of(error)}') from error
    return Value(mean, standard_error(drawn), len(drawn), getattr(score, 'seed', None))


def ranked(
    judges: Sequence[Judge],
    values: Mapping[Genotype, Sequence[Value]],
    finalists: Sequence[Genotype],
    places: Mapping[Genotype, int],
) -> dict[Genotype, Opinion]:
    """Ranks among the finalists; who is none of them gets those that it would have.

    Args:
        judges: The scores.
        values: Of every architecture, one a score.
        finalists: Those that are ranked.
        places: In the population, by which equal mean ranks are ordered.
    """

    def ranks(genotype: Genotype) -> list[float]:
        others = [values[other] for other in finalists if other != genotype]
        return [
            rank_of(own.value, [other[i].value for other in others])
            for i, own in enumerate(values[genotype])
        ]

    weights = [judge.weight for judge in judges]
    found = {genotype: ranks(genotype) for genotype in values}
    order = {
        genotype: (sum(map(mul, weights, of)) / sum(weights), places.get(genotype, 0))
        for genotype, of in found.items()
    }
    return {
        genotype: Opinion(
            1 + sum(order[other] < order[genotype] for other in finalists),
            places.get(genotype),
            order[genotype][0],
            tuple(
                {'type': judge.name, **value._asdict(), 'weight': judge.weight, 'rank': rank}
                for judge, value, rank in zip(judges, of, found[genotype], strict=True)
            ),
        )
        for genotype, of in values.items()
    }


def written(score: Mapping[str, Any]) -> str:
    """A value of ``Opinion.scores`` with its standard error: ``14.21``, ``221.6 ± 0.8``."""
    error = score['standard_error']
    value = f'{score["value"]:.5g}'
    return value if error is None else f'{value} ± {error:.2g}'
