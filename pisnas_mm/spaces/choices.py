"""Which families may stand where: the entry ``choices`` of a mixed space."""

from collections.abc import Sequence
from typing import Any

from pisnas_mm.blocks import Block
from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.registry import BLOCKS, find
from pisnas_mm.spaces.families import declared_wrongly, misfit

Choices = Sequence[str] | Sequence[Sequence[str] | None]

Families = tuple[type[Block], ...]


def families_by_place(choices: Choices, seed: Sequence[Block]) -> list[Families]:
    """The families that may stand in place of each block of the seed.

    Args:
        choices: See ``MixedSpace``.
        seed: The blocks of the seed architecture.

    Raises:
        Problems: One line for each thing that is wrong.
    """
    if isinstance(choices, str) or not isinstance(choices, Sequence) or not choices:
        raise ValueError(f'choices should be a list of block families, but got {shown(choices)}')
    problems: list[str] = []
    if all(isinstance(name, str) for name in choices):
        places = _wherever(_found(choices, 'choices', problems), seed, problems)
    else:
        places = _place_by_place(choices, seed, problems)
    families = dict.fromkeys(family for place in places for family in place)
    for family in families:
        problems += [f'choices: {line}' for line in declared_wrongly(family)]
    if problems:
        raise Problems(problems)
    return places


def _found(names: Sequence[Any], place: str, problems: list[str]) -> Families:
    families: dict[type[Block], None] = {}  # in order, each once
    for i, name in enumerate(names):
        try:
            families[find(BLOCKS, {'type': name}, f'{place}[{i}]')] = None
        except ValueError as error:
            problems += lines_of(error)
    return tuple(families)


def _wherever(families: Families, seed: Sequence[Block], problems: list[str]) -> list[Families]:
    """All of the families wherever the seed has one of them, if they fit there."""
    places: list[Families] = []
    for block in seed:
        mixed = type(block) in families
        fitting = [family for family in families if not misfit(block, family)]
        places.append(tuple(fitting) if mixed else (type(block),))
    standing = {family for place in places for family in place}
    problems += [
        f'choices: {family.__name__} fits nowhere where the seed has one of these families: '
        f'strides differ, or only one of the two has `num_blocks`'
        for family in families
        if family not in standing
    ]
    return places


def _place_by_place(
    choices: Sequence[Any], seed: Sequence[Block], problems: list[str]
) -> list[Families]:
    if len(choices) != len(seed):
        problems.append(
            f'choices should be a list of families, or have an entry for each of the {len(seed)} '
            f'blocks of the seed, but has {len(choices)}'
        )
    places: list[Families] = []
    for i, (names, block) in enumerate(zip(choices, seed, strict=False)):
        own = type(block)
        if names is None:
            places.append((own,))
            continue
        if isinstance(names, str) or not isinstance(names, Sequence):
            problems.append(
                f'choices[{i}] should be None or a list of families, but got {shown(names)}'
            )
            continue
        families = _found(names, f'choices[{i}]', problems)
        if own not in families:
            problems.append(
                f'choices[{i}] should have the family of seed[{i}], {own.__name__}, but got '
                f'{shown(list(names))}'
            )
        problems += [
            f'choices[{i}]: {family.__name__} cannot take the place of seed[{i}] '
            f'({own.__name__}): {reason}'
            for family in families
            if family is not own and (reason := misfit(block, family))
        ]
        places.append(families)
    return places
