import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import (
    BottleneckStage,
    C2f,
    ConvBNAct,
    InvertedResidualStage,
    RepVGGStage,
)
from pisnas_mm.measures.activations import activations
from pisnas_mm.models.graph_block import GraphBlock
from pisnas_mm.registry import BLOCKS, build


def test_they_are_those_of_convolutions_and_of_sums() -> None:
    stem = ConvBNAct(3, 8, 3, 2)  # 8 x 16 x 16 of a 32 x 32 image
    assert activations(Genotype((stem,)), 32) == 8 * 16**2
    # 1x1 at the input's side, 3x3 strided, and the sum; twice, the second at the output's side.
    stage = BottleneckStage(8, 24, 4, 2, 3, 2)
    of_stage = (4 * 16**2 + 4 * 8**2 + 24 * 8**2) + (4 + 4 + 24) * 8**2
    assert activations(Genotype((stem, stage)), 32) == 8 * 16**2 + of_stage


def test_linear_branches_have_none() -> None:
    # Three branches, and one activation of their sum.
    assert activations(Genotype((RepVGGStage(3, 8, 2, 3, 2),)), 32) == 2 * 8 * 16**2


def test_odd_sides_are_rounded_up() -> None:
    assert activations(Genotype((ConvBNAct(3, 8, 3, 2),)), 33) == 8 * 17**2


@pytest.mark.parametrize('block', [C2f(3, 16, 2), InvertedResidualStage(3, 8, attention=True)])
def test_they_are_what_the_module_computes(block) -> None:
    module, counted = GraphBlock(block, None, dict(type='BN')).eval(), []
    for layer in module.modules():
        if type(layer).__name__ in ('SiLU', 'ReLU', 'GELU', 'Hardswish', 'Sigmoid', 'Hardsigmoid'):
            layer.register_forward_hook(lambda layer, x, y: counted.append(y[0].numel()))
    with torch.no_grad():
        module(torch.zeros(1, 3, 32, 32))
    assert counted
    assert activations(Genotype((block,)), 32) == sum(counted)


@pytest.mark.parametrize('name', sorted(BLOCKS.module_dict))
def test_every_block_has_a_count(name: str) -> None:
    needed = dict(in_channels=16, out_channels=16, mid_channels=16)
    block = build(BLOCKS, dict(type=name), 'block', **needed)
    assert activations(Genotype((block,), 16), 16) >= 0
