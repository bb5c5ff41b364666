from pathlib import Path
from typing import Any

import mmdet
import pytest
import torch
from mmcv.ops import ModulatedDeformConv2dPack
from mmdet.registry import MODELS
from mmengine.analysis import FlopAnalyzer
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import init_default_scope
from torch import Tensor, nn

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.models.complexity import TOTAL, build_on_meta, count, count_at_area, count_mean
from tests.test_models.test_pis_backbone import ARCH

FPN = dict(type='FPN', in_channels=[256, 512, 1024, 2048], out_channels=256, num_outs=5)
STRIDES = [8, 16, 32, 64, 128]
TAIL = dict(num_classes=80, in_channels=256, stacked_convs=4, feat_channels=256)
POINTS = dict(
    type='AnchorGenerator', ratios=[1.0], octave_base_scale=8, scales_per_octave=1, strides=STRIDES
)
NINE = dict(POINTS, ratios=[0.5, 1.0, 2.0], octave_base_scale=4, scales_per_octave=3)
# MMDetection's detectors with ResNet-50: the class, neck and head, and what is known of them,
# millions of params and 10⁹ multiply-adds at 1280 x 800 pixels.
# FCOS's counts are with Caffe's form of ResNet, whose 1×1 convolutions have the strides.
KNOWN: list[tuple[str, str, dict[str, Any], dict[str, Any], float, float]] = [
    (
        'FCOS',
        'caffe',
        dict(start_level=1, add_extra_convs='on_output', relu_before_extra_convs=True),
        dict(type='FCOSHead', strides=STRIDES),
        32.30,
        199.8,
    ),
    (
        'RetinaNet',
        'pytorch',
        dict(start_level=1, add_extra_convs='on_input'),
        dict(type='RetinaHead', anchor_generator=NINE),
        37.97,
        238.5,
    ),
    (
        'GFL',
        'pytorch',
        dict(start_level=1, add_extra_convs='on_output'),
        dict(
            type='GFLHead',
            anchor_generator=POINTS,
            loss_cls=dict(type='QualityFocalLoss', use_sigmoid=True),
            loss_dfl=dict(type='DistributionFocalLoss'),
            reg_max=16,
        ),
        32.44,
        207.6,
    ),
]


class Parts(BaseModel):
    """A detector as far as counting goes."""

    def __init__(self, **parts: nn.Module) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, inputs: Tensor, data_samples: Any = None, mode: str = 'tensor') -> Tensor:
        for name, part in self.named_children():
            inputs = part(inputs) if name != 'data_preprocessor' else inputs
        return inputs


@pytest.fixture
def tiny_detector(tiny_config: Path) -> BaseModel:
    init_default_scope('mmdet')
    return MODELS.build(Config.fromfile(tiny_config).model)


@pytest.mark.parametrize(
    ('name', 'style', 'neck', 'head', 'params', 'macs'), KNOWN, ids=[known[0] for known in KNOWN]
)
def test_known_detectors(
    name: str, style: str, neck: dict[str, Any], head: dict[str, Any], params: float, macs: float
) -> None:
    init_default_scope('mmdet')
    backbone = dict(type='ResNet', depth=50, style=style)
    model = dict(type=name, backbone=backbone, neck=FPN | neck, bbox_head=TAIL | head)
    with torch.device('meta'):
        detector = MODELS.build(Config(model))
    costs = count(detector, (1280, 800))
    assert [*costs] == ['backbone', 'neck', 'bbox_head', 'total']
    assert costs['total'].params / 1e6 == pytest.approx(params, abs=0.005)
    assert costs['total'].macs / 1e9 == pytest.approx(macs, abs=0.05)
    assert sum(cost.macs for cost in costs.values()) == 2 * costs['total'].macs


def test_convolutions_are_those_that_mmengine_counts(tiny_detector: BaseModel) -> None:
    counted = FlopAnalyzer(tiny_detector.eval(), torch.zeros(1, 3, 72, 100))
    assert count(tiny_detector, (72, 100))['total'].macs == counted.by_operator()['conv']


def test_a_backbone_is_as_measured() -> None:
    backbone = MODELS.build(dict(type='mmdet.PISBackbone', arch=ARCH))
    genotype = Genotype.from_list(ARCH)
    model = Parts(backbone=backbone)
    expected = (measures.macs(genotype, 96), measures.params(genotype))
    assert count(model, (96, 96))['backbone'] == expected


