"""Block families against what MMDetection has of them, with the same weights."""

import pytest
import torch
from mmdet.models.backbones import Darknet, ResNet
from mmdet.models.backbones.csp_darknet import Focus as FocusLayer
from mmdet.models.layers import CSPLayer, InvertedResidual
from torch import Tensor, nn
from torch.nn import functional as F

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import (
    C3,
    ELAN,
    ELANW,
    BasicStage,
    BepC3,
    Block,
    BottleneckCSP,
    CSPNeXtStage,
    DarknetStage,
    Focus,
    InvertedResidualStage,
    MaxPoolTransition,
    PlainC3,
    RepVGGBlock,
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
    names = {'main': 'main_conv', 'short': 'short_conv', 'final': 'final_conv'}
    for family in (C3, PlainC3):
        theirs = CSPLayer(
            *channels,
            num_blocks=num_blocks,
            add_identity=family is C3,
            norm_cfg=NORM,
            act_cfg=dict(type='SiLU'),
        )
        same_output(family(*channels, num_blocks), theirs, names)


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


def test_elanw_is_that_of_yolov7s_neck_and_of_tiny() -> None:
    """The neck's last: 1024 channels to 512, a chain of 256; tiny's last: 256 to 512, of 256."""
    neck = [(1024, 512, 1)] * 2 + [(512, 256, 3)] + [(256, 256, 3)] * 3 + [(2048, 512, 1)]
    tiny = [(256, 256, 1)] * 2 + [(256, 256, 3)] * 2 + [(1024, 512, 1)]
    for block, convolutions in [
        (ELANW(1024, 512, num_blocks=4, expansion=2), neck),
        (ELANW(256, 512, stride=2), tiny),
    ]:
        expected = sum(i * o * k * k + 2 * o for i, o, k in convolutions)
        assert measures.params(Genotype((block,), block.in_channels)) == expected


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


def test_one_repvgg_block_is_a_stage_of_one() -> None:
    one, x = _drawn(RepVGGBlock(8, 8), 2, 8, 9, 9)
    stage, _ = _drawn(RepVGGStage(8, 8), 2, 8, 9, 9)
    stage.load_state_dict({f'0.{key}': value for key, value in one.state_dict().items()})
    torch.testing.assert_close(one(x), stage(x))


def test_darknet() -> None:
    theirs = Darknet.make_conv_res_block(6, 16, 3, norm_cfg=NORM, act_cfg=dict(type='SiLU'))
    names = {f'{i}.conv{j}': f'res{i}.conv{j}' for i in range(3) for j in (1, 2)}
    same_output(DarknetStage(6, 16, 3, stride=2), theirs, {'downsample': 'conv'} | names)


def _drawn(block: Block, *shape: int) -> tuple[GraphBlock, Tensor]:
    """The block in eval mode, with norms that do something, and an input of a shape."""
    torch.manual_seed(0)
    module = GraphBlock(block, None, NORM).eval()
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for values in (layer.running_mean, layer.bias):
                nn.init.normal_(values)
            for values in (layer.running_var, layer.weight):
                nn.init.uniform_(values, 0.5, 2)
    return module, torch.randn(shape)


def test_bottleneck_csp_is_that_of_yolov4() -> None:
    """Bare convolutions side by side, then one batch norm and activation for both."""
    module, x = _drawn(BottleneckCSP(6, 16, 2), 2, 6, 9, 9)
    y = module.main(x)
    for pair in module.blocks.children():
        y = y + pair.conv2(pair.conv1(y))
    layers = module.transition, module.short
    bare = [F.conv2d(of, layer.conv.weight) for of, layer in zip((y, x), layers, strict=True)]
    joint = nn.BatchNorm2d(16).eval()
    parts = [layer.norm.state_dict() for layer in layers]
    parts = [{k: v for k, v in part.items() if v.ndim} for part in parts]
    joint.load_state_dict({key: torch.cat([p[key] for p in parts]) for key in parts[0]}, False)
    expected = module.final(F.silu(joint(torch.cat(bare, 1))))
    torch.testing.assert_close(module(x), expected)


def test_bottleneck_csps_have_the_params_of_yolov5s() -> None:
    """Those of its third release, as it lists them: 64, 128 and 256 channels; 1, 3 and 3 blocks."""
    for channels, num_blocks, expected in [(64, 1, 19904), (128, 3, 161152), (256, 3, 641792)]:
        block = BottleneckCSP(channels, channels, num_blocks)
        assert measures.params(Genotype((block,), channels)) == expected


def test_bep_c3_of_repvgg_blocks() -> None:
    module, x = _drawn(BepC3(6, 16, 10, num_blocks=2), 2, 6, 9, 9)
    y = module.main(x)
    for pair in module.blocks.children():
        z = y
        for block in (pair.conv1, pair.conv2):
            z = (block.conv(z) + block.pointwise(z) + block.identity(z)).relu()
        y = y + z
    expected = module.final(torch.cat([y, module.short(x)], 1))
    torch.testing.assert_close(module(x), expected)


def test_bep_c3_of_plain_convolutions() -> None:
    module, x = _drawn(BepC3(6, 16, num_blocks=2, branched=False, act='silu'), 2, 6, 9, 9)
    y = module.main(x)
    assert y.shape[1] == 8  # half of the output
    for pair in module.blocks.children():
        y = y + pair.conv2(pair.conv1(y))
    torch.testing.assert_close(module(x), module.final(torch.cat([y, module.short(x)], 1)))


def test_the_max_pool_transition_has_two_halves() -> None:
    module, x = _drawn(MaxPoolTransition(6, 8), 2, 6, 10, 10)
    largest = x.reshape(2, 6, 5, 2, 5, 2).amax((3, 5))
    expected = torch.cat([module.strided(module.main(x)), module.pooled(largest)], 1)
    torch.testing.assert_close(module(x), expected)
    odd = x[..., :9, :9]
    rim = F.pad(odd, (0, 1, 0, 1), value=-torch.inf).reshape(2, 6, 5, 2, 5, 2).amax((3, 5))
    expected = torch.cat([module.strided(module.main(odd)), module.pooled(rim)], 1)
    torch.testing.assert_close(module(odd), expected)


def test_focus_is_a_6x6_convolution_of_stride_2() -> None:
    """That of YOLOv5's later releases, with padding 2; its weights are sorted otherwise."""
    module, x = _drawn(Focus(3, 8), 2, 3, 16, 16)
    weight = torch.empty(8, 3, 6, 6)
    for i, (row, column) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        part = module.conv.conv.weight[:, 3 * i : 3 * i + 3]
        weight[:, :, row::2, column::2] = part
    y = F.silu(module.conv.norm(F.conv2d(x, weight, stride=2, padding=2)))
    torch.testing.assert_close(module(x), y)
