from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from mmdet.engine.hooks import PipelineSwitchHook
from mmdet.registry import DATASETS, MODELS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from torch import nn

from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.models.complexity import count
from pisnas_mm.utils.configs import import_modules, load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
NAMES = sorted(path.stem for path in (CONFIGS / 'yolov8').glob('*.py'))
SIZES = 'nsmlx'
# Published with YOLOv8, for 80 classes. Params include the 16 constants that the mean of a
# distribution is taken with; operations are in billions at 640², two for a multiply-add.
PARAMS = dict(n=3_157_200, s=11_166_560, m=25_902_640, l=43_691_520, x=68_229_648)
OPERATIONS = dict(n=8.7, s=28.6, m=78.9, l=165.2, x=257.8)
# OpenMMLab's counts in 10⁹ multiply-adds, with what they add for norms and activations.
MODEL_ZOO = dict(n=4.40, s=14.36, m=39.57, l=82.73)

all_sizes = pytest.mark.parametrize('size', SIZES)


def config(name: str, **options: Any) -> Config:
    cfg = load_config(str(CONFIGS / f'{name}.py'), options)
    import_modules(cfg)
    init_default_scope('mmdet')
    return cfg


def detector(size: str, device: str = 'cpu', **options: Any) -> nn.Module:
    cfg = config(f'yolov8/yolov8_{size}_500e_coco', **options)
    with torch.device(device):
        return MODELS.build(cfg.model)


@pytest.mark.parametrize('name', NAMES)
def test_every_config_makes_a_detector(name: str) -> None:
    cfg = config(f'yolov8/{name}')
    text = (CONFIGS / 'yolov8' / f'{name}.py').read_text()
    assert 'mmdet::' not in text
    with torch.device('meta'):
        model = MODELS.build(cfg.model)
    num_classes = dict(coco=80, voc=20, digits=10)[name.rpartition('_')[2]]
    assert model.bbox_head.num_classes == num_classes
    assert model.backbone.out_strides == model.bbox_head.strides
    assert {'train_dataloader', 'optim_wrapper', 'param_scheduler', 'custom_imports'} <= {*cfg}


def test_there_are_configs() -> None:
    assert {f'yolov8_{size}_500e_coco' for size in SIZES} <= {*NAMES}


@all_sizes
def test_params_are_those_published(size: str) -> None:
    model = detector(size, 'meta')
    learnable = sum(p.numel() for p in model.parameters())
    assert learnable + model.bbox_head.bins.numel() == PARAMS[size]


@all_sizes
def test_operations_are_those_published(size: str) -> None:
    macs = count(detector(size, 'meta'), (640, 640))['total'].macs
    assert 2 * macs / 1e9 == pytest.approx(OPERATIONS[size], abs=0.06)
    if size in MODEL_ZOO:
        assert macs / 1e9 == pytest.approx(MODEL_ZOO[size], rel=0.02)


@all_sizes
def test_norms_are_those_of_yolov8(size: str) -> None:
    norms = [m for m in detector(size, 'meta').modules() if isinstance(m, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.03)}


def sample(*boxes: list[float], side: int = 64) -> DetDataSample:
    labels = torch.arange(len(boxes))
    return DetDataSample(
        metainfo=dict(img_shape=(side, side), scale_factor=(1.0, 1.0)),
        gt_instances=InstanceData(bboxes=torch.tensor(boxes).reshape(-1, 4), labels=labels),
    )


