"""The kinds of fields that a space may change: a block's annotations say which it has.

The order of a block's fields is the order a search draws from.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, get_type_hints


class Number(Enum):
    """Kinds that have an order: how far they go is up to the space."""

    WIDTH = 'width'  # of the output
    INNER_WIDTH = 'inner width'
    DEPTH = 'depth'
    KERNEL = 'kernel'


class Choice:
    """A kind of its own: the field has one of these values, and they have no order."""

    def __init__(self, *values: Any) -> None:
        self.values = values


Width = Annotated[int, Number.WIDTH]
InnerWidth = Annotated[int, Number.INNER_WIDTH]
Depth = Annotated[int, Number.DEPTH]
Kernel = Annotated[int, Number.KERNEL]

Kind = Number | Choice


@lru_cache
def mutable_fields(family: type[Any]) -> Mapping[str, Kind]:
    """The fields of a block family that a space may change, in order, with their kinds."""
    hints = get_type_hints(family, include_extras=True)
    found = {}
    for field in fields(family):
        for kind in getattr(hints[field.name], '__metadata__', ()):
            if isinstance(kind, Kind):
                found[field.name] = kind
    return MappingProxyType(found)


@lru_cache
def fields_of(family: type[Any], kind: Number) -> tuple[str, ...]:
    """The names of a family's fields of one kind."""
    kinds = mutable_fields(family)  # type: ignore[arg-type]  # a class can be hashed
    return tuple(name for name, known in kinds.items() if known is kind)
