"""The backbones of YOLOBench as architectures, by name.

YOLOBench (Lazarevich et al., 2023) trained 88 detectors of eight families under one recipe. A name
says the family and the factors of depth and width: ``yolo5d67w25``, ``yolo6m-d33w5``, ``yolo8n``.
These are the backbones as their authors have them, without pyramid pooling at the end.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import (
    C3,
    ELAN,
    BepC3,
    Block,
    BottleneckCSP,
    C2f,
    ConvBNAct,
    DarknetStage,
    Focus,
    MaxPoolTransition,
    RepVGGBlock,
    RepVGGStage,
)
from pisnas_mm.checks import shown

_SIZES = {'n': ('33', '25'), 's': ('33', '5'), 'm': ('67', '75'), 'l': ('1', '1')}
_FACTORS = {'1': 1.0, '67': 0.67, '6': 0.6, '33': 0.33, '75': 0.75, '5': 0.5, '25': 0.25}
_NAME = re.compile(r'yolo(?:(6[sml])-|([34578]))(?:d(1|67|6|33)w(1|75|5|25)|([nsml]))')

Part = Callable[[int], Block]
"""A block that lacks its input's channels."""


def yolobench_names() -> list[str]:
    """The 88 backbones, in the order of families."""
    widths = ('25', '5', '75', '1')
    sizes = {factors: size for size, factors in _SIZES.items()}
    scales = [(depth, width) for depth in ('33', '67', '1') for width in widths]
    short = [sizes.get((d, w), f'd{d}w{w}') for d, w in scales]
    names = [f'yolo{family}{scale}' for family in '3458' for scale in short]
    names += [f'yolo6{c}-d{d}w{w}' for c in 'sml' for d in ('33', '6', '1') for w in widths]
    return names + [f'yolo7{size}' for size in _SIZES]


def yolobench_genotype(name: str) -> Genotype:
    """The backbone of this name.

    Raises:
        ValueError: The name is none of YOLOBench's.
    """
    if name not in yolobench_names():
        raise ValueError(
            f'name should be one of YOLOBench, such as yolo5d67w25, yolo6m-d33w5 or yolo7n, but '
            f'got {shown(name)}'
        )
    found = _NAME.fullmatch(name)
    assert found, 'every name is of this form'
    yolov6, other, depth, width, size = found.groups()
    depth, width = _SIZES[size] if size else (depth, width)
    blocks: list[Block] = []
    for part in _FAMILIES[yolov6 or other](_FACTORS[depth], _FACTORS[width]):
        blocks.append(part(blocks[-1].out_channels if blocks else 3))
    return Genotype(tuple(blocks))


def _widths(widths: Sequence[int], factor: float) -> list[int]:
    """Rounded up to multiples of 8."""
    return [-int(-width * factor // 8) * 8 for width in widths]


def _stages(
    widths: Sequence[int], repeats: Sequence[int], width: float, depth: float
) -> Iterator[tuple[int, int]]:
    """Every stage's width and how often it repeats its inner block."""
    scaled = [max(1, round(number * depth)) for number in repeats]
    return zip(_widths(widths, width), scaled, strict=True)


def _yolov3(depth: float, width: float) -> Iterator[Part]:
    (stem,) = _widths([32], width)
    yield _conv(stem, stride=1)
    for out, number in _stages((64, 128, 256, 512, 1024), (1, 2, 8, 8, 4), width, depth):
        yield partial(DarknetStage, out_channels=out, num_blocks=number, stride=2)


def _yolov4(depth: float, width: float) -> Iterator[Part]:
    stem, first = _widths([32, 64], width)
    yield _conv(stem, stride=1)
    yield partial(DarknetStage, out_channels=first, stride=2)
    for out, number in _stages((128, 256, 512, 1024), (2, 8, 8, 4), width, depth):
        yield _conv(out)
        yield partial(BottleneckCSP, out_channels=out, num_blocks=number)


def _yolov5(depth: float, width: float) -> Iterator[Part]:
    (stem,) = _widths([64], width)
    yield partial(Focus, out_channels=stem)  # a 6×6 convolution of stride 2, by another name
    for out, number in _stages((128, 256, 512, 1024), (3, 6, 9, 3), width, depth):
        yield _conv(out)
        yield partial(C3, out_channels=out, num_blocks=number)


def _yolov6(
    depth: float, width: float, strided: Callable[[int], Part], inner: Callable[[int, int], Part]
) -> Iterator[Part]:
    (stem,) = _widths([64], width)
    yield strided(stem)
    for out, number in _stages((128, 256, 512, 1024), (6, 12, 18, 6), width, depth):
        yield strided(out)
        yield inner(out, number)


def _yolov6s(depth: float, width: float) -> Iterator[Part]:
    def inner(out: int, number: int) -> Part:
        return partial(RepVGGStage, out_channels=out, num_blocks=number)

    return _yolov6(depth, width, _repvgg, inner)


def _yolov6m(depth: float, width: float) -> Iterator[Part]:
    def inner(out: int, number: int) -> Part:
        mid_channels, pairs = out * 2 // 3, max(1, number // 2)
        return partial(BepC3, out_channels=out, mid_channels=mid_channels, num_blocks=pairs)

    return _yolov6(depth, width, _repvgg, inner)


def _yolov6l(depth: float, width: float) -> Iterator[Part]:
    def inner(out: int, number: int) -> Part:
        pairs = max(1, number // 2)
        return partial(BepC3, out_channels=out, num_blocks=pairs, branched=False, act='silu')

    return _yolov6(depth, width, _conv, inner)


def _yolov7(depth: float, width: float) -> Iterator[Part]:
    stem, first, second = _widths([32, 64, 128], width)
    yield _conv(stem, stride=1)
    yield _conv(first)
    yield _conv(first, stride=1)
    yield _conv(second)
    inner = _widths((64, 128, 256, 256), width)
    for i, out in enumerate(_widths((256, 512, 1024, 1024), width)):
        if i:
            yield lambda channels: MaxPoolTransition(channels, channels)
        yield partial(ELAN, out_channels=out, mid_channels=inner[i])


def _yolov8(depth: float, width: float) -> Iterator[Part]:
    most = {0.33: 1024, 0.67: 768, 1.0: 512}[depth]
    (stem,) = _widths([64], width)
    yield _conv(stem)
    widths = [min(most, out) for out in (128, 256, 512, 1024)]
    for out, number in _stages(widths, (3, 6, 6, 3), width, depth):
        yield _conv(out)
        yield partial(C2f, out_channels=out, num_blocks=number)


def _conv(out_channels: int, stride: int = 2) -> Part:
    return partial(ConvBNAct, out_channels=out_channels, stride=stride, act='silu')


def _repvgg(out_channels: int) -> Part:
    return partial(RepVGGBlock, out_channels=out_channels, stride=2)


_FAMILIES = {
    '3': _yolov3,
    '4': _yolov4,
    '5': _yolov5,
    '6s': _yolov6s,
    '6m': _yolov6m,
    '6l': _yolov6l,
    '7': _yolov7,
    '8': _yolov8,
}
