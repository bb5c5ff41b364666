import logging
import re
from math import inf, nan

import pytest

from pisnas_mm.constraints import Params
from pisnas_mm.scores import Score
from pisnas_mm.search import Evaluator, TooManyFailures, build_searcher
from pisnas_mm.search.counts import Counts
from pisnas_mm.search.evaluation import FAILED, LOW_SCORE, Evaluation, reason_of
from pisnas_mm.utils.files import NotWritten
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
GENOTYPE = small.architecture((8, 8, 8, 8, 8), (1, 2), (3, 3))
A, B, C, D, E = (
    Evaluation(GENOTYPE, *rest)
    for rest in [
        ((1.0,),),
        (None, FAILED, 'one'),
        (None, FAILED, 'two'),
        (None, LOW_SCORE),
        (None, 'params'),
    ]
)


class Bad(Score):
    def __init__(self, outcome: object) -> None:
        self.outcome = outcome

    def __call__(self, genotype):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class OutOfMemoryError(RuntimeError):
    """As torch's."""


@pytest.mark.parametrize(
    ('outcome', 'reason'),
    [
        (nan, 'the score is nan'),
        (inf, 'the score is inf'),
        (-inf, 'the score is -inf'),
        ('high', "could not convert string to float: 'high'"),
        ([1, 2], r'TypeError: float\(\) argument must be .*'),
        (ValueError('weights should be'), 'weights should be'),
        (KeyError('x'), "KeyError: 'x'"),
        (RuntimeError('two\n lines <at 0x7f0012ab>'), r'RuntimeError: two lines <at 0x…>'),
        (OutOfMemoryError('CUDA out of memory.'), r'OutOfMemoryError: CUDA out of memory\.'),
        (MemoryError(), 'MemoryError: '),
        (RuntimeError('x' * 9999), 'RuntimeError: x{286}'),
    ],
)
def test_a_candidate_without_a_score_fails_with_a_reason(outcome, reason):
    found = Evaluator({}, Bad(outcome), 64)(GENOTYPE)
    assert found[:3] == (GENOTYPE, None, FAILED)
    assert re.fullmatch(reason, found.reason)


def test_a_constraint_may_fail_too():
    class Broken(Params):
        def measure(self, genotype):
            raise ZeroDivisionError('broken')

    found = Evaluator({'mine': Broken(max=9)}, Bad(1.0), 64)(GENOTYPE)
    assert found == (GENOTYPE, None, FAILED, 'ZeroDivisionError: broken')


def test_an_interruption_is_no_failure():
    class Stop(Bad):
        def __call__(self, genotype):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Evaluator({}, Stop(0.0), 64)(GENOTYPE)


@pytest.mark.parametrize(
    ('evaluations', 'in_a_row', 'reason'),
    [
        ([A], 0, None),
        ([B, C], 2, 'one'),
        ([B, A, C], 1, 'two'),
        ([B, D, C, B], 2, 'two'),
        ([B, E, C], 2, 'one'),  # what is never scored says nothing
    ],
)
def test_failures_in_a_row_are_counted(evaluations, in_a_row, reason):
    counts = Counts()
    counts.add(evaluations)
    assert (counts.failed_in_a_row, counts.first_reason) == (in_a_row, reason)
    assert counts.failed == sum(e.rejected_by == FAILED for e in evaluations)
    assert Counts.from_dict(counts.to_dict()) == counts


def failing(folder, fails, **search):
    """A search of which every candidate that ``fails`` says fails."""
    folder.mkdir(exist_ok=True)
    searcher = build_searcher(small.config(num_candidates=800, **search), folder, LOGGER)
    score = searcher.evaluator.score
    unless_below = score.unless_below

    def maybe(genotype, floor):
        if fails(genotype):
            return nan
        return unless_below(genotype, floor)

    score.unless_below = maybe
    return searcher


def test_what_fails_is_never_chosen_and_the_search_goes_on(tmp_path):
    def wide(genotype):
        return genotype.out_channels[-1] == 16

    searcher = failing(tmp_path, wide, max_failures=1000)
    population = searcher.run()
    assert searcher.counts.failed > 5
    assert not any(wide(kept.genotype) for kept in population)
    assert searcher.counts.candidates == 800


def test_too_many_in_a_row_stop_it_with_the_first_reason_and_a_state(tmp_path):
    seed = build_searcher(small.config(), tmp_path, LOGGER)
    seed._start()
    start = seed.evolution.population[0].genotype
    searcher = failing(tmp_path, lambda genotype: genotype != start, max_failures=4)
    with pytest.raises(
        TooManyFailures, match=r'\d+ candidates in a row failed, .*: the score is nan'
    ):
        searcher.run()
    assert searcher.counts.candidates < 100
    assert searcher.saved == searcher.counts.candidates
    again = failing(tmp_path, lambda genotype: False)
    again.run(resume=True)
    assert again.counts.candidates == 800
    assert again.counts.failed == searcher.counts.failed


def test_a_score_that_fails_at_once_is_refused_at_once(tmp_path):
    searcher = build_searcher(small.config(), tmp_path, LOGGER)
    searcher.evaluator.score = Bad(RuntimeError('no\nGPU'))
    with pytest.raises(ValueError, match=r'^the score fails for space.seed: RuntimeError: no GPU$'):
        searcher.run()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('part', [0, 1, 50])
def test_a_history_that_breaks_off_within_a_line_is_mended(tmp_path, part):
    def searcher(name):
        (tmp_path / name).mkdir(exist_ok=True)
        cfg = small.config(num_candidates=400, checkpoint_interval=100)
        return build_searcher(cfg, tmp_path / name, LOGGER)

    searcher('whole').run()
    cut = searcher('cut')
    opened = cut.records._open

    class Full:
        """A file on a disk that becomes full in the middle of a line."""

        def __init__(self):
            self.fileno = opened().fileno

        def write(self, data):
            if cut.counts.candidates < 260:
                return opened().write(data)
            opened().write(data[:part])
            raise OSError(28, 'No space left on device')

    cut.records._open = Full
    with pytest.raises(NotWritten, match=r'history.jsonl cannot be written \(No space left on dev'):
        cut.run()
    assert cut.saved == 200
    searcher('cut').run(resume=True)
    for file in ('history.jsonl', 'checkpoint.json'):
        assert (tmp_path / 'cut' / file).read_bytes() == (tmp_path / 'whole' / file).read_bytes()


def test_a_reason_has_no_addresses():
    assert reason_of(KeyError(object())) == 'KeyError: <object object at 0x…>'
