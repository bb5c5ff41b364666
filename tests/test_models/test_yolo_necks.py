"""How the necks of YOLOv5, v6 and v7 are wired; `test_yolov8_pafpn.py` has that of v8."""

import pytest
import torch
from mmdet.registry import MODELS
from torch import Tensor, nn

IN, OUT = (6, 8, 10), (8, 12, 16)
KINDS = [
    dict(type='YOLOv5PAFPN', num_blocks=2),
    dict(type='YOLOv6PAFPN', num_blocks=2),
    dict(type='YOLOv6PAFPN', num_blocks=1, inner_width=2 / 3),
    dict(type='YOLOv7PAFPN'),
    dict(type='YOLOv7PAFPN', tiny=True, act='leaky_relu'),
]
every_kind = pytest.mark.parametrize('kind', KINDS, ids=str)


def neck(kind: dict, **options: object) -> nn.Module:
    torch.manual_seed(0)
    return MODELS.build(dict(in_channels=IN, out_channels=OUT) | kind | options).eval()


def features() -> tuple[Tensor, ...]:
    return tuple(torch.randn(2, c, 8 // s, 12 // s) for c, s in zip(IN, (1, 2, 4), strict=True))


def enlarged(x: Tensor) -> Tensor:
    return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def cat(*parts: Tensor) -> Tensor:
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize('kind', KINDS[:3], ids=str)
def test_yolov5_and_6_meet_what_was_narrowed(kind: dict) -> None:
    model, (c3, c4, c5) = neck(kind), features()
    twice = model.transposed if kind['type'] == 'YOLOv6PAFPN' else [enlarged] * 2
    top = model.narrow[1](c5)
    middle = model.narrow[0](model.down[1](cat(twice[1](top), c4)))
    p3 = model.down[0](cat(twice[0](middle), c3))
    p4 = model.up[0](cat(model.reductions[0](p3), middle))
    p5 = model.up[1](cat(model.reductions[1](p4), top))
    for y, expected in zip(model((c3, c4, c5)), (p3, p4, p5), strict=True):
        assert torch.equal(y, expected)


@pytest.mark.parametrize('kind', KINDS[3:], ids=str)
def test_yolov7_meets_what_was_not(kind: dict) -> None:
    model, (c3, c4, c5) = neck(kind), features()
    top = model.top(c5)
    middle = model.down[1](cat(enlarged(model.narrow[1](top)), model.lateral[1](c4)))
    p3 = model.down[0](cat(enlarged(model.narrow[0](middle)), model.lateral[0](c3)))
    p4 = model.up[0](cat(model.reductions[0](p3), middle))
    p5 = model.up[1](cat(model.reductions[1](p4), top))
    for end, y, x in zip(model.ends, model((c3, c4, c5)), (p3, p4, p5), strict=True):
        assert torch.equal(y, end(x))


@every_kind
def test_any_size_and_number_of_levels(kind: dict) -> None:
    """Sizes are halved upwards, as by strided convolutions."""
    model = neck(kind, in_channels=(2, 4, 6, 8), out_channels=(4, 8, 8, 12))
    sizes = [(13, 23), (7, 12), (4, 6), (2, 3)]
    x = tuple(torch.randn(1, 2 * i + 2, *size) for i, size in enumerate(sizes))
    assert [tuple(y.shape[1:]) for y in model(x)] == [
        (channels, *size) for channels, size in zip((4, 8, 8, 12), sizes, strict=True)
    ]


@every_kind
def test_gradients_reach_every_parameter(kind: dict) -> None:
    model = neck(kind).train()
    sum(y.square().sum() for y in model(features())).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


@every_kind
def test_options_reach_every_convolution(kind: dict) -> None:
    model = neck(kind, act='gelu', norm_cfg=dict(type='BN', eps=1e-3, momentum=0.03))
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.03)}
    assert not any(isinstance(m, nn.SiLU | nn.ReLU | nn.LeakyReLU) for m in model.modules())


@every_kind
def test_channels_that_do_not_fit_are_refused(kind: dict) -> None:
    with pytest.raises(ValueError, match='out_channels should be 3 numbers'):
        neck(kind, out_channels=(4, 12))
