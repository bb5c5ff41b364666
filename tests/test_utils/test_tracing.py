"""Replaying gives what running gives, whatever a function does with its numbers."""

from collections.abc import Callable
from math import gcd, sqrt
from random import Random

import pytest

from pisnas_mm.utils.tracing import Replayed, Symbol

CONSTANT = object()


def arithmetic(a, b):
    return [a + 1, 2 - a, a * b, (a + b) // 3 % 5, -(-a // b), a**2 - 3, sum([a, b, a])]


def branches(a, b):
    if a == b:
        return a
    return a // 2 if a % 2 == 0 and b > 8 else max(a, b, 7)


def divided(a, b):
    quotient, rest = divmod(a, b)
    return (quotient, rest, 100 // b) if rest else CONSTANT


def nested(a, b):
    return (a, [(CONSTANT, b * 2, 0.5)], 'text', ((1, 2), None))


def ratios(a, b):
    return a, a / (a + a), (a // 2) / (3 * (a // 2) + 0) if a > 1 else 4 / a


def truth(a, b):
    return a if a - b else not b


REPLAYED: list[Callable] = [arithmetic, branches, divided, nested, ratios, truth]


@pytest.mark.parametrize('function', REPLAYED, ids=lambda function: function.__name__)
def test_it_gives_what_the_function_gives(function: Callable) -> None:
    replayed, rng, runs = Replayed(function), Random(0), []
    for _ in range(400):
        numbers = rng.randint(1, 16), rng.randint(1, 16)
        found = replayed(*numbers)
        assert found == function(*numbers)
        assert type(found) is type(function(*numbers))
        runs.append(len(replayed._ways))
    assert 0 < runs[-1] == runs[200] < 12  # all ways are known: it was replayed from then on


@pytest.mark.parametrize(
    'function',
    [
        lambda a, b: gcd(a, b),
        lambda a, b: sqrt(a) + b,
        lambda a, b: len(range(a)),
        lambda a, b: {a: 1}.get(b, 0),
        lambda a, b: f'{a} of {b}',
        lambda a, b: int(str(a)) + b,
        lambda a, b: a * 0.5,
        lambda a, b: a if isinstance(a, int) else a.bit_length(),
        lambda a, b: a + b if isinstance(a, int) else a - b,
    ],
)
def test_what_needs_the_numbers_is_run_every_time(function: Callable) -> None:
    replayed = Replayed(function)
    for numbers in ((4, 6), (6, 4), (9, 9), (4, 6)):
        assert replayed(*numbers) == function(*numbers)
    assert replayed._ways == []


def test_a_quotient_is_the_same_number_again() -> None:
    replayed = Replayed(lambda a, b: ('share', a / b))
    assert [replayed(1, 3), replayed(2, 6), replayed(1, 7)] == [
        ('share', 1 / 3),
        ('share', 1 / 3),
        ('share', 1 / 7),
    ]
    assert len(replayed._ways) == 2


def test_only_so_many_ways_are_written_down() -> None:
    replayed = Replayed(lambda a: 0 if any(a == i for i in range(1000)) else a)
    assert [replayed(i) for i in range(200)] == [0] * 200
    assert len(replayed._ways) == 32


def test_errors_are_the_functions_own() -> None:
    def refusing(a: int) -> int:
        if a > 3:
            raise ValueError(f'{a} is too much')
        return a

    replayed = Replayed(refusing)
    assert replayed(2) == 2
    with pytest.raises(ValueError, match=r'^4 is too much'):
        replayed(4)
    assert replayed(3) == 3


def test_nothing_is_written_down_twice() -> None:
    asked = []

    def repeated(a: Symbol, b: Symbol) -> tuple:
        asked.append((a * b + 1, a * b + 1, a == a, a == b, a == b))
        return asked[-1]

    Replayed(repeated)(3, 4)
    _, (first, second, *_) = asked
    assert first is second
    assert first.tape.lines == [
        'v0 = n0 * n1',
        'v1 = v0 + (1)',
        'if (n0 == n1) != False: return None',
    ]