def test_layers_by_hand() -> None:
    model = Parts(
        plain=nn.Conv2d(3, 8, 3, stride=2, padding=1),
        grouped=nn.Conv2d(8, 12, (3, 1), groups=4, padding=(1, 0)),
        transposed=nn.ConvTranspose2d(12, 6, 2, stride=2),
        deformable=ModulatedDeformConv2dPack(6, 4, 3, padding=1),
        pooled=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5)),
        norm=nn.Identity(),
    )
    costs = count(model, (20, 32))
    small, whole = 10 * 16, 20 * 32
    assert {name: cost.macs for name, cost in costs.items()} == {
        'plain': 3 * 8 * 9 * small,
        'grouped': 8 // 4 * 12 * 3 * small,
        'transposed': 12 * 6 * 4 * small,
        'deformable': (6 * 4 * 9 + 6 * 27 * 9) * whole,
        'pooled': 4 * 5,
        'total': costs['total'].macs,
    }
    assert costs['plain'].params == 3 * 8 * 9 + 8
    assert costs['total'].macs == sum(c.macs for name, c in costs.items() if name != 'total')


def test_counting_leaves_no_trace(tiny_detector: BaseModel) -> None:
    before = {name: value.clone() for name, value in tiny_detector.state_dict().items()}
    for training in (True, False):
        tiny_detector.train(training)
        first = count(tiny_detector, (64, 64))
        assert count(tiny_detector, (64, 64)) == first
        assert tiny_detector.training is training
    assert not any(module._forward_hooks for module in tiny_detector.modules())
    for name, value in tiny_detector.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.parametrize(
    ('name', 'params', 'macs'),
    [
        # OpenMMLab's model zoo has 207.1 G and 234.7 G, with what is no layer.
        ('faster_rcnn/faster-rcnn_r50_fpn_1x_coco', 41.75, 207.1),
        ('cascade_rcnn/cascade-rcnn_r50_fpn_1x_coco', 69.39, 234.7),
    ],
)
def test_two_stages_are_counted_at_all_the_regions_there_may_be(
    name: str, params: float, macs: float
) -> None:
    configs = Path(mmdet.__file__).parent / '.mim/configs'
    cfg = Config.fromfile(configs / f'{name}.py')
    cfg.model.backbone.init_cfg = None
    costs = count(build_on_meta(cfg), (800, 1280))
    assert costs[TOTAL].params / 1e6 == pytest.approx(params, abs=0.01)
    assert costs[TOTAL].macs / 1e9 == pytest.approx(macs, rel=5e-3)
    # Two fully connected layers, and one for classes and boxes each, at 1000 regions.
    boxes = 4 * 80 if name.startswith('faster') else 4
    head = 1000 * 1024 * (49 * 256 + 1024 + 81 + boxes)
    assert costs['roi_head'].macs == head * (1 if name.startswith('faster') else 3)
    cfg.model.test_cfg.rpn.max_per_img = 100
    assert count(build_on_meta(cfg), (800, 1280))['roi_head'].macs == costs['roi_head'].macs / 10


def test_the_mean_over_shapes(tiny_detector: BaseModel) -> None:
    runs = []
    tiny_detector.backbone.register_forward_hook(lambda *_: runs.append(1))
    mean = count_mean(tiny_detector, [(64, 64), (96, 64), (64, 64), (64, 64)])
    assert len(runs) == 2
    small, large = (count(tiny_detector, shape) for shape in ((64, 64), (96, 64)))
    for name, (macs, params) in mean.items():
        assert macs == pytest.approx((3 * small[name].macs + large[name].macs) / 4)
        assert params == small[name].params


def test_macs_grow_with_the_area(tiny_detector: BaseModel) -> None:
    expected = count(tiny_detector, (96, 160))
    found = count_at_area(tiny_detector, 96 * 160)
    assert found.keys() == expected.keys()
    for name, (macs, params) in found.items():
        assert macs == pytest.approx(expected[name].macs)
        assert params == expected[name].params
    half = count_at_area(tiny_detector, 96 * 160 / 2 + 0.25)['total'].macs
    assert half == pytest.approx(expected['total'].macs * (0.5 + 0.25 / (96 * 160)))


class Twice(nn.Module):
    """A strided convolution, and a grouped one that is used twice, as detectors use their heads."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.shared = nn.Conv2d(8, 8, 3, padding=1, groups=4)

    def forward(self, x: Tensor, samples: list[Any], mode: str) -> Tensor:
        assert mode == 'tensor'
        return self.shared(self.shared(self.norm(self.first(x))))


@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_by_hand(device: str) -> None:
    found = count(Twice().to(device), (16, 32))[TOTAL]
    assert found.params == 8 * 27 + 16 + 8 * 18 + 8
    assert found.macs == 8 * 16 * (8 * 27 + 2 * 8 * 18)


def test_counting_leaves_no_hooks() -> None:
    model = Twice()
    assert count(model, (32, 32)) == count(model, (32, 32))
    assert not model.first._forward_hooks
