"""Blocks that run in another way, compared with formulas written out for the parts of a block."""

import pytest
import torch

from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct, CSPNeXtStage, RepVGGStage
from pisnas_mm.blocks.graph import Act, Conv
from pisnas_mm.models.graph_block import GraphBlock
from pisnas_mm.models.probes import LinearBlock, ObservedBlock, PlainBlock
from tests.samples import SAMPLES

NORM = dict(type='BN')
STAGE = BottleneckStage(6, 12, 4, num_blocks=2, stride=2, act='silu')


def same_weights(block, cls):
    """A block and the same one in another class."""
    torch.manual_seed(0)
    plain, other = GraphBlock(block, None, NORM), cls(block, None, NORM)
    other.load_state_dict(plain.state_dict(), strict=cls is not PlainBlock)
    return plain, other


@pytest.mark.parametrize('block', SAMPLES, ids=repr)
def test_watching_changes_nothing_and_sees_every_activation(block):
    plain, observed = same_weights(block, ObservedBlock)
    seen = []
    observed.observe = seen.append
    x = torch.randn(2, block.in_channels, 9, 9)
    torch.testing.assert_close(observed(x), plain(x))
    acts = [op for op in block.graph().ops if isinstance(op, Conv | Act) and op.act]  # no gates
    assert [part.shape[1] for part in seen] == [op.channels for op in acts]


def test_what_is_seen_is_the_activations_input():
    block = ConvBNAct(3, 8, act='relu')
    plain, observed = same_weights(block, ObservedBlock)
    seen = []
    observed.observe = lambda x: seen.append(x.clone())
    x = torch.randn(2, 3, 9, 9)
    output = observed(x)
    assert torch.equal(output, seen[0].clamp(min=0))
    assert (seen[0] < 0).any()
    torch.testing.assert_close(seen[0], plain.conv.norm(plain.conv.conv(x)))


@pytest.mark.parametrize('block', [STAGE, C2f(6, 12, 2), ConvBNAct(6, 4, 5, 2)], ids=repr)
def test_a_linear_block_is_linear(block):
    _, linear = same_weights(block, LinearBlock)
    x, y = torch.randn(2, 2, block.in_channels, 9, 9).double()
    linear.double()
    torch.testing.assert_close(linear(3 * x - 2 * y), 3 * linear(x) - 2 * linear(y))


def test_a_bottleneck_without_residual_links_is_a_chain():
    _, chain = same_weights(STAGE, PlainBlock)
    x = torch.randn(2, 6, 9, 9)
    y = x
    for number in '01':
        part = chain.get_submodule(number)
        y = torch.nn.functional.silu(part.conv3(part.conv2(part.conv1(y))))
    torch.testing.assert_close(chain(x), y)
    assert 'shortcut' not in str([name for name, _ in chain.named_modules()])


def test_a_linear_block_has_no_norms_of_its_own():
    """RepVGG's identity is one in training; its k×k, 1×1 and identity are a linear map."""
    block = RepVGGStage(6, 6, num_blocks=2)
    _, linear = same_weights(block, LinearBlock)
    y = x = torch.randn(2, 6, 9, 9)
    for part in linear.children():
        y = part.conv.conv(y) + part.pointwise.conv(y) + y
    torch.testing.assert_close(linear(x), y)


def test_a_gate_is_not_linear():
    with pytest.raises(ValueError, match='a linear block has no rule for GlobalAvgPool'):
        LinearBlock(CSPNeXtStage(6, 8), None, NORM)
