"""The table of published backbones is what their architectures give; where a search ends in it.

`python -m tests.test_measures.test_published` writes the table anew.
"""

import csv
from pathlib import Path

import pytest

from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures.published import TABLE, numbers, standings, warnings
from pisnas_mm.reproduction.searched import BACKBONE, config_and_rank
from pisnas_mm.reproduction.yolobench import yolobench_genotype, yolobench_names
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
RESNETS = {'ResNet-50': (3, 4, 6, 3), 'ResNet-101': (3, 4, 23, 3)}


def resnet(depths: tuple[int, ...], width: int = 64) -> Genotype:
    """Its strides instead of its pooling: the numbers here are the same."""
    blocks = [dict(type='ConvBNAct', in_channels=3, out_channels=width, kernel_size=7, stride=2)]
    for i, depth in enumerate(depths):
        stage = dict(type='BottleneckStage', num_blocks=depth, stride=2)
        mid, before = width << i, blocks[-1]['out_channels']
        blocks.append(stage | dict(in_channels=before, out_channels=4 * mid, mid_channels=mid))
    return Genotype.from_list(blocks)


def computed() -> list[dict[str, str]]:
    genotypes = {('YOLOBench', name): yolobench_genotype(name) for name in yolobench_names()}
    for prefix, source in (('damoyolo', 'DAMO-YOLO'), ('maedet', 'MAE-DET')):
        for path in sorted((CONFIGS / 'published').glob(f'{prefix}*.py')):
            genotypes[source, path.stem] = read_architectures(str(path))[0].genotype
    genotypes |= {('MMDetection', name): resnet(depths) for name, depths in RESNETS.items()}
    return [
        {'source': source, 'name': name, **{k: str(v) for k, v in numbers(genotype).items()}}
        for (source, name), genotype in genotypes.items()
    ]


def test_the_table_is_what_the_architectures_give() -> None:
    with TABLE.open(encoding='utf-8', newline='') as file:
        assert list(csv.DictReader(file)) == computed()


def test_published_facts() -> None:
    resnet50 = {standing.name: standing for standing in standings(resnet((3, 4, 6, 3)))}
    assert resnet50['layers'].value == 49  # without the classifier
    assert [resnet50[f'C{i} width'].value for i in (2, 3, 4, 5)] == [256, 512, 1024, 2048]
    assert not any(standing.outside for standing in resnet50.values())
    assert resnet50['layers'].published[-1] > 100  # ResNet-101 has 100, MAE-DET-L more


def test_what_lies_outside_is_warned_of() -> None:
    assert warnings(resnet((3, 4, 6, 3))) == []
    (deep,) = warnings(resnet((3, 4, 106, 3)))
    assert deep.startswith('layers 349, published detectors have ')
    narrow = warnings(resnet((3, 4, 6, 3), width=4))
    heads = [line.partition(',')[0] for line in narrow]
    assert heads == ['rho 1.33', 'stem width 4', 'C2 width 16', 'C3 width 32', 'C4 width 64']


SEARCHED = sorted(path.parent.name for path in CONFIGS.glob(f'searched/*/{BACKBONE}'))


@pytest.mark.parametrize('name', SEARCHED)
def test_bounded_searches_end_within_it(name: str) -> None:
    (architecture,) = read_architectures(str(CONFIGS / 'searched' / name / BACKBONE))
    bounds = load_config(str(CONFIGS / f'{config_and_rank(name)[0]}.py')).constraints
    if {'layers', 'effectiveness'} <= set(bounds):
        found = {standing.name: standing for standing in standings(architecture.genotype)}
        assert not found['layers'].outside
        assert not found['rho'].outside


def write() -> None:
    rows = computed()
    with TABLE.open('w', encoding='utf-8', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


if __name__ == '__main__':
    write()
