from random import Random

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, ConvBNAct
from pisnas_mm.registry import SPACES, build
from pisnas_mm.spaces import ResidualSpace
from pisnas_mm.utils.configs import load_config
from tests.test_search import small


def space_of(name: str):
    return build(SPACES, load_config(f'configs/{name}.py').to_dict()['space'], 'space')


@pytest.mark.parametrize('name', ['pis_coco', 'pis_yolov8_s_coco', 'pis_mixed_digits'])
def test_variations_stay_in_the_space_and_reach_every_field(name):
    space, rng = space_of(name), Random(0)
    start = genotype = space.seed
    changed = set()
    for _ in range(3000):
        genotype = space.vary(genotype, rng)
        Genotype(genotype.blocks)  # raises where the chain is not closed
        widths = [block.out_channels for block in genotype.blocks]
        assert widths == sorted(widths)
        assert widths[-1] <= space.max_channels
        assert all(width % space.channel_step == 0 for width in widths)
        for i, (old, new) in enumerate(zip(start.blocks, genotype.blocks, strict=True)):
            assert type(new) in space.places[i]
            changed |= {(i, key) for key, value in vars(new).items() if vars(old).get(key) != value}
    depths = {(i, 'num_blocks') for i, block in enumerate(start.blocks) if block.num_blocks}
    assert depths <= changed
    assert {(i, 'out_channels') for i in range(len(start.blocks))} <= changed


@pytest.mark.parametrize('name', ['pis_coco', 'pis_yolov8_s_coco', 'pis_mixed_digits'])
def test_ruins_have_less_of_depths_and_widths_and_no_more_of_anything(name):
    space, rng = space_of(name), Random(0)
    start = space.seed
    for _ in range(8):
        start = space.vary(start, rng)
    fewer = set()
    for _ in range(300):
        ruin = space.ruin(start, rng)
        Genotype(ruin.blocks)  # raises where the chain is not closed
        for i, (old, new) in enumerate(zip(start.blocks, ruin.blocks, strict=True)):
            assert type(new) is type(old)
            assert 0 <= old.num_blocks - new.num_blocks <= 1
            assert new.out_channels <= old.out_channels
            fewer |= {(i, 'depth')} if new.num_blocks < old.num_blocks else set()
            fewer |= {(i, 'width')} if new.out_channels < old.out_channels else set()
    assert {(i, 'depth') for i, block in enumerate(start.blocks) if block.num_blocks > 1} <= fewer
    assert sum(what == 'width' for _, what in fewer) > len(start.blocks) // 2


def test_a_variation_depends_on_the_generator_alone():
    space = space_of('pis_mixed_digits')
    one, other = Random(5), Random(5)
    assert [space.vary(space.seed, one) for _ in range(50)] == [
        space.vary(space.seed, other) for _ in range(50)
    ]


def test_a_neighbourhood_has_all_small_changes_then_all_pairs_of_them_each_once():
    seed = Genotype((ConvBNAct(3, 16, 3, 2), BottleneckStage(16, 32, 16, 2, 3, 2)))
    space = ResidualSpace(seed=seed, max_channels=64)

    def architecture(stem: int, out: int, mid: int, depth: int) -> Genotype:
        return Genotype((ConvBNAct(3, stem, 3, 2), BottleneckStage(stem, out, mid, depth, 3, 2)))

    found = list(space.neighbourhood(seed))
    assert len(found) == len(set(found))
    assert seed not in found
    # Widths by one or two steps of 8 (the stem's at most 32), the depth by one.
    once = {architecture(stem, 32, 16, 2) for stem in (8, 24, 32)}
    once |= {architecture(16, out, 16, 2) for out in (16, 24, 40, 48)}
    once |= {architecture(16, 32, mid, 2) for mid in (8, 24, 32)}
    once |= {architecture(16, 32, 16, depth) for depth in (1, 3)}
    assert set(found[: len(once)]) == once
    assert architecture(24, 48, 16, 2) in found
    assert architecture(16, 32, 24, 3) in found
    assert architecture(24, 40, 24, 2) not in found  # three changes


def test_a_neighbourhood_lies_within_the_space():
    space = build(SPACES, small.config()['space'], 'space')
    everything = set(small.everything())
    found = set(space.neighbourhood(space.seed))
    assert found < everything
    assert len(found) > 30
