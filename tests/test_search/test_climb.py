"""A climb goes through a neighbourhood once, and begins anew at every better architecture."""

from itertools import islice

from pisnas_mm.registry import SPACES, build
from pisnas_mm.search.climb import Climb
from tests.test_search import small

SPACE = build(SPACES, small.config()['space'], 'space')
SEED = SPACE.seed
AROUND = list(islice(SPACE.neighbourhood(SEED), 12))


def test_it_gives_each_neighbour_once_and_in_order():
    climb = Climb(SPACE)
    assert climb.neighbours(SEED, 5) + climb.neighbours(SEED, 7) == AROUND
    assert climb.tried_of(SEED) == 12


def test_another_best_or_place_begins_anew():
    climb = Climb(SPACE)
    climb.neighbours(SEED, 5)
    other = next(one for one in AROUND if one != SEED)
    assert climb.tried_of(other) == 0
    assert climb.neighbours(other, 3) == list(islice(SPACE.neighbourhood(other), 3))
    assert climb.neighbours(SEED, 4) == AROUND[:4]
    assert climb.neighbours(SEED, 4, at=1) == AROUND[:4]


def test_it_goes_on_where_another_one_was():
    climb = Climb(SPACE)
    climb.start(SEED, tried=5)
    assert climb.neighbours(SEED, 7, at=0) == AROUND[5:]


def test_without_a_best_there_is_nothing_around_it():
    climb = Climb(SPACE)
    assert climb.neighbours(None, 4) == []
    assert climb.tried_of(None) == 0
