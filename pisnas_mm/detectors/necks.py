"""A searched backbone in the place of a base's own: which levels the neck wants, and its channels.

Bases are this package's or any of MMDetection's; docs/how-to/bases.md lists which of those work.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log2
from typing import Any

from pisnas_mm.checks import shown
from pisnas_mm.detectors.backbone import PYRAMID

# Necks that are bound to a backbone of their own.
_BOUND = {
    'SSDNeck': 'it goes on with the layers of an SSD-VGG or a MobileNet',
    'RFP': 'it runs a second backbone of its own',
    'GlobalAveragePooling': 'there is no pyramid to wire',
}
_STRIDED = (
    'anchor_generator',
    'prior_generator',
    'approx_anchor_generator',
    'square_anchor_generator',
)
_LAST_STAGE = 4  # C5


def wanted_levels(model: Mapping[str, Any]) -> tuple[int, ...]:
    """The stages that a base's neck was made for; C3 to C5 where it does not say.

    There are as many as the neck has inputs. The finest follows from the strides that the head is
    told, or the coarsest is C5.

    Raises:
        ValueError: The base has no neck that can be wired.
    """
    neck = _first_neck(model)
    inputs = neck.get('in_channels')
    if inputs is None:
        return PYRAMID
    count = len(inputs) if isinstance(inputs, Sequence) else 1
    finest = _finest_stride(model)
    first = _LAST_STAGE + 1 - count
    if finest is not None and log2(finest) - 1 - _skipped(neck) in range(1, _LAST_STAGE + 1):
        first = round(log2(finest)) - 1 - _skipped(neck)
    return tuple(range(first, first + count))


def wire(model: dict[str, Any], channels: Sequence[int], out_indices: Sequence[int]) -> None:
    """Give the neck the channels of the stages ``out_indices``, in place.

    Of a list of necks it is the first one; the others go on with what that gives. Where it begins
    at another stage than the base's own backbone, ``start_level`` follows, as far as it can.

    Raises:
        ValueError: The base has no neck that can be wired.
    """
    neck = _first_neck(model)
    inputs = neck.get('in_channels')
    if isinstance(inputs, int):  # such as YOLOF's, of one level
        if len(channels) != 1:
            raise ValueError(
                f'detector.base: {neck.get("type")} takes one level, but '
                f'detector.backbone.out_indices are {len(channels)} stages; name one of them'
            )
        neck['in_channels'] = channels[0]
        return
    coarsest_first = isinstance(inputs, Sequence) and list(inputs) != sorted(inputs)
    neck['in_channels'] = [*reversed(channels)] if coarsest_first else [*channels]
    finest = _finest_stride(model)
    if finest is not None and 'start_level' in neck:
        skipped = round(log2(finest)) - 1 - min(out_indices)
        if 0 <= skipped < len(out_indices):
            neck['start_level'] = skipped
    if not model.get('neck'):
        model['neck'] = neck


def check_strides(model: Mapping[str, Any], out_indices: Sequence[int]) -> None:
    """Raise ``ValueError`` where the head is told other strides than the levels have."""
    finest, skipped = _finest_stride(model), _skipped(_first_neck(model))
    if finest is None or skipped >= len(out_indices):
        return
    stride = 2 ** (min(out_indices) + 1 + skipped)
    if stride != finest:
        raise ValueError(
            f'detector.backbone.out_indices {tuple(out_indices)} give the head levels from stride '
            f'{stride} on, but the base tells it {finest}; give {_fitting(model, finest)}, or '
            f"change the head's strides in detector.options"
        )


def _fitting(model: Mapping[str, Any], finest: int) -> str:
    first = round(log2(finest)) - 1 - _skipped(_first_neck(model))
    return f'stages from {first} on'


def drop_checkpoints(cfg: Any) -> list[str]:
    """Remove what a base would start from, in place; everything is trained from scratch.

    Returns:
        Where it stood.
    """
    found = ['load_from'] if cfg.get('load_from') else []
    if found:
        cfg['load_from'] = None
    return found + list(_dropped(cfg.get('model') or {}, 'model'))


def _dropped(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in list(value):
            here = f'{place}.{key}'
            if (key == 'init_cfg' and _is_pretrained(value[key])) or (
                key in ('pretrained', 'teacher_ckpt') and value[key]
            ):
                del value[key]
                yield here
            else:
                yield from _dropped(value[key], here)
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _dropped(item, f'{place}[{i}]')


def _is_pretrained(init_cfg: Any) -> bool:
    several = init_cfg if isinstance(init_cfg, list | tuple) else [init_cfg]
    return any(isinstance(one, Mapping) and one.get('type') == 'Pretrained' for one in several)


def _first_neck(model: Mapping[str, Any]) -> dict[str, Any]:
    """The neck that the backbone's features enter, of a list the first one."""
    neck = model.get('neck')
    if isinstance(neck, list | tuple) and neck:
        neck = neck[0]
    if not neck and 'type' not in model:
        return {}  # a base that leaves the detector to detector.options
    if not isinstance(neck, dict):
        raise ValueError(
            f'detector.base: model {shown(model.get("type"))} has no neck between backbone and '
            f'head, so that no channels can be wired; choose a base with a neck'
        )
    if reason := _BOUND.get(str(neck.get('type')).removeprefix('mmdet.')):
        raise ValueError(
            f'detector.base: a {neck["type"]} cannot get a searched backbone, for {reason}; '
            f'choose a base with another neck, such as an FPN'
        )
    return neck


def _skipped(neck: Mapping[str, Any]) -> int:
    """How much coarser than the first input the first output is, in powers of two."""
    if neck.get('type') == 'HRFPN':
        return round(log2(neck.get('stride', 1)))
    level = neck.get('start_level', 0)
    if type(level) is not int or level < 0:
        raise ValueError(
            f'detector.base: start_level of the neck should be a whole number >= 0, but got '
            f'{shown(level)}'
        )
    return level


def _finest_stride(model: Mapping[str, Any]) -> int | None:
    """The smallest stride that a base tells its head, if it is a power of two."""
    for name in ('rpn_head', 'bbox_head'):
        head = model.get(name)
        head = head[0] if isinstance(head, list | tuple) and head else head
        if not isinstance(head, Mapping):
            continue
        parts = [head.get(key) or {} for key in _STRIDED]
        told = [part.get('strides') for part in parts] + [
            head.get(key) for key in ('strides', 'point_strides')
        ]
        for strides in told:
            if isinstance(strides, list | tuple) and strides:
                flat = [s[0] if isinstance(s, list | tuple) else s for s in strides]
                finest = min(flat)
                return finest if finest >= 1 and log2(finest).is_integer() else None
    return None
