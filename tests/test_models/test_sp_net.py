"""SP-NAS's backbone against its parallel form written out."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from pisnas_mm.models import PISBackbone, SPNet

ARCH = [
    dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
    dict(type='ConvBNAct', in_channels=8, out_channels=8, stride=2),
    dict(type='ResNeXtStage', in_channels=8, out_channels=16, mid_channels=8, groups=4),
    *(
        dict(
            type='ResNeXtStage',
            in_channels=16 * 2**i,
            out_channels=32 * 2**i,
            mid_channels=8,
            stride=2,
            groups=4,
        )
        for i in range(3)
    ),
]


def spnet(**kwargs: Any) -> SPNet:
    torch.manual_seed(0)
    net = SPNet(ARCH, zero_init_residual=False, **kwargs)
    net.init_weights()
    return net.eval()


def test_without_sub_networks_it_is_the_serial_form() -> None:
    net, serial = spnet(parallel=(0, 0, 0, 0)), PISBackbone(ARCH).eval()
    serial.load_state_dict(net.state_dict())
    x = torch.randn(1, 3, 70, 96)
    for found, expected in zip(net(x), serial(x), strict=True):
        torch.testing.assert_close(found, expected)


def test_the_parallel_form_written_out() -> None:
    net, image = spnet(parallel=(2, 1, 0, 2)), torch.randn(1, 3, 70, 96)
    stem, (second_stem, c2), (c3,), (c4,), (c5,) = net.stages

    def up(stage: str, y: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        return F.interpolate(net.connections[stage](y), size=like.shape[2:], mode='nearest')

    x = second_stem(stem[0](image))
    # Two sub-networks on strides of 4: the second one first.
    two = c2(x)
    one = c2(x + up('1', two, x))
    out2 = c2(x + up('1', one, x))
    # One of strides of 8, which goes on from the first there.
    one = c3(one)
    out3 = c3(out2 + up('2', one, out2))
    out4 = c4(out3)
    # Two again, behind a stage without: from the main path.
    two = c5(out4)
    one = c5(out4 + up('4', two, out4))
    out5 = c5(out4 + up('4', one, out4))
    for found, expected in zip(net(image), (out2, out3, out4, out5), strict=True):
        torch.testing.assert_close(found, expected)


def test_sub_networks_without_one_of_their_number_go_on_from_the_last() -> None:
    net, x = spnet(parallel=(1, 2, 0, 0)), torch.randn(1, 3, 64, 64)
    stem, (second_stem, c2), (c3,), *_ = net.stages
    at4 = second_stem(stem[0](x))
    one = c2(at4)
    out2 = c2(at4 + F.interpolate(net.connections['1'](one), size=at4.shape[2:]))
    two = c3(one)  # the second one has no predecessor of its own
    one = c3(one + F.interpolate(net.connections['2'](two), size=out2.shape[2:]))
    expected = c3(out2 + F.interpolate(net.connections['2'](one), size=out2.shape[2:]))
    torch.testing.assert_close(net(x)[1], expected)


def test_every_parameter_learns() -> None:
    net = spnet(parallel=(1, 0, 2, 1)).train()
    outputs = net(torch.randn(2, 3, 64, 64))
    sum((y * torch.randn_like(y)).sum() for y in outputs).backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in net.parameters())


@pytest.mark.parametrize('parallel', [(1, 0), (1, 0, -1, 0), (1, 0, 1.0, 0)])
def test_numbers_that_do_not_fit_are_refused(parallel: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match='parallel should have a number from 0 on for each of the'):
        SPNet(ARCH, parallel=parallel)
