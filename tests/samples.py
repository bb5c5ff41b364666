"""Small specs of every registered block, for the tests that hold for all blocks."""

from pisnas_mm.blocks import (
    C3,
    ELAN,
    SPPF,
    BasicStage,
    BepC3,
    Block,
    BottleneckCSP,
    BottleneckStage,
    C2f,
    ConvBNAct,
    ConvNeXtStage,
    CSPNeXtStage,
    DarknetStage,
    Focus,
    InvertedResidualStage,
    MaxPoolTransition,
    MobileStage,
    PlainC2f,
    PointwiseBasicStage,
    PointwiseResConvStage,
    RepVGGBlock,
    RepVGGStage,
    ResConvCSP,
    ResConvStage,
    ResNeXtStage,
    ShuffleNetStage,
    ShuffleXceptionStage,
)
from pisnas_mm.registry import BLOCKS

SAMPLES: list[Block] = [
    ConvBNAct(3, 8, stride=2),
    ConvBNAct(6, 4, kernel_size=5, act='silu'),
    BottleneckStage(6, 12, 4, stride=2),
    BottleneckStage(8, 8, 4, num_blocks=2, kernel_size=5, act='silu'),
    BottleneckStage(4, 8, 6, num_blocks=3, stride=2),
    C2f(6, 12),
    C2f(8, 4, num_blocks=3, kernel_size=5, act='relu'),
    PlainC2f(6, 12),
    PlainC2f(8, 4, num_blocks=2, act='relu'),
    SPPF(8, 12),
    SPPF(6, 4, kernel_size=3, act='relu'),
    InvertedResidualStage(6, 8, 2, expansion=4, stride=2, attention=True),
    InvertedResidualStage(6, 6, 2, expansion=3, kernel_size=5, act='hardswish'),
    InvertedResidualStage(8, 12, 3, expansion=1, attention=True, act='silu'),
    Focus(3, 8),
    Focus(4, 6, kernel_size=1, act='hardswish'),
    CSPNeXtStage(6, 8, 2),
    CSPNeXtStage(8, 4, kernel_size=3, attention=False, act='relu'),
    ConvNeXtStage(6, 8, 2, stride=2),
    ConvNeXtStage(6, 4, kernel_size=5, expansion=2, act='relu'),
    ConvNeXtStage(4, 4, 2, kernel_size=3, expansion=3),
    BasicStage(6, 12, 4, stride=2),
    BasicStage(8, 8, num_blocks=3, kernel_size=5, act='silu'),
    PointwiseBasicStage(6, 12, 4, num_blocks=2, stride=2),
    PointwiseBasicStage(8, 8, num_blocks=2, kernel_size=5, act='silu'),
    C3(6, 12, num_blocks=2),
    C3(8, 4, kernel_size=5, act='relu'),
    ResConvStage(6, 12, 4, num_blocks=2, stride=2),
    ResConvStage(6, 8, kernel_size=5, act='silu'),
    PointwiseResConvStage(6, 6, 4, num_blocks=3, stride=2),
    PointwiseResConvStage(8, 12, num_blocks=2, kernel_size=5, act='silu'),
    ResConvCSP(6, 12, num_blocks=2),
    ResConvCSP(8, 4, 6, kernel_size=5, act='relu'),
    MobileStage(6, 9, num_blocks=2, stride=2),
    MobileStage(8, 8, 12, num_blocks=2, kernel_size=3, act='relu'),
    ELAN(6, 16),
    ELAN(8, 8, 6, num_blocks=3, kernel_size=5, act='relu'),
    RepVGGStage(6, 12, num_blocks=3, stride=2),
    RepVGGStage(8, 8, num_blocks=2, kernel_size=5, act='silu'),
    RepVGGBlock(6, 8, stride=2),
    RepVGGBlock(8, 8, kernel_size=5, act='silu'),
    BottleneckCSP(6, 12, num_blocks=2),
    BottleneckCSP(8, 4, kernel_size=5, act='relu'),
    BepC3(6, 12, num_blocks=2),
    BepC3(8, 8, 6, kernel_size=5, branched=False, act='silu'),
    DarknetStage(6, 12, num_blocks=2, stride=2),
    DarknetStage(8, 8, num_blocks=3, kernel_size=5, act='relu'),
    DarknetStage(6, 4),
    MaxPoolTransition(6, 12),
    MaxPoolTransition(4, 6, kernel_size=5, act='relu'),
    ResNeXtStage(6, 12, 8, num_blocks=2, stride=2, groups=4),
    ResNeXtStage(8, 8, 6, num_blocks=2, kernel_size=5, groups=4, act='silu'),
    ShuffleNetStage(6, 16, num_blocks=2, stride=2),
    ShuffleNetStage(8, 8, num_blocks=2, kernel_size=5, act='silu'),
    ShuffleNetStage(7, 6),
    ShuffleXceptionStage(6, 16, num_blocks=2, stride=2),
    ShuffleXceptionStage(8, 8, num_blocks=2, kernel_size=5, act='silu'),
]


def samples_of(cls: type[Block]) -> list[Block]:
    """The samples of a block. Who adds a block, adds samples of it here."""
    samples = [sample for sample in SAMPLES if type(sample) is cls]
    assert len(samples) > 1, f'{cls.__name__} is registered, but tests/samples.py has no two of it'
    return samples


def own_blocks() -> list[type[Block]]:
    """The registered blocks of this package; other tests may have registered theirs."""
    return [cls for cls in BLOCKS.module_dict.values() if cls.__module__.startswith('pisnas_mm.')]
