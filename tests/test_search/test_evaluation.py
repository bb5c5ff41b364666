from pisnas_mm import measures
from pisnas_mm.constraints import Params
from pisnas_mm.scores import Score
from pisnas_mm.search import Evaluator
from pisnas_mm.search.evaluation import DUPLICATE, LOW_SCORE
from tests.test_search import small

GENOTYPES = small.everything()[::50]
LIMIT = sorted(map(measures.params, GENOTYPES))[len(GENOTYPES) // 2]


class Counted(Score):
    """Params as a score; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list = []

    def __call__(self, genotype) -> float:
        self.asked.append(genotype)
        return float(measures.params(genotype))


def evaluator(**settings) -> Evaluator:
    return Evaluator({'params': Params(max=LIMIT)}, Counted(), 64, **settings)


def test_a_rank_is_the_score_and_then_the_tie_breakers():
    judge = evaluator(tie_breakers=('bottleneck_entropy', '-macs', 'layers', '-params'))
    genotype = min(GENOTYPES, key=measures.params)
    assert judge(genotype).rank == (
        measures.params(genotype),
        measures.bottleneck_entropy(genotype, 64),
        -measures.macs(genotype, 64),
        measures.layers(genotype),
        -measures.params(genotype),
    )


def test_what_violates_a_constraint_is_never_scored():
    judge = evaluator()
    evaluations = judge.evaluate(GENOTYPES, ())
    rejected = [e.genotype for e in evaluations if e.rejected_by]
    assert {e.rejected_by for e in evaluations} == {None, 'params'}
    assert rejected == [g for g in GENOTYPES if measures.params(g) > LIMIT]
    assert not set(rejected) & set(judge.score.asked)


def test_the_known_and_the_repeated_are_never_scored():
    judge = evaluator()
    known, new = sorted(GENOTYPES, key=measures.params)[:2]
    evaluations = judge.evaluate([known, new, new], {known})
    assert [e.rejected_by for e in evaluations] == [DUPLICATE, None, DUPLICATE]
    assert judge.score.asked == [new]


class Bounded(Counted):
    """Certain to be low from the start, as far as it is below the floor."""

    def unless_below(self, genotype, floor):
        return self(genotype) if measures.params(genotype) >= floor else None


def test_what_is_certain_to_score_below_the_floor_is_rejected():
    low, high = sorted(GENOTYPES, key=measures.params)[:2]
    floor = measures.params(high)
    judge = Evaluator({}, Bounded(), 64)
    evaluations = judge.evaluate([low, high], (), lambda genotype: floor)
    assert [e.rejected_by for e in evaluations] == [LOW_SCORE, None]
    assert judge.score.asked == [high]
