"""MMDetection's zoo: its backbones against MMDetection's own, its results against its metafiles."""

import csv
from pathlib import Path
from typing import Any

import mmdet
import pytest
import torch
from mmdet.models import RegNet, ResNet, ResNeXt
from mmengine.fileio import load
from torch import Tensor, nn

from pisnas_mm import measures
from pisnas_mm.measures import MEASURES
from pisnas_mm.ranking.published import ANY, Key
from pisnas_mm.reproduction.zoo import FILE, read_zoo, zoo_family, zoo_genotype, zoo_names
from pisnas_mm.scores import PISScore

ZOO = Path(__file__).parents[2] / 'docs/results/zoo'
DETECTORS = {
    'RetinaNet': 'retinanet',
    'Faster R-CNN': 'faster-rcnn',
    'Mask R-CNN': 'mask-rcnn',
}
HEAD = 'detector,schedule,backbone,box AP,model,source\n'


def mmdetection(name: str) -> nn.Module:
    """MMDetection's backbone of this name."""
    kind, _, size = name.partition('-')
    if kind == 'regnetx':
        size = {'4GF': '4.0GF', '8GF': '8.0GF'}.get(size, size)
        return RegNet(f'regnetx_{size.lower()}', style='pytorch')
    if size:
        groups, width = size.removesuffix('d').split('x')
        return ResNeXt(depth=101, groups=int(groups), base_width=int(width), style='pytorch')
    return ResNet(depth=int(name.removeprefix('r')), style='pytorch')


@pytest.mark.parametrize('name', zoo_names())
def test_backbones_have_the_size_of_mmdetections(name: str) -> None:
    counts = dict.fromkeys(['params', 'macs', 'activations'], 0)

    def count(module: nn.Module, inputs: Any, output: Tensor) -> None:
        if isinstance(module, nn.Conv2d):
            counts['macs'] += output.numel() * module.weight[0].numel()
        if isinstance(module, nn.ReLU):
            counts['activations'] += output.numel()

    with torch.device('meta'):
        model = mmdetection(name)
        for module in model.modules():
            module.register_forward_hook(count)
        model(torch.empty(1, 3, 224, 224))
    counts['params'] = sum(parameter.numel() for parameter in model.parameters())
    genotype = zoo_genotype(name)
    assert {of: MEASURES[of](genotype, 224) for of in counts} == counts
    assert genotype.out_strides == (2, 4, 8, 16, 32)


# Million params, billion MACs and million outputs of convolutions at 224 x 224, with the classifier
# (Radosavovic et al., CVPR 2020, Figure 15 and Table 3).
PRINTED = {'regnetx-3.2GF': (15.3, 3.2, 11.4), 'regnetx-4GF': (22.1, 4.0, 12.2)}
PRINTED |= {'r50': (25.6, 4.1, 11.1), 'x101-32x4d': (44.2, 8.0, 21.2)}


@pytest.mark.parametrize('name', PRINTED)
def test_backbones_have_the_printed_size(name: str) -> None:
    genotype, (params, macs, outputs) = zoo_genotype(name), PRINTED[name]
    classifier = 1000 * genotype.out_channels[-1]
    assert round((measures.params(genotype) + classifier + 1000) / 1e6, 1) == params
    assert round((measures.macs(genotype, 224) + classifier) / 1e9, 1) == macs
    sides = zip(genotype.blocks, genotype.sides(224), strict=False)
    of_convs = sum(
        conv.channels * out**2
        for block, side in sides
        for conv, out in block.graph().conv_sides(side)
    )
    assert round(of_convs / 1e6, 1) == outputs


def test_every_backbone_has_a_family_and_a_score() -> None:
    families = [zoo_family(name) for name in zoo_names()]
    assert families == ['ResNet'] * 3 + ['ResNeXt'] * 2 + ['RegNetX'] * 8
    assert len({PISScore(224)(zoo_genotype(name)) for name in zoo_names()}) == 13
    with pytest.raises(ValueError, match='backbone should be one of'):
        zoo_genotype('r34')


def test_what_is_typed_in_is_what_mmdetection_publishes() -> None:
    shipped = Path(mmdet.__file__).parent / '.mim'
    if not shipped.exists():
        pytest.skip('this MMDetection came without its configs')
    with (ZOO / FILE).open(newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 56
    for row in rows:
        metafile = load(shipped / row['source'])
        published = [model for model in metafile['Models'] if model['Name'] == row['model']]
        for model in published:
            found = {result['Task']: result['Metrics'] for result in model['Results']}
            assert found['Object Detection']['box AP'] == float(row['box AP'])
            assert model['Metadata']['Epochs'] == 12 * int(row['schedule'][0])
        assert published, row['model']
        assert row['model'].split('_')[:2] == [
            DETECTORS[row['detector']],
            row['backbone'],
        ]


def test_the_table_is_read_detector_by_detector(tmp_path: Path) -> None:
    rows = 'RetinaNet,1x,r50,36.5,,\nRetinaNet,2x,r50,37.4,,\nMask R-CNN,1x,r18,30,,\n'
    (tmp_path / FILE).write_text(HEAD + rows)
    found = read_zoo(tmp_path)
    assert found.accuracies == {
        'all three': {
            Key('r50', 800, 'RetinaNet 1x'): 0.365,
            Key('r50', 800, 'RetinaNet 2x'): 0.374,
            Key('r18', 800, 'Mask R-CNN 1x'): 0.3,
        },
        'RetinaNet': {Key('r50', 800, '1x'): 0.365, Key('r50', 800, '2x'): 0.374},
        'Mask R-CNN': {Key('r18', 800, '1x'): 0.3},
    }
    assert set(found.costs[ANY].values()) == {1.0}


@pytest.mark.parametrize(
    'row', ['RetinaNet,1x,r34,36.5,,\n', 'RetinaNet,1x,r50,good,,\n', 'RetinaNet,1x,r50\n']
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / FILE).write_text(HEAD + row)
    with pytest.raises(ValueError, match=r'detectors.csv:2 is no detector'):
        read_zoo(tmp_path)
