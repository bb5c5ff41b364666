"""What holds for every block."""

import copy
import pickle
from dataclasses import replace

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import C2f, PlainC2f
from pisnas_mm.registry import BLOCKS
from tests.samples import SAMPLES


@pytest.mark.parametrize('block', SAMPLES, ids=str)
def test_equal_blocks_are_one_object(block):
    fields = block.to_dict()
    cls = BLOCKS.module_dict[fields.pop('type')]
    assert cls(**fields) is block
    assert cls(*fields.values()) is block
    assert replace(block, act='silu' if block.act == 'relu' else 'relu') is not block
    for copied in (copy.copy(block), copy.deepcopy(block), pickle.loads(pickle.dumps(block))):
        assert copied is block


def test_a_c2f_without_shortcuts_is_a_block_of_its_own():
    plain, usual = PlainC2f(8, 8, num_blocks=2), C2f(8, 8, num_blocks=2)
    assert plain != usual
    assert hash(plain) != hash(usual)
    assert plain.to_dict() == usual.to_dict() | dict(type='PlainC2f')
    assert 'shortcut' not in usual.to_dict()  # architectures stand in configs as they always have
    assert Genotype.from_list([plain.to_dict()], 8).blocks == (plain,)
    assert measures.params(Genotype((plain,), 8)) == measures.params(Genotype((usual,), 8))
