"""Monte-Carlo radii of YOLOv8-s at 512²: python -m benchmarks.sampling ours|naive DRAWS."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.models.graph_block import GraphBlock
from pisnas_mm.receptive.monte_carlo import sample_radii
from pisnas_mm.receptive.radii import map_radius
from pisnas_mm.utils.configs import load_config

IMAGE_SIZE, BATCH_SIZE = 512, 8


def backbone() -> Genotype:
    """The seed of the C2f search."""
    config = Path(__file__).parents[1] / 'configs/pis_yolov8_s_coco.py'
    return Genotype.from_list(load_config(str(config)).to_dict()['space']['seed'])


def naive_radii(genotype: Genotype) -> list[float]:
    """The straightforward way: the whole network, differentiated back to the image every time."""
    norm = dict(type='BN')
    stages = [
        nn.Sequential(*(GraphBlock(block, None, norm) for block in stage))
        for stage in genotype.pyramid
    ]
    for module in nn.ModuleList(stages).modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    values = [torch.randn(BATCH_SIZE, 3, IMAGE_SIZE, IMAGE_SIZE, requires_grad=True)]
    for stage in stages:
        values.append(stage(values[-1]))
        values[-1].retain_grad()
    radii = []
    for before, after in pairwise(values):
        for value in values:
            value.grad = None
        side = after.shape[-1]
        after[:, :, side // 2, side // 2].relu().mean().backward(retain_graph=True)
        assert before.grad is not None
        seen = before.grad.relu().mean((0, 1)).double().numpy()
        radii.append(map_radius(np.log1p(seen), IMAGE_SIZE))
    return radii


def main(way: str, draws: int) -> None:
    genotype = backbone()
    for seed in range(draws):
        if way == 'ours':
            sample_radii(genotype, IMAGE_SIZE, batch_size=BATCH_SIZE, seed=seed)
        else:
            torch.manual_seed(seed)
            naive_radii(genotype)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]))
