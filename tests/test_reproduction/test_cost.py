import math
from pathlib import Path

import pytest
import torch
from torch import nn

from pisnas_mm.reproduction.cost import mean_area, saved_bytes, training_cost
from pisnas_mm.reproduction.sizes import size

CONFIGS = Path(__file__).parents[2] / 'configs'
NAME = 'gfl/gfl_r50_fpn_scratch-ms-6x'


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 1, bias=False)
        self.conv2 = nn.Conv2d(4, 5, 1, bias=False)

    def forward(self, x: torch.Tensor, data_samples: list, mode: str) -> torch.Tensor:
        return self.conv2(self.conv1(x).relu())


def test_memory_by_hand() -> None:
    model = Small().to('meta').train()
    # The image for the first weight, and the rectifier's output for itself and the second weight.
    assert saved_bytes(model, 2, (8, 16)) == 4 * 2 * 8 * 16 * (3 + 4)


def test_mean_area_is_that_of_uniformly_drawn_sides() -> None:
    pipeline = [dict(type='RandomResize', scale=[(1333, 480), (1333, 800)])]
    sides = [480 + 320 * (i + 0.5) / 1000 for i in range(1000)]
    expected = sum(side**2 for side in sides) / 1000 / 800**2
    wrapped = dict(type='RepeatDataset', dataset=dict(datasets=[dict(pipeline=pipeline)]))
    assert mean_area(wrapped) == pytest.approx(expected, rel=1e-5)
    assert mean_area(dict(pipeline=[dict(type='Resize', scale=(640, 640))])) == 1.0


@pytest.mark.parametrize(
    ('data', 'dataset', 'images'),
    [('coco', 'COCO', 72 * 117_266), ('voc0712', 'VOC', 72 * 3 * 16_551)],
)
def test_a_config(data: str, dataset: str, images: int) -> None:
    path = CONFIGS / f'{NAME}_{data}.py'
    cost = training_cost(path)
    assert cost.images == images
    share = (0.6**2 + 0.6 + 1) / 3  # from 60 % of the largest side to all of it
    assert cost.flops == pytest.approx(6 * size(path, dataset).macs * share * images)
    assert 1 < cost.memory / 2**30 < 8
    assert math.isfinite(cost.flops)
