import pytest

from pisnas_mm.detectors.trainings import Reached
from pisnas_mm.ranking.contest import Contestant, verdict
from pisnas_mm.utils.student import difference_interval

METRIC = 'coco/bbox_mAP'
CONTESTANTS = (
    Contestant('searched-1', 1, 100, 900),
    Contestant('searched-2', 7, 100, 1100),
    Contestant('yours', None, 100, 1000),
)


def of(*values: float | None) -> dict[int, Reached]:
    return {
        seed: Reached(value, None if value is not None else 'exit code 1: diverged')
        for seed, value in enumerate(values)
    }


def test_a_winner_is_named_where_the_interval_is_above_the_baseline() -> None:
    better, base = (0.60, 0.601, 0.602), (0.50, 0.501, 0.502)
    values = {'searched-1': of(0.4, 0.4, 0.4), 'searched-2': of(*better), 'yours': of(*base)}
    found = verdict(CONTESTANTS, values, METRIC)
    assert (found.use, found.sure) == ('searched-2', True)
    assert found.difference == difference_interval(better, base, compared=2)
    assert found.sentence.startswith('Use searched-2: it is +10.0 points (')


def test_more_finalists_widen_the_interval() -> None:
    values = {'searched-2': of(0.52, 0.54, 0.56), 'yours': of(0.48, 0.5, 0.52)}
    alone = verdict(CONTESTANTS, values, METRIC).difference
    beside = verdict(CONTESTANTS, values | {'searched-1': of(0.1, 0.1, 0.1)}, METRIC).difference
    assert alone is not None
    assert beside is not None
    assert beside.low < alone.low < alone.high < beside.high


@pytest.mark.parametrize(('best', 'use'), [('searched-1', 'searched-1'), ('searched-2', 'yours')])
def test_who_cannot_be_told_apart_gives_the_cheaper(best: str, use: str) -> None:
    """searched-1 has fewer MACs than the baseline, searched-2 has more."""
    values = {best: of(0.50, 0.55, 0.60), 'yours': of(0.49, 0.54, 0.59)}
    found = verdict(CONTESTANTS, values, METRIC)
    assert (found.use, found.sure) == (use, False)
    assert f'cannot be told apart in {METRIC}' in found.sentence
    assert f'take {use}' in found.sentence


def test_the_baseline_is_kept_where_it_is_better() -> None:
    values = {'searched-1': of(0.3, 0.301, 0.302), 'yours': of(0.5, 0.501, 0.502)}
    found = verdict(CONTESTANTS, values, METRIC)
    assert (found.use, found.sure) == ('yours', True)
    assert found.sentence.startswith('Keep yours: ')


def test_one_seed_tells_nothing_apart() -> None:
    found = verdict(CONTESTANTS, {'searched-2': of(0.9), 'yours': of(0.1)}, METRIC)
    assert (found.use, found.sure, found.difference) == ('yours', False, None)


def test_a_seed_that_diverges_takes_its_contestant_out() -> None:
    values = {'searched-1': of(0.9, None, 0.9), 'yours': of(0.1, 0.1, 0.1)}
    found = verdict(CONTESTANTS, values, METRIC)
    assert (found.use, found.sure) == ('yours', False)
    assert 'no finalist came to the end' in found.sentence
    found = verdict(CONTESTANTS, {'searched-1': of(0.9, 0.8)}, METRIC)
    assert found.sentence == (
        'searched-1 has the highest coco/bbox_mAP, 85.0, but no baseline came to the end to '
        'compare it with.'
    )
    assert verdict(CONTESTANTS, {'searched-1': of(None)}, METRIC).use is None
