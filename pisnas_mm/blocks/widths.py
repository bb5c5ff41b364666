"""Functions of blocks that are arithmetic on widths: a family is drawn once for all of them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Number, fields_of
from pisnas_mm.utils.memories import Memory
from pisnas_mm.utils.tracing import Replayed

T = TypeVar('T')


def by_widths(function: Callable[..., T]) -> Callable[..., T]:
    """The function, replayed for blocks that differ in their widths only (see ``Replayed``).

    Args:
        function: Of a block, and of further whole numbers: what it gives follows from the block's
            ``cells()`` or ``graph()``.
    """

    def of_structure(structure: tuple[Any, ...]) -> Replayed[T]:
        family, *others = structure
        widths, rest = _split(family)
        names: tuple[str, ...] = family.__match_args__
        fixed = dict(zip(rest, others, strict=True))

        def of_numbers(*numbers: Any) -> T:
            values = fixed | dict(zip(widths, numbers, strict=False))
            block: Block = object.__new__(family)  # what it is made of may be symbols
            block.__dict__.update({name: values[name] for name in names})
            return function(block, *numbers[len(widths) :])

        return Replayed(of_numbers)

    replayed = Memory(of_structure, 1 << 12)

    def quick(block: Block, *numbers: Any) -> T:
        family, fields = type(block), vars(block)
        widths, rest = _split(family)
        structure = (family, *[fields[name] for name in rest])
        return replayed[structure](*[fields[name] for name in widths], *numbers)

    return quick


@lru_cache
def _split(family: type[Block]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a family's fields: those that are widths, and the others."""
    kinds = (Number.WIDTH, Number.INNER_WIDTH)
    widths = ('in_channels', *[name for kind in kinds for name in fields_of(family, kind)])
    names: tuple[str, ...] = family.__match_args__  # type: ignore[attr-defined]
    return widths, tuple([name for name in names if name not in widths])
