"""The documented example of a new block is a block like any other."""

import re
from pathlib import Path

import pytest
import torch

from pisnas_mm import measures
from pisnas_mm.blocks import C2f, PlainC2f
from pisnas_mm.genotype import Genotype
from pisnas_mm.registry import BLOCKS

README = Path(__file__).parents[1] / 'pisnas_mm' / 'blocks' / 'README.md'


@pytest.fixture
def example():
    (code,) = re.findall(r'```python\n(.*?)```', README.read_text(), re.DOTALL)
    namespace: dict = {'__name__': 'example'}
    exec(code, namespace)
    yield namespace['InvertedBottleneck']
    del BLOCKS.module_dict['InvertedBottleneck']


def test_the_example_is_measured_and_built(example):
    from pisnas_mm.models.graph_block import GraphBlock

    arch = [
        dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
        dict(type='ConvBNAct', in_channels=8, out_channels=16, stride=2),
        dict(type='InvertedBottleneck', in_channels=16, expansion=2),
    ]
    genotype = Genotype.from_list(arch)
    assert genotype.to_list()[2] == dict(arch[2], kernel_size=3)
    module = GraphBlock(genotype.blocks[2], None, dict(type='BN'))
    assert sum(p.numel() for p in module.parameters()) == 16 * 32 + 32 * 16 * 9 + 2 * (32 + 16)
    assert module(torch.randn(2, 16, 8, 8)).shape == (2, 16, 8, 8)
    assert (
        measures.stage_radii(genotype, 64)[0]
        > measures.stage_radii(Genotype(genotype.blocks[:2]), 64)[0]
    )


def test_its_mistakes_are_named(example):
    arch = [dict(type='InvertedBottleneck', in_channels=3, expansion=0)]
    with pytest.raises(ValueError, match=r'arch\[0\]: InvertedBottleneck.expansion should be'):
        Genotype.from_list(arch)


def test_a_c2f_without_shortcuts_is_a_block_of_its_own():
    plain, usual = PlainC2f(8, 8, num_blocks=2), C2f(8, 8, num_blocks=2)
    assert plain != usual
    assert hash(plain) != hash(usual)
    assert plain.to_dict() == usual.to_dict() | dict(type='PlainC2f')
    assert 'shortcut' not in usual.to_dict()  # architectures stand in configs as they always have
    assert Genotype.from_list([plain.to_dict()], 8).blocks == (plain,)
    assert measures.params(Genotype((plain,), 8)) == measures.params(Genotype((usual,), 8))
