"""YOLOv5, v6 and v7 as their configs have them; `test_yolov8.py` has v8."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors import detector_config
from pisnas_mm.models.complexity import build_on_meta
from pisnas_mm.models.fuse import fuse
from pisnas_mm.utils.configs import import_modules, load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
NAMES = sorted(
    f'{path.parent.name}/{path.stem}'
    for family in ('yolov5', 'yolov6', 'yolov7')
    for path in (CONFIGS / family).glob('*_coco.py')
)
SMALLEST = [
    'yolov5/yolov5_n_300e_coco',
    'yolov6/yolov6_n_400e_coco',
    'yolov7/yolov7_tiny_300e_coco',
]
SIDE = 64


def config(name: str, **options: Any) -> Config:
    cfg = load_config(str(CONFIGS / f'{name}.py'), options)
    import_modules(cfg)
    init_default_scope('mmdet')
    return cfg


def batch() -> dict[str, list]:
    """Two images of noise; the second one has no objects."""
    random = torch.Generator().manual_seed(0)
    boxes = torch.tensor([[2.0, 4, 30, 40], [20, 10, 62, 60], [40, 40, 56, 60]])
    samples = []
    for count in (3, 0):
        meta = dict(img_shape=(SIDE, SIDE), ori_shape=(SIDE, SIDE), scale_factor=(1.0, 1.0))
        gt = InstanceData(bboxes=boxes[:count], labels=torch.arange(count))
        samples.append(DetDataSample(metainfo=meta, gt_instances=gt))
    images = torch.randint(256, (2, 3, SIDE, SIDE), generator=random, dtype=torch.uint8)
    return dict(inputs=[*images], data_samples=samples)


def stir(module: nn.Module) -> None:
    """Move all parameters a little: YOLOv6's last layers start at zero, and let nothing pass."""
    for p in module.parameters():
        p.data += 0.01 * torch.randn_like(p)


def test_there_are_those_of_figure_4() -> None:
    published = [name.split('_')[1] for name in NAMES if 'pis' not in name]
    assert published == [*'lmns', *'mnst', 'l', 'tiny']


@pytest.mark.parametrize('name', NAMES)
def test_a_step_is_trained_and_evaluated(name: str) -> None:
    cfg = config(name, **{'model.test_cfg.score_thr': 0.0, 'model.test_cfg.nms_pre': 100})
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    model.init_weights()
    stir(model.bbox_head)
    before = {key: p.detach().clone() for key, p in model.named_parameters()}
    step = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.01))
    losses = model.train_step(batch(), step)
    assert all(value.isfinite() and value >= 0 for value in losses.values())
    assert losses['loss'] > 0
    moved = [key for key, p in model.named_parameters() if not torch.equal(p, before[key])]
    assert len(moved) > 0.8 * len(before)  # where gradients are tiny, sums round them off
    assert all(p.isfinite().all() for p in model.parameters())
    model.eval()
    for result in model.test_step(batch()):
        found = result.pred_instances
        assert len(found) > 0
        assert ((found.bboxes >= 0) & (found.bboxes <= SIDE)).all()
        assert found.labels.max() < 80


@pytest.mark.parametrize('name', SMALLEST)
def test_gradients_reach_every_parameter(name: str) -> None:
    options = {'model.train_cfg.initial_epochs': 0} if 'yolov6' in name else {}
    model = MODELS.build(config(name, **options).model)
    model.init_weights()
    stir(model.bbox_head)
    data = model.data_preprocessor(batch(), training=True)
    losses = model(**data, mode='loss')
    sum(losses.values()).backward()
    assert [key for key, p in model.named_parameters() if p.grad is None] == []


@pytest.mark.parametrize('name', SMALLEST)
def test_images_of_any_size(name: str) -> None:
    model = MODELS.build(config(name).model).eval()
    levels = model(torch.rand(1, 3, 75, 97), mode='tensor')[0]
    strides = model.bbox_head.strides
    sides = [(-(-75 // s), -(-97 // s)) for s in strides]
    at = slice(2, 4)  # of (N, anchors or classes, H, W, ...)
    assert [tuple(level.shape[at]) for level in levels] == sides
    assert model.backbone.out_strides == strides


def test_a_searched_backbone_gets_yolov5s_neck_and_head() -> None:
    cfg = config('pis_yolov5_s_coco')
    seed = Genotype.from_list(cfg.space.seed)
    *others, wide, last = seed.blocks
    blocks = [*others, replace(wide, out_channels=640), replace(last, in_channels=640)]
    found = Genotype((*blocks[:-1], replace(blocks[-1], out_channels=768)))
    exported = detector_config(found, cfg.detector.to_dict(), CONFIGS)
    published = config('yolov5/yolov5_s_300e_coco').model
    assert exported.model.neck.in_channels == [128, 256, 768]
    build_on_meta(exported)
    of_seed = detector_config(seed, cfg.detector.to_dict(), CONFIGS).model
    shapes = [
        {
            key: value.shape
            for key, value in build_on_meta(Config(dict(model=m))).state_dict().items()
        }
        for m in (of_seed, published)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize('name', SMALLEST)
def test_norms_are_those_of_yolo(name: str) -> None:
    model = MODELS.build(config(name).model)
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.03)}


@pytest.mark.parametrize('name', ['yolov6/yolov6_n_400e_coco', 'yolov7/yolov7_l_300e_coco'])
def test_fused_it_detects_the_same(name: str) -> None:
    torch.manual_seed(0)
    model = MODELS.build(config(name).model)
    model.init_weights()
    stir(model)
    x = torch.rand(1, 3, SIDE, SIDE)
    model.train()(x, mode='tensor')  # statistics that do something
    model.eval()
    with torch.no_grad():
        expected = model(x, mode='tensor')
        found = fuse(model)(x, mode='tensor')
    for part, ours in zip(expected, found, strict=True):
        for level, our in zip(part, ours, strict=True):
            torch.testing.assert_close(our, level, rtol=1e-3, atol=1e-3)
    assert not any('pointwise' in key for key in model.state_dict())


@pytest.mark.parametrize(
    ('name', 'epochs'), [(name, int(name.split('_')[2][:3])) for name in NAMES]
)
def test_the_schedule_ends_where_it_should(name: str, epochs: int) -> None:
    cfg = config(name)
    assert cfg.train_cfg.max_epochs == epochs == cfg.param_scheduler[-1].end
    (switch,) = (hook for hook in cfg.custom_hooks if hook['type'] == 'PipelineSwitchHook')
    assert switch.switch_epoch == epochs - 15
    assert cfg.train_cfg.dynamic_intervals == [(epochs - 15, 1)]
