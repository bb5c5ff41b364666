"""One block family in the place of another."""

from collections.abc import Iterator
from functools import lru_cache
from inspect import Parameter, signature

from pisnas_mm.blocks import Block
from pisnas_mm.blocks.block import changed
from pisnas_mm.blocks.fields import Choice, Number, fields_of, mutable_fields
from pisnas_mm.spaces.settings import Settings

_REDUCTION = 4  # out / inner width where nothing says another, as in ResNet's bottlenecks


def in_place_of(old: Block, family: type[Block], settings: Settings) -> Block:
    """A block of the family in the place of another, within the bounds of the space.

    Raises:
        ValueError: The family cannot stand there.
    """
    if type(old) is family:
        return old
    block = _converted(old, family, settings.least_width(old.out_channels, _REDUCTION))
    high = block.out_channels
    low = settings.least_width(high, settings.max_reduction)
    for name in fields_of(family, Number.INNER_WIDTH):
        width = settings.least_width(getattr(block, name))
        block = changed(block, name, max(low, min(width, high)))
    for name in fields_of(family, Number.KERNEL):
        block = _of_known_kernel(block, name, settings)
    return block


@lru_cache(1 << 16)
def _converted(block: Block, family: type[Block], inner_width: int) -> Block:
    """The block of another family that stands where this one did.

    It takes over every field that both have, as far as the family accepts it; the rest are the
    family's defaults, and ``inner_width`` for an inner width without one.

    Raises:
        ValueError: The family refuses the channels or the stride.
    """
    parameters, kinds = signature(family).parameters, mutable_fields(family)
    old = vars(block) | {'stride': block.stride}
    needed: dict[str, object] = {}
    for name, parameter in parameters.items():
        if name in ('in_channels', 'out_channels', 'stride'):
            needed[name] = old[name]
        elif parameter.default is Parameter.empty and name not in old:
            if kinds.get(name) is not Number.INNER_WIDTH:
                raise ValueError(f'{family.__name__} needs `{name}`; give it a default')
            needed[name] = inner_width
    shared = {
        name: old[name]
        for name in parameters
        if name in old and name not in needed and _takes(kinds.get(name), old[name])
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


def _takes(kind: object, value: object) -> bool:
    return not isinstance(kind, Choice) or value in kind.values


def _of_known_kernel(block: Block, name: str, settings: Settings) -> Block:
    """With its kernel, or the nearest one of the space that the block accepts."""
    old: int = getattr(block, name)
    for kernel_size in sorted(settings.kernel_sizes, key=lambda k: abs(k - old)):
        try:
            return changed(block, name, kernel_size)
        except ValueError:
            continue
    raise ValueError(
        f'{type(block).__name__} accepts none of the kernel_sizes {settings.kernel_sizes}'
    )


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
    name, parameters, kinds = family.__name__, signature(family).parameters, mutable_fields(family)
    if hasattr(family, 'mutable') or hasattr(family, 'options'):
        yield (
            f'{name}: annotate the fields that mutate (`num_blocks: Depth = 1`) instead of listing '
            f'them in `mutable` and `options`'
        )
    if 'in_channels' not in parameters:
        yield f'{name} has no field `in_channels`'
    if kinds.get('out_channels') is not Number.WIDTH:
        yield f'{name}.out_channels should be a `Width`'
    for field, kind in kinds.items():
        if field in ('in_channels', 'stride'):
            yield f'{name}.{field} should be no field that mutates'
        elif kind is Number.WIDTH and field != 'out_channels':
            yield f'{name}.{field} should be an `InnerWidth`: only out_channels is a `Width`'
        elif isinstance(kind, Choice):
            if len(kind.values) < 2:
                yield f'{name}.{field} should be a `Choice` of two values or more'
            elif parameters[field].default not in (Parameter.empty, *kind.values):
                yield (
                    f'{name}.{field} should be a `Choice` that has the default, '
                    f'{parameters[field].default}, but got {kind.values}'
                )