def test_gradients_reach_every_parameter() -> None:
    # As many points as there are, so that every level learns boxes.
    model = detector('n', **{'model.train_cfg.assigner.topk': 1000})
    model.init_weights()
    torch.manual_seed(0)
    images = torch.randn(2, 3, 128, 128)
    samples = [sample([0.0, 0, 128, 128], side=128), sample([4.0, 4, 100, 90], side=128)]
    losses = model(images, samples, mode='loss')
    sum(losses.values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize(('height', 'width'), [(97, 131), (33, 64), (20, 15)])
def test_images_of_any_size(height: int, width: int) -> None:
    model = detector('n', **{'model.test_cfg.score_thr': 0.0}).eval()
    model.init_weights()
    image = torch.randint(256, (3, height, width), dtype=torch.uint8)
    meta = dict(img_shape=(height, width), ori_shape=(2 * height, width), scale_factor=(1.0, 0.5))
    (result,) = model.test_step(dict(inputs=[image], data_samples=[DetDataSample(metainfo=meta)]))
    boxes = result.pred_instances.bboxes
    assert len(boxes) > 0
    assert (boxes >= 0).all()
    assert (boxes <= torch.tensor([width, 2 * height] * 2)).all()
    # Without the preprocessor's padding, too.
    classes, _ = model(image[None] / 255, mode='tensor')
    strides = model.bbox_head.strides
    shapes = [(-(-height // stride), -(-width // stride)) for stride in strides]
    assert [tuple(level.shape[2:]) for level in classes] == shapes


def test_padding_has_the_letterbox_grey() -> None:
    model = detector('n')
    image = torch.zeros(3, 30, 32, dtype=torch.uint8)
    image[0] = 255  # blue: OpenCV's order
    inputs = model.data_preprocessor(dict(inputs=[image], data_samples=[sample()]))['inputs']
    assert inputs.shape == (1, 3, 32, 32)
    torch.testing.assert_close(
        inputs[0, :, :30], torch.tensor([0.0, 0, 1]).view(3, 1, 1).expand(3, 30, 32)
    )
    torch.testing.assert_close(inputs[0, :, 30:], torch.full((3, 2, 32), 114 / 255))


def coco_options(root: Path) -> dict[str, Any]:
    classes = {'metainfo.classes': ('red', 'green', 'blue')}
    data = dict(ann_file='annotations.json', data_root=str(root), **{'data_prefix.img': 'images'})
    places = ('train_dataloader.dataset.dataset', 'val_dataloader.dataset')
    options = {f'{place}.{key}': v for place in places for key, v in (data | classes).items()}
    return options | {
        'val_evaluator.ann_file': str(root / 'annotations.json'),
        'model.bbox_head.num_classes': 3,
    }


def voc_options(root: Path) -> dict[str, Any]:
    years = [f'train_dataloader.dataset.dataset.datasets.{i}' for i in (0, 1)]
    places = [*years, 'val_dataloader.dataset']
    own = {
        'data_root': str(root),
        'metainfo.classes': ('red', 'green', 'blue'),
        'data_prefix.sub_data_root': 'VOC2007/',
    }
    options = {f'{place}.{key}': value for place in places for key, value in own.items()}
    for year in years:
        options |= {f'{year}.ann_file': 'VOC2007/ImageSets/Main/trainval.txt', f'{year}.indices': 4}
    return options | {'model.bbox_head.num_classes': 3}


@pytest.fixture(params=['n_500e_coco', 's_500e_voc'])
def tiny(request: pytest.FixtureRequest, tiny_coco: Path, tiny_voc: Path) -> tuple[str, dict]:
    """A baseline's name, and options by which it is trained on tiny data."""
    is_coco = request.param.endswith('coco')
    options = coco_options(tiny_coco) if is_coco else voc_options(tiny_voc)
    return f'yolov8/yolov8_{request.param}', options


def test_mosaic_is_closed(tiny: tuple[str, dict]) -> None:
    name, options = tiny
    cfg = config(name, **options)
    (hook,) = (hook for hook in cfg.custom_hooks if hook['type'] == 'PipelineSwitchHook')
    assert hook.switch_epoch == cfg.train_cfg.max_epochs - 10
    dataset = DATASETS.build(cfg.train_dataloader.dataset)

    def objects() -> int:
        """In a look at every image, each of which has two objects."""
        items = [dataset[i] for i in range(len(dataset))]
        assert {tuple(item['inputs'].shape) for item in items} == {(3, 640, 640)}
        return max(len(item['data_samples'].gt_instances) for item in items)

    assert objects() > 2
    runner = SimpleNamespace(
        epoch=hook.pop('switch_epoch') - 1,
        train_dataloader=SimpleNamespace(dataset=dataset),
        logger=SimpleNamespace(info=lambda _: None),
    )
    switch = PipelineSwitchHook(runner.epoch + 1, hook.switch_pipeline)
    switch.before_train_epoch(runner)
    assert objects() > 2
    runner.epoch += 1
    switch.before_train_epoch(runner)
    assert 0 < objects() <= 2


def test_the_whole_recipe_runs(tmp_path: Path, tiny: tuple[str, dict]) -> None:
    """Two epochs, the last one without mosaic, in worker processes that stay."""
    name, options = tiny
    cfg = config(name, **options)
    cfg.model = config('_base_/detectors/yolov8_n').model  # the fastest
    cfg.model.bbox_head.num_classes = 3
    cfg.merge_from_dict(
        {
            'train_cfg.max_epochs': 2,
            'train_cfg.val_interval': 2,
            'train_dataloader.batch_size': 4,
            'train_dataloader.num_workers': 1,
            'val_dataloader.num_workers': 0,
            'val_dataloader.persistent_workers': False,
            'val_dataloader.dataset.indices': 4,
        }
    )
    cfg.test_dataloader, cfg.test_evaluator = cfg.val_dataloader, cfg.val_evaluator
    for hook in cfg.custom_hooks:
        if 'switch_epoch' in hook:
            hook.switch_epoch = 1
    cfg.work_dir, cfg.experiment_name = str(tmp_path), tmp_path.name
    cfg = Config(cfg.to_dict(), format_python_code=False)  # formatting takes seconds
    build_runner(cfg).train()
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert log.count('Switch pipeline now!') == 1
    state = torch.load(tmp_path / 'epoch_2.pth', weights_only=True)
    assert state['ema_state_dict']['steps'] > 0
    assert all(value.isfinite().all() for value in state['state_dict'].values())


def test_norms_and_biases_do_not_decay() -> None:
    from mmengine.optim import build_optim_wrapper

    cfg = config('yolov8/yolov8_n_500e_coco')
    model = MODELS.build(cfg.model)
    groups = build_optim_wrapper(model, cfg.optim_wrapper).optimizer.param_groups
    decays = {id(p): group['weight_decay'] for group in groups for p in group['params']}
    for name, parameter in model.named_parameters():
        weight = name.endswith('weight') and '.bn.' not in name
        assert decays[id(parameter)] == (1e-3 if weight else 0), name
