from pathlib import Path

import pytest
import torch
from torch import nn

from pisnas_mm.reproduction.counting import count
from pisnas_mm.reproduction.sizes import size

CONFIGS = Path(__file__).parents[2] / 'configs'


class Twice(nn.Module):
    """A strided convolution, and a grouped one that is used twice, as detectors use their heads."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.shared = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.fixed = nn.Parameter(torch.zeros(5), requires_grad=False)

    def forward(self, x: torch.Tensor, mode: str) -> torch.Tensor:
        assert mode == 'tensor'
        return self.shared(self.shared(self.norm(self.first(x))))


@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_by_hand(device: str) -> None:
    found = count(Twice().eval().to(device), (16, 32))
    assert found.params == 8 * 27 + 16 + 8 * 18 + 8
    assert found.macs == 8 * 16 * (8 * 27 + 2 * 8 * 18)


def test_counting_leaves_no_hooks() -> None:
    model = Twice().eval()
    assert count(model, (32, 32)) == count(model, (32, 32))
    assert not model.first._forward_hooks


def test_voc_is_counted_with_cocos_head_and_its_own_area() -> None:
    name = 'retinanet/retinanet_r50_fpn_scratch-ms-6x'
    voc, coco = (
        size(CONFIGS / f'{name}_voc0712.py', 'VOC'),
        size(CONFIGS / f'{name}_coco.py', 'COCO'),
    )
    assert voc.params == coco.params
    assert voc.macs / 527 == pytest.approx(coco.macs / 919, rel=1e-6)
    assert voc.macs == pytest.approx(123e9, abs=1e9)  # the paper's Figure 2
