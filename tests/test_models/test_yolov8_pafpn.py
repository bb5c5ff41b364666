import re

import pytest
import torch
from mmdet.registry import MODELS
from torch import Tensor

from pisnas_mm.blocks.graph import Add
from pisnas_mm.models import YOLOv8PAFPN
from pisnas_mm.models.graph_block import GraphBlock

IN, OUT = (6, 8, 10), (4, 12, 14)


def neck(**options: object) -> YOLOv8PAFPN:
    torch.manual_seed(0)
    return MODELS.build(dict(type='YOLOv8PAFPN', in_channels=IN, out_channels=OUT) | options).eval()


def enlarged(x: Tensor) -> Tensor:
    return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def test_wiring() -> None:
    model = neck()
    c3, c4, c5 = (torch.randn(2, c, 8 // s, 12 // s) for c, s in zip(IN, (1, 2, 4), strict=True))
    middle = model.down[1](torch.cat([enlarged(c5), c4], dim=1))
    p3 = model.down[0](torch.cat([enlarged(middle), c3], dim=1))
    p4 = model.up[0](torch.cat([model.reductions[0](p3), middle], dim=1))
    p5 = model.up[1](torch.cat([model.reductions[1](p4), c5], dim=1))
    outputs = model((c3, c4, c5))
    assert [y.shape[1] for y in outputs] == [*OUT]
    for y, expected in zip(outputs, (p3, p4, p5), strict=True):
        assert torch.equal(y, expected)


def c2f_params(channels: int, to: int, num_blocks: int) -> int:
    hidden = to // 2
    weights = channels * to + num_blocks * 2 * 9 * hidden**2 + (2 + num_blocks) * hidden * to
    return weights + 2 * (to + num_blocks * 2 * hidden + to)


@pytest.mark.parametrize('num_blocks', [1, 3])
def test_params_by_hand(num_blocks: int) -> None:
    c2fs = [(10 + 8, 12), (12 + 6, 4), (4 + 12, 12), (12 + 10, 14)]
    expected = sum(c2f_params(*channels, num_blocks) for channels in c2fs)
    expected += sum(9 * channels**2 + 2 * channels for channels in (4, 12))
    assert sum(p.numel() for p in neck(num_blocks=num_blocks).parameters()) == expected


def test_there_are_no_shortcuts() -> None:
    blocks = [module for module in neck().modules() if isinstance(module, GraphBlock)]
    assert len(blocks) == 6
    assert not any(isinstance(op, Add) for block in blocks for op in block.graph.ops)


def test_any_size_and_number_of_levels() -> None:
    """Sizes are halved upwards, as by strided convolutions."""
    model = neck(in_channels=(2, 4, 6, 8), out_channels=(2, 2, 4, 4))
    sizes = [(13, 23), (7, 12), (4, 6), (2, 3)]
    x = tuple(torch.randn(1, 2 * i + 2, *size) for i, size in enumerate(sizes))
    assert [tuple(y.shape[2:]) for y in model(x)] == sizes


def test_options_reach_every_convolution() -> None:
    model = neck(act='relu', norm_cfg=dict(type='BN', eps=1e-3, momentum=0.03))
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert len(norms) == 4 * 4 + 2
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.03)}
    assert not any(isinstance(module, torch.nn.SiLU) for module in model.modules())


def test_channels_that_do_not_fit_are_refused() -> None:
    message = 'out_channels should be 3 numbers, as in_channels are, but got (4, 12)'
    with pytest.raises(ValueError, match=re.escape(message)):
        neck(out_channels=(4, 12))
