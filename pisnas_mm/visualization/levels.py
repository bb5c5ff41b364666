"""An architecture level by level, as the pyramid that a detector reads."""

from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.measures import layers, macs, params
from pisnas_mm.receptive import stage_radii


class Level(NamedTuple):
    """A stage of the backbone; the stem is C1."""

    name: str
    stride: int  # of its output, with respect to the image
    side: int  # of its output
    channels: int  # of its output
    layers: int
    macs: int
    params: int
    radius: float | None  # receptive, in pixels of the image; the stem has none of its own
    blocks: tuple[str, ...]  # in words


def levels(genotype: Genotype, image_size: int) -> list[Level]:
    """The stages from the image on, for a square input of ``image_size``² pixels."""
    radii = (None, *stage_radii(genotype, image_size))
    found, side, channels = [], image_size, genotype.in_channels
    for i, (blocks, stride) in enumerate(zip(genotype.stages, genotype.out_strides, strict=True)):
        stage = Genotype(blocks, channels)
        level = Level(
            name=f'C{i + 1}',
            stride=stride,
            side=stage.sides(side)[-1],
            channels=blocks[-1].out_channels,
            layers=layers(stage),
            macs=macs(stage, side),
            params=params(stage),
            radius=radii[i],
            blocks=tuple(map(in_words, blocks)),
        )
        found.append(level)
        side, channels = level.side, level.channels
    return found


def in_words(block: Block) -> str:
    """``3 x BottleneckStage 5x5, 96-24-128`` for a block of three, with its widths."""
    spec: dict[str, Any] = block.to_dict()
    times = f'{block.num_blocks} x ' if block.num_blocks > 1 else ''
    kernel = f' {spec["kernel_size"]}x{spec["kernel_size"]}' if 'kernel_size' in spec else ''
    widths = [spec[key] for key in ('in_channels', 'mid_channels', 'out_channels') if key in spec]
    return f'{times}{spec["type"]}{kernel}, {"-".join(map(str, widths))}'
