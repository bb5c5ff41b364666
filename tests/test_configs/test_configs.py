"""Every config that a user starts from: it builds, and it is as large as the paper's."""

from functools import cache
from pathlib import Path

import pytest
from mmengine.config import Config
from torch import nn

from pisnas_mm.models.complexity import TOTAL, build_on_meta, count
from pisnas_mm.reproduction.sizes import heads_of
from pisnas_mm.utils.configs import import_modules

CONFIGS = Path(__file__).parents[2] / 'configs'
DETECTORS = sorted(
    str(path.relative_to(CONFIGS).with_suffix(''))
    for path in CONFIGS.glob('*/*.py')
    if path.parent.name not in ('_base_', 'published', 'ranking', 'searched')
)
NUM_CLASSES = dict(coco=80, voc0712=20, voc=20, digits=10)
# Their classes take the place of the detector's own.
OWN_DATA = ('aquarium', 'bloodcells', 'bloodcells_320')
SHAPE = (800, 1280)  # MMDetection's model zoo counts here
# Params and conv MACs of MMDetection's ResNet-50 detectors, 80 classes, plain FPN.
FACTS = dict(fcos=(32.30e6, 199.8e9), gfl=(32.44e6, 207.6e9), retinanet=(37.97e6, 238.5e9))


@cache
def config(name: str) -> Config:
    cfg = Config.fromfile(CONFIGS / f'{name}.py', import_custom_modules=False)
    import_modules(cfg)
    return cfg


@pytest.mark.parametrize('name', DETECTORS)
def test_a_detector_config_is_whole(name: str) -> None:
    cfg = config(name)
    model = build_on_meta(cfg)
    if 'own_data' not in cfg:  # whose files say how many classes there are
        num_classes = NUM_CLASSES[name.rpartition('_')[2]]
        assert {head.num_classes for head in heads_of(cfg.model)} == {num_classes}
    for part in ('train_dataloader', 'val_evaluator', 'optim_wrapper', 'train_cfg', 'visualizer'):
        assert part in cfg
    if 'auto_scale_lr' in cfg:
        assert cfg.auto_scale_lr.enable is False
    assert cfg.get('load_from') is None
    backbone = cfg.model.backbone
    assert model.backbone.zero_init_residual
    assert 'Pretrained' not in str(backbone.get('init_cfg'))
    frozen = [key for key, p in model.backbone.named_parameters() if not p.requires_grad]
    assert frozen == []
    model.backbone.train()
    assert all(module.training for module in model.backbone.modules())


@pytest.mark.parametrize('detector', FACTS)
def test_the_baselines_are_as_large_as_the_papers(detector: str) -> None:
    cfg = config(f'{detector}/{detector}_r50_fpn_scratch-ms-6x_coco').copy()
    params, macs = FACTS[detector]
    scratch = build_on_meta(cfg)
    cfg = Config(cfg.to_dict())
    cfg.model.neck.norm_cfg = None
    if detector == 'retinanet':  # the others have group norms in their heads by themselves
        cfg.model.bbox_head.norm_cfg = None
    plain = build_on_meta(cfg)
    of_plain, of_scratch = count(plain, SHAPE)[TOTAL], count(scratch, SHAPE)[TOTAL]
    assert of_plain.params == pytest.approx(params, abs=0.005e6)
    assert of_plain.macs == pytest.approx(macs, rel=1e-3)
    # From scratch there are more norms, with scale and shift for their convolution's bias.
    added = [module for module in scratch.modules() if isinstance(module, nn.GroupNorm)]
    there = [module for module in plain.modules() if isinstance(module, nn.GroupNorm)]
    extra = (len(added) - len(there)) * (2 * 256 - 256)
    assert of_scratch == of_plain._replace(params=of_plain.params + extra)
    assert extra == {'fcos': 8, 'gfl': 8, 'retinanet': 16}[detector] * 256


def test_names_say_what_is_in_a_config() -> None:
    for name in DETECTORS:
        cfg, parts = config(name), Path(name).stem.split('_')
        assert cfg.dataset_type == ('VOCDataset' if parts[-1].startswith('voc') else 'CocoDataset')
        if parts[1] in ('r50', 'r101'):
            assert f'r{cfg.model.backbone.depth}' == parts[1]
        kinds = cfg.model.type.lower(), heads_of(cfg.model)[0].type.lower()
        assert any(kind.startswith(parts[0].replace('-', '')[:6]) for kind in kinds)


def test_the_demos_baseline_is_the_seed_of_its_search() -> None:
    arch = config('gfl/gfl_c2f-seed_fpn_5e_digits').model.backbone.arch
    assert arch == config('pis_digits').space.seed
