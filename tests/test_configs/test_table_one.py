"""Table 1's other systems: as large as published, trained a step and evaluated."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from torch import nn

from pisnas_mm import measures
from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.detectors.images import padded_shape
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.models.complexity import TOTAL, build_on_meta, count
from pisnas_mm.utils.configs import import_modules, set_work_dir
from tests import layouts

CONFIGS = Path(__file__).parents[2] / 'configs'
SIDE = 128  # SpineNet's coarsest level has this stride


def config(name: str) -> Any:
    cfg = Config.fromfile(CONFIGS / f'{name}.py', import_custom_modules=False)
    import_modules(cfg)
    return cfg


# Million params and billion FLOPs of RetinaNet with SpineNet as published (Du et al., CVPR 2020,
# table 2, and tensorflow/models), at squares of so many pixels.
SPINENET = {
    '49_350e': (640, 28.5, 85.4),
    '96_350e': (1024, 43.0, 265.4),
    '143_350e': (1280, 66.9, 524.4),
    '190_500e': (1280, 163.6, 1885.0),
}


@pytest.mark.parametrize('name', SPINENET)
def test_spinenet_is_as_large_as_published(name: str) -> None:
    """Its authors count 90 classes, COCO's largest id, and two for each output of a batch norm."""
    side, params, flops = SPINENET[name]
    cfg = config(f'spinenet/retinanet_spinenet-{name}_coco')
    assert padded_shape(cfg) == (side, side)
    cfg.model.bbox_head.num_classes = 90
    model = build_on_meta(cfg)
    norm_outputs = 0

    def add(layer: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        nonlocal norm_outputs
        norm_outputs += output.numel()

    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(add)
    cost = count(model, (side, side))[TOTAL]
    assert round(cost.params / 1e6, 1) == params
    assert cost.macs / 1e9 == pytest.approx(flops, rel=4e-3)
    assert (cost.macs + 2 * norm_outputs) / 1e9 == pytest.approx(flops, rel=1e-3)


# The authors' codes (megvii-model/DetNAS): 0 to 2 are ShuffleNetV2's blocks with kernels of 3, 5
# and 7, 3 is the Xception-like one; blocks a stage; widths of the stem and of the stages.
OF_300M = '21202112331300313132'
OF_LARGE = '0031210203123320211320222131033313333333'
DETNAS = {
    '300m': (OF_300M, (4, 4, 8, 4), (16, 64, 160, 320, 640), 300e6),
    '1_3g': (OF_LARGE, (8, 8, 16, 8), (48, 96, 240, 480, 960), 1.3e9),
    '3_8g': (OF_LARGE, (8, 8, 16, 8), (72, 172, 432, 864, 1728), 3.8e9),
}


@pytest.mark.parametrize('name', DETNAS)
def test_detnas_nets_are_those_of_their_codes(name: str) -> None:
    code, depths, widths, macs = DETNAS[name]
    (architecture,) = read_architectures(str(CONFIGS / f'published/detnas_{name}.py'))
    stem, *blocks = architecture.genotype.blocks
    assert (stem.in_channels, stem.out_channels, stem.stride) == (3, widths[0], 2)
    found = []  # block by block: runs of equal ones are one stage of several
    for block in blocks:
        kind = 3 if type(block).__name__ == 'ShuffleXceptionStage' else (block.kernel_size - 3) // 2
        assert block.kernel_size == (3 if kind == 3 else 3 + 2 * kind)
        for i in range(block.num_blocks):
            found.append((str(kind), block.out_channels, 1 if i else block.stride))
    outs = [width for depth, width in zip(depths, widths[1:], strict=True) for _ in range(depth)]
    strides = [1 if i else 2 for depth in depths for i in range(depth)]
    assert found == list(zip(code, outs, strides, strict=True))
    # By name, without a classifier.
    assert measures.macs(architecture.genotype, 224) == pytest.approx(macs, rel=0.04)


# The authors' code of SPNet on COCO (huawei-noah/vega, issue 14): a digit a block, 2 doubles.
SPNET = '1111-21111-2111111111111111111111111-211-1'


@pytest.mark.parametrize('name', ['spnet', 'spnet_serial'])
def test_spnet_is_that_of_its_code(name: str) -> None:
    cfg = config(f'published/{name}')
    assert cfg.backbone.get('parallel', ()) == ((1, 0, 2, 1, 2) if name == 'spnet' else ())
    (architecture,) = read_architectures(str(CONFIGS / f'published/{name}.py'))
    *stem, _, _, _, _, _ = architecture.genotype.blocks
    assert [(block.out_channels, block.stride) for block in stem] == [(32, 2), (64, 2)]
    width = 64
    for block, code in zip(architecture.genotype.blocks[2:], SPNET.split('-'), strict=True):
        width *= 2 ** code.count('2')
        # ResNeXt's 32x4d: twice the width in 32 groups.
        assert (block.num_blocks, block.out_channels) == (len(code), 4 * width)
        assert (block.mid_channels, block.groups, block.kernel_size) == (2 * width, 32, 3)
    assert architecture.genotype.out_strides == (2, 4, 8, 16, 32, 64)


STEPS = [
    *(f'spinenet/retinanet_spinenet-{size}_350e_coco' for size in ('49s', '96', '143')),
    *(f'spinenet/retinanet_spinenet-{size}_coco' for size in ('49_250e', '49_500e', '190_500e')),
    *(f'detnas/faster-rcnn_detnas-{size}_fpn_scratch-ms-6x_coco' for size in ('300m', '1.3g')),
    'detnas/faster-rcnn_detnas-3.8g_fpn_scratch-ms-6x_coco',
    'spnas/cascade-rcnn_spnet_fpn_scratch-ms-6x_coco',
    'spnas/cascade-rcnn_spnet-serial_fpn_scratch-ms-6x_coco',
]


def small(cfg: Any, root: Path, name: str) -> Any:
    """The config with tiny images, three classes and few proposals, in one epoch of one step."""
    options = {k: v for k, v in layouts.SMALL.items() if not k.startswith('model.')}
    options |= layouts.COCO | layouts.named(name)
    options |= {'default_hooks.checkpoint.interval': 9, 'default_hooks.checkpoint.save_best': None}
    square = (SIDE, SIDE)
    if 'spinenet' in cfg.filename:
        options |= {
            'model.bbox_head.num_classes': 3,
            'model.test_cfg.score_thr': 0.0,
            'train_dataloader.dataset.pipeline.2.scale': square,
            'train_dataloader.dataset.pipeline.3.crop_size': square,
            'train_dataloader.dataset.pipeline.6.size': square,
            'val_dataloader.dataset.pipeline.1.scale': square,
            'val_dataloader.dataset.pipeline.2.size': square,
        }
    else:
        heads = cfg.model.roi_head.bbox_head
        places = [f'.{i}' for i in range(len(heads))] if isinstance(heads, list) else ['']
        for place in places:
            options[f'model.roi_head.bbox_head{place}.num_classes'] = 3
            options[f'model.train_cfg.rcnn{place}.sampler.num'] = 16
        options |= {
            'model.test_cfg.rcnn.score_thr': 0.0,
            'model.test_cfg.rpn.max_per_img': 20,
            'model.train_cfg.rpn_proposal.max_per_img': 20,
        }
    cfg = Config.fromstring(cfg.dump().replace(cfg.data_root, f'{root}/'), '.py')
    cfg.merge_from_dict(options)
    return cfg


@pytest.mark.parametrize('name', STEPS)
def test_it_is_trained_a_step_and_evaluated(tiny_coco: Path, tmp_path: Path, name: str) -> None:
    layouts.coco(tiny_coco, tmp_path / 'data')
    cfg = small(config(name), tmp_path / 'data', tmp_path.name)
    set_work_dir(cfg, str(tmp_path / 'run'))
    runner = build_runner(cfg)
    before = {key: p.detach().clone() for key, p in runner.model.named_parameters()}
    runner.train()
    scalars = runner.message_hub.log_scalars
    assert runner.iter == 1
    assert math.isfinite(scalars['train/loss'].current())
    assert 0 <= scalars['val/coco/bbox_mAP'].current() <= 1
    moved = [not torch.equal(p, before[key]) for key, p in runner.model.named_parameters()]
    assert sum(moved) > len(moved) / 2  # residual branches that end in zero wait for a step
