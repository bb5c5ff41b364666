from dataclasses import dataclass
from typing import Annotated

import pytest

from pisnas_mm.blocks import Block, BottleneckStage, InvertedResidualStage, PlainC2f
from pisnas_mm.blocks.fields import Choice, Number, Width, fields_of, mutable_fields
from pisnas_mm.registry import BLOCKS


def test_the_fields_come_in_their_order_with_their_kinds():
    assert list(mutable_fields(BottleneckStage).items()) == [
        ('out_channels', Number.WIDTH),
        ('mid_channels', Number.INNER_WIDTH),
        ('num_blocks', Number.DEPTH),
        ('kernel_size', Number.KERNEL),
    ]
    names = ['out_channels', 'num_blocks', 'expansion', 'kernel_size', 'attention']
    kinds = mutable_fields(InvertedResidualStage)
    assert list(kinds) == names
    assert isinstance(kinds['expansion'], Choice)
    assert kinds['expansion'].values == (2, 3, 4, 6)
    assert fields_of(BottleneckStage, Number.INNER_WIDTH) == ('mid_channels',)
    assert fields_of(PlainC2f, Number.INNER_WIDTH) == ()


def test_a_subclass_keeps_them_and_may_annotate_anew():
    assert list(mutable_fields(PlainC2f)) == ['out_channels', 'num_blocks', 'kernel_size']

    @dataclass(frozen=True)
    class Few(InvertedResidualStage):
        expansion: Annotated[int, Choice(1, 6)] = 6
        attention: bool = False

    assert list(mutable_fields(Few)) == ['out_channels', 'num_blocks', 'expansion', 'kernel_size']
    kind = mutable_fields(Few)['expansion']
    assert isinstance(kind, Choice)
    assert kind.values == (1, 6)


def test_other_annotations_mean_nothing():
    @dataclass(frozen=True)
    class Noted(Block):
        in_channels: int
        out_channels: Width
        act: Annotated[str, 'of all layers'] = 'relu'

    assert dict(mutable_fields(Noted)) == {'out_channels': Number.WIDTH}


@pytest.mark.parametrize('family', BLOCKS.module_dict.values())
def test_every_family_has_a_width(family: type[Block]):
    assert fields_of(family, Number.WIDTH) == ('out_channels',)
