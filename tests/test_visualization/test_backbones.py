import numpy as np
import pytest
import torch
from mmdet.models import ResNet
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, ConvBNAct
from pisnas_mm.models.backbones import PISBackbone
from pisnas_mm.receptive.monte_carlo import sample_radii
from pisnas_mm.visualization.backbones import Sampling, sampled_backbone, sampled_genotype


class Box(nn.Module):
    """Sums over 3x3 positions of stride 2, and again: what it sees is known."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3, 3, 3, 2, 1) for _ in range(2))
        for conv in self.convs:
            nn.init.constant_(conv.weight, 1e-3)  # where log(1 + g) is g
            nn.init.constant_(conv.bias, 100)  # every centre is positive

    def forward(self, x):
        first = self.convs[0](x)
        return first, self.convs[1](first)


def test_maps_of_a_known_module():
    found = sampled_backbone(Box(), Sampling(16, 2, batch_size=2), trained=True)
    assert [of.level for of in found.on_previous] == ['C1', 'C2']
    on_first = np.zeros((8, 8))
    on_first[3:6, 3:6] = 1  # around position 4 = 2 * (4 // 2)
    np.testing.assert_allclose(found.on_previous[1].shares, on_first, rtol=1e-4)
    reach = np.array([1, 1, 2, 1, 2, 1, 1], float)  # how often the second reads the pixel
    on_image = np.zeros((16, 16))
    on_image[5:12, 5:12] = np.outer(reach, reach) / 4
    np.testing.assert_allclose(found.on_image[1].shares, on_image, rtol=1e-3)
    np.testing.assert_allclose(found.on_image[0].shares, found.on_previous[0].shares)


def test_a_backbone_is_drawn_like_its_architecture():
    blocks = [ConvBNAct(3, 16, stride=2), BottleneckStage(16, 64, 16, 3, stride=2)]
    blocks.append(BottleneckStage(64, 64, 32, 4, stride=2))
    genotype = Genotype(tuple(blocks))
    how = Sampling(64, 6)
    built = PISBackbone(genotype.to_list(), out_indices=(1, 2))
    one, other = sampled_genotype(genotype, how), sampled_backbone(built, how)
    radii = sample_radii(genotype, 64, num_draws=6).mean_map
    assert [of.radius for of in one.on_previous] == list(radii)
    for a, b in zip(
        one.on_previous + one.on_image, other.on_previous + other.on_image, strict=True
    ):
        assert a.level == b.level
        assert b.shares.shape == a.shares.shape
        assert b.radius == pytest.approx(a.radius, abs=a.cell * 1.5 + 4)


def test_levels_of_a_resnet_are_its_out_indices():
    resnet = ResNet(18, base_channels=8, out_indices=(1, 3))
    found = sampled_backbone(resnet, Sampling(64, 1, batch_size=2))
    assert [of.level for of in found.on_previous] == ['C3', 'C5']
    assert [len(of.shares) for of in found.on_previous] == [64, 8]
    assert [len(of.shares) for of in found.on_image] == [64, 64]


def test_draws_depend_on_the_seed_alone():
    def shares(seed):
        resnet = ResNet(18, base_channels=8, out_indices=(1,))
        return sampled_backbone(resnet, Sampling(32, 1, 2, seed)).on_image[0].shares

    state = torch.get_rng_state()
    first = shares(0)
    torch.manual_seed(9)
    np.testing.assert_array_equal(first, shares(0))
    assert not np.array_equal(first, shares(1))
    torch.set_rng_state(state)


def test_trained_weights_are_kept():
    resnet = ResNet(18, base_channels=8, out_indices=(1,))
    before = {key: value.clone() for key, value in resnet.state_dict().items()}
    sampled_backbone(resnet, Sampling(32, 1, 2), trained=True)
    assert all(torch.equal(value, before[key]) for key, value in resnet.state_dict().items())


def test_outputs_that_do_not_follow_each_other_are_refused():
    class Apart(Box):
        def forward(self, x):
            return self.convs[0](x), self.convs[1](x)

    with pytest.raises(ValueError, match='does not depend on the one before'):
        sampled_backbone(Apart(), Sampling(16, 1), trained=True)
