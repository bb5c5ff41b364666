"""Block families against what MMDetection has of them, with the same weights."""

import pytest
import torch
from mmdet.models.backbones import ResNet
from mmdet.models.backbones.csp_darknet import Focus as FocusLayer
from mmdet.models.layers import CSPLayer, InvertedResidual
from torch import Tensor, nn

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import (
    C3,
    ELAN,
    BasicStage,
    Block,
    CSPNeXtStage,
    Focus,
    InvertedResidualStage,
    RepVGGStage,
)
from pisnas_mm.models.graph_block import GraphBlock

NORM = dict(type='BN')


def same_output(block: Block, theirs: nn.Module, names: dict[str, str], side: int = 17) -> None:
    """With weights copied by name both give the same; there are no further ones.

    ``names`` are parts of our names and what they are called there.
    """
    torch.manual_seed(0)
    ours = GraphBlock(block, None, NORM).eval()
    theirs = theirs.eval()
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
    weights = theirs.state_dict()

    def translated(name: str) -> str:
        for part, called in names.items():
            name = name.replace(part, called)
        return name

    ours.load_state_dict({key: weights.pop(translated(key)) for key in ours.state_dict()})
    assert not weights
    x = torch.randn(2, block.in_channels, side, side)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize(('num_blocks', 'channels'), [(1, (12, 16)), (3, (16, 16))])
def test_c3(num_blocks: int, channels: tuple[int, int]) -> None:
    theirs = CSPLayer(*channels, num_blocks=num_blocks, norm_cfg=NORM, act_cfg=dict(type='SiLU'))
    names = {'main': 'main_conv', 'short': 'short_conv', 'final': 'final_conv'}
    same_output(C3(*channels, num_blocks), theirs, names)


@pytest.mark.parametrize('attention', [False, True])
def test_cspnext(attention: bool) -> None:
    theirs = CSPLayer(
        12,
        16,
        num_blocks=2,
        use_cspnext_block=True,
        channel_attention=attention,
        norm_cfg=NORM,
        act_cfg=dict(type='SiLU'),
    )
    names = {
        'main': 'main_conv',
        'short': 'short_conv',
        'final': 'final_conv',
        '.depthwise': '.conv2.depthwise_conv',
        '.pointwise': '.conv2.pointwise_conv',
        'attention': 'attention.fc',
    }
    names |= {f'blocks.{i}.conv.': f'blocks.{i}.conv1.' for i in range(2)}
    same_output(CSPNeXtStage(12, 16, 2, attention=attention), theirs, names)


@pytest.mark.parametrize(
    ('channels', 'stride', 'attention'),
    [((8, 12), 2, False), ((8, 8), 1, False), ((8, 8), 1, True), ((8, 12), 1, True)],
)
def test_inverted_residual(channels: tuple[int, int], stride: int, attention: bool) -> None:
    gate = dict(
        channels=32, ratio=4, act_cfg=(dict(type='ReLU'), dict(type='HSigmoid', bias=3, divisor=6))
    )
    theirs = InvertedResidual(
        *channels, 32, stride=stride, se_cfg=gate if attention else None, norm_cfg=NORM
    )
    names = {
        '0.expand': 'expand_conv',
        '0.depthwise': 'depthwise_conv',
        '0.squeeze': 'se.conv1.conv',
        '0.excite': 'se.conv2.conv',
        '0.reduce': 'linear_conv',
    }
    block = InvertedResidualStage(*channels, expansion=4, stride=stride, attention=attention)
    same_output(block, theirs, names)


@pytest.mark.parametrize('side', [16, 18])
def test_focus(side: int) -> None:
    theirs = FocusLayer(3, 8, kernel_size=3, norm_cfg=NORM, act_cfg=dict(type='SiLU'))
    same_output(Focus(3, 8), theirs, {'conv.': 'conv.'}, side)


def test_basic_stages_have_the_params_of_resnet_34() -> None:
    """All stages after its stem; in the first one MMDetection projects nothing either."""
    theirs = ResNet(34)
    channels, depths = (64, 64, 128, 256, 512), (3, 4, 6, 3)
    for i, depth in enumerate(depths):
        stage = getattr(theirs, f'layer{i + 1}')
        block = BasicStage(*channels[i : i + 2], num_blocks=depth, stride=2 if i else 1)
        expected = sum(p.numel() for p in stage.parameters())
        assert measures.params(Genotype((block,), channels[i])) == expected


def test_elan_is_that_of_yolov7() -> None:
    """Its first: 128 channels, 64 inside, 256 at the end; bias-free, each with a batch norm."""
    convolutions = [(128, 64, 1)] * 2 + [(64, 64, 3)] * 4 + [(256, 256, 1)]
    expected = sum(i * o * k * k + 2 * o for i, o, k in convolutions)
    assert measures.params(Genotype((ELAN(128, 256),), 128)) == expected


def test_elan_aggregates_every_second_output() -> None:
    torch.manual_seed(0)
    module = GraphBlock(ELAN(6, 16, 4), None, NORM).eval()
    x = torch.randn(1, 6, 9, 9)
    short, y = module.short(x), module.main(x)
    kept: list[Tensor] = [y, short]
    for pair in module.blocks.children():
        y = pair.conv2(pair.conv1(y))
        kept.insert(0, y)
    torch.testing.assert_close(module(x), module.final(torch.cat(kept, 1)))


def test_repvgg_has_three_branches() -> None:
    """Of RepVGG's training form: k×k, 1×1 and, where the shape stays, a batch norm alone."""
    torch.manual_seed(0)
    module = GraphBlock(RepVGGStage(6, 8, num_blocks=2, stride=2), None, NORM).eval()
    first, second = module.get_submodule('0'), module.get_submodule('1')
    x = torch.randn(1, 6, 10, 10)
    y = (first.conv(x) + first.pointwise(x)).relu()
    y = (second.conv(y) + second.pointwise(y) + second.identity(y)).relu()
    torch.testing.assert_close(module(x), y)
    assert not hasattr(first, 'identity')
