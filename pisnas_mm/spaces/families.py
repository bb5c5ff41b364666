"""One block family in the place of another."""

from collections.abc import Iterator
from functools import lru_cache
from inspect import Parameter, signature

from pisnas_mm.blocks import Block
from pisnas_mm.spaces.space import least_width

_REDUCTION = 4  # out / inner width where nothing says another, as in ResNet's bottlenecks


@lru_cache(1 << 16)
def converted(block: Block, family: type[Block]) -> Block:
    """The block of another family that stands where this one did.

    It takes over every field that both have, as far as the family accepts it; the rest are the
    family's defaults, and a quarter of the width for an inner width without one.

    Raises:
        ValueError: The family refuses the channels or the stride.
    """
    parameters = signature(family).parameters
    old = vars(block) | {'stride': block.stride}
    needed: dict[str, object] = {}
    for name, parameter in parameters.items():
        if name in ('in_channels', 'out_channels', 'stride'):
            needed[name] = old[name]
        elif parameter.default is Parameter.empty and name not in old:
            if not name.endswith('_channels'):
                raise ValueError(f'{family.__name__} needs `{name}`; give it a default')
            needed[name] = least_width(block.out_channels, _REDUCTION)
    shared = {
        name: old[name]
        for name in parameters
        if name in old
        and name not in needed
        and old[name] in family.options.get(name, (old[name],))
    }
    try:
        return family(**needed, **shared)
    except ValueError:
        pass
    for name, value in shared.items():  # one by one: all but what the family refuses
        try:
            family(**needed, **{name: value})
        except ValueError:
            continue
        needed[name] = value
    return family(**needed)


def misfit(block: Block, family: type[Block]) -> str | None:
    """Why the family cannot stand in the block's place; None where it can, as far as is known."""
    parameters = signature(family).parameters
    if 'stride' not in parameters and family.stride != block.stride:
        return f'the stride there is {block.stride}'
    if ('num_blocks' in parameters or bool(family.num_blocks)) != bool(block.num_blocks):
        return 'scores count the depths of blocks with `num_blocks`, and only one of the two has it'
    return None


def declared_wrongly(family: type[Block]) -> Iterator[str]:
    """What is wrong with the fields that a family lets mutate."""
    name, parameters = family.__name__, signature(family).parameters
    yield from (
        f'{name} has no field `{field}`'
        for field in ('in_channels', 'out_channels')
        if field not in parameters
    )
    for field in family.mutable:
        if field not in parameters or field in ('in_channels', 'stride'):
            yield (
                f'{name}.mutable should name fields other than in_channels and stride, but has '
                f'{field!r}'
            )
        elif not _is_number(field) and len(family.options.get(field, ())) < 2:
            yield (
                f'{name}.mutable has {field!r}, which is no width (*_channels), num_blocks or '
                f'kernel_size: {name}.options should list two values of it, or more'
            )
    for field in family.options:
        if field not in family.mutable or _is_number(field):
            yield f'{name}.options should be of fields in {name}.mutable, but has {field!r}'
        elif parameters[field].default not in (Parameter.empty, *family.options[field]):
            yield f'{name}.options[{field!r}] should have the default, {parameters[field].default}'


def _is_number(field: str) -> bool:
    return field.endswith('_channels') or field in ('num_blocks', 'kernel_size')
