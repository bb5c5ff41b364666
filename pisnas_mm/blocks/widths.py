"""Functions of blocks that are arithmetic on widths: a family is drawn once for all of them."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Number, fields_of
from pisnas_mm.utils.memories import Memory
from pisnas_mm.utils.tracing import Replayed

T = TypeVar('T')
Get = Callable[[Mapping[str, Any]], tuple[Any, ...]]


def by_widths(function: Callable[..., T]) -> Callable[..., T]:
    """The function, replayed for blocks that differ in their widths only (see ``Replayed``).

    Args:
        function: Of a block, and of further whole numbers: what it gives follows from the block's
            ``cells()`` or ``graph()``.
    """

    def quick(block: Block, *numbers: int) -> T:
        family, fields = type(block), vars(block)
        widths, rest = _getters(family)
        replayed: Replayed[T] = _replayed[function, family, rest(fields)]
        return replayed(*widths(fields), *numbers)

    return quick


def _of_structure(structure: tuple[Callable[..., T], type[Block], tuple[Any, ...]]) -> Replayed[T]:
    """A function of a block as one of its widths, and of what further numbers it takes."""
    function, family, others = structure
    widths, rest = _names(family)
    fixed = dict(zip(rest, others, strict=True))

    def of_numbers(*numbers: Any) -> T:
        values = fixed | dict(zip(widths, numbers, strict=False))
        block: Block = object.__new__(family)  # not checked: its widths may be symbols
        names = family.__match_args__  # type: ignore[attr-defined]
        block.__dict__.update({name: values[name] for name in names})
        return function(block, *numbers[len(widths) :])

    return Replayed(of_numbers)


_replayed: Memory[Any, Replayed[Any]] = Memory(_of_structure, 1 << 13)


@lru_cache
def _names(family: type[Block]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a family's fields: those that are widths, and the others."""
    kinds = (Number.WIDTH, Number.INNER_WIDTH)
    widths = ('in_channels', *[name for kind in kinds for name in fields_of(family, kind)])
    names: tuple[str, ...] = family.__match_args__  # type: ignore[attr-defined]
    return widths, tuple([name for name in names if name not in widths])


@lru_cache
def _getters(family: type[Block]) -> tuple[Get, Get]:
    """What reads them off a dict."""
    widths, rest = map(_getter, _names(family))
    return widths, rest


def _getter(names: tuple[str, ...]) -> Get:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda fields: tuple([fields[name] for name in names])
