import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from pisnas_mm.app.arguments import config_parser
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, ConvBNAct
from pisnas_mm.checks import Problems
from pisnas_mm.datasets.checking import check_annotations
from pisnas_mm.datasets.own_data import check_own_data, put_own_data
from pisnas_mm.detectors import check_detector, detector_config
from pisnas_mm.detectors.data import check_data, load_with_data
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.utils.configs import set_work_dir
from tests import annotated, layouts
from tests.annotated import CLASSES

CONFIGS = Path(__file__).parents[2] / 'configs'
GENOTYPE = Genotype(
    (
        ConvBNAct(3, 8, stride=2),
        *(BottleneckStage(i, o, 8, stride=2) for i, o in [(8, 8), (8, 16), (16, 24), (24, 32)]),
    )
)
SCHEDULE = ['_base_/schedules/schedule_6x.py', '_base_/default_runtime.py']
BASES = {
    'gfl': ['_base_/detectors/gfl_fpn.py', '_base_/datasets/coco_ms.py', *SCHEDULE],
    'fcos': ['_base_/detectors/fcos_fpn.py', '_base_/datasets/coco_detection.py', *SCHEDULE],
    'retinanet': ['_base_/detectors/retinanet_fpn.py', '_base_/datasets/voc0712_ms.py', *SCHEDULE],
    'yolov8': ['_base_/detectors/yolov8_n.py', '_base_/yolov8_500e_coco.py'],
    'yolov8 on VOC': ['_base_/detectors/yolov8_n.py', '_base_/yolov8_500e_voc.py'],
}
FPN = {
    'neck.out_channels': 32,
    'bbox_head.in_channels': 32,
    'bbox_head.feat_channels': 32,
    'bbox_head.stacked_convs': 1,
    'test_cfg.nms_pre': 50,
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PISNAS_MM_CACHE', str(tmp_path / 'cache'))


def from_roboflow(root: Path) -> dict[str, Any]:
    """As Roboflow exports it: files beside the images, ids from 0, a class that has no boxes."""

    def change(data: annotated.Content) -> None:
        data['categories'].insert(0, dict(id=0, name='animals', supercategory='none'))
        for one in data['annotations']:
            one['id'] -= 1

    for split in ('train', 'valid'):
        annotated.write(root / split, change).rename(root / split / '_annotations.coco.json')
    return dict(
        root=str(root),
        train='train/_annotations.coco.json',
        val='valid/_annotations.coco.json',
    )


def in_voc_s_form(root: Path, tiny_voc: Path) -> dict[str, Any]:
    shutil.copytree(tiny_voc / 'VOC2007', root)
    return dict(
        form='voc',
        root=str(root),
        train='ImageSets/Main/train.txt',
        val='ImageSets/Main/val.txt',
        classes=('red', 'green', 'blue'),
    )


@pytest.mark.parametrize(
    ('name', 'form'),
    [
        ('gfl', 'coco'),
        ('fcos', 'coco'),
        ('retinanet', 'coco'),
        ('yolov8', 'coco'),
        ('gfl', 'voc'),
        ('yolov8 on VOC', 'voc'),
    ],
)
def test_every_detector_trains_on_own_data_and_is_evaluated(
    tmp_path: Path, tiny_voc: Path, name: str, form: str
) -> None:
    root = tmp_path / 'my data'
    data = from_roboflow(root) if form == 'coco' else in_voc_s_form(root, tiny_voc)
    detector = dict(base=BASES[name], data=data)
    check_detector(detector, CONFIGS, GENOTYPE)
    cfg = detector_config(GENOTYPE, detector, CONFIGS)
    assert cfg.model.bbox_head.num_classes == 3
    small = {
        'train_dataloader.batch_size': 4,
        'train_cfg.max_epochs': 1,
        'train_cfg.val_interval': 1,
        'model.test_cfg.score_thr': 0.0,  # at the start nothing scores high
        **{f'{part}_dataloader.num_workers': 0 for part in ('train', 'val')},
        **{f'{part}_dataloader.persistent_workers': False for part in ('train', 'val')},
        **layouts.named(tmp_path.name),
    }
    if 'yolov8' not in name:
        small |= {f'model.{key}': value for key, value in FPN.items()}
    cfg.merge_from_dict(small)
    _scale(cfg, 96)
    cfg = Config(cfg.to_dict(), format_python_code=False)
    check_data(cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    check_annotations(cfg, 'train', 'val', say=lambda line: None)
    set_work_dir(cfg, str(tmp_path / 'run'))
    runner = build_runner(cfg)
    runner.train()
    scalars = runner.message_hub.log_scalars
    repeated = 3 if name == 'retinanet' else 1  # as VOC's config has it
    assert runner.iter == {'coco': 1, 'voc': 2}[form] * repeated
    assert math.isfinite(scalars['train/loss'].current())
    assert 0 <= scalars['val/coco/bbox_mAP'].current() <= 1
    assert (form == 'voc') == ('val/pascal_voc/mAP' in scalars)
    names = CLASSES if form == 'coco' else ('red', 'green', 'blue')
    assert runner.val_dataloader.dataset.metainfo['classes'] == names


def _scale(value: Any, side: int) -> None:
    """Have every pipeline make small images."""
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            _scale(child, side)
    if isinstance(value, dict):
        if value.get('type') in ('Resize', 'Pad', 'Mosaic'):
            keys = {'Resize': 'scale', 'Pad': 'size', 'Mosaic': 'img_scale'}
            value[keys[value['type']]] = (side, side)
        elif value.get('type') == 'RandomResize':
            value['scale'] = [(side, side), (side, side)]
        elif value.get('type') == 'RandomAffine' and 'border' in value:
            value['border'] = (-side // 2, -side // 2)


def test_what_the_data_set_was_wrapped_in_stays() -> None:
    cfg = Config.fromfile(CONFIGS / '_base_/yolov8_500e_voc.py')
    cfg.model = dict(bbox_head=dict(num_classes=80), roi_head=[dict(num_classes=80)])
    outer, pipelines = cfg.train_dataloader.to_dict(), cfg.train_dataloader.dataset.pipeline
    load = cfg.train_dataloader.dataset.dataset.datasets[0].pipeline
    data = dict(root='mine', train=dict(ann_file='a.json', images='b'), val='c/d.json')
    put_own_data(cfg, data | {'classes': ['cat', 'dog'], 'test': 'e.json'})
    mixed = cfg.train_dataloader.dataset
    assert (mixed.type, mixed.pipeline) == ('MultiImageMixDataset', pipelines)
    assert cfg.train_dataloader.batch_size == outer['batch_size']
    root = f'{Path("mine").absolute()}/'
    assert mixed.dataset == dict(
        type='CocoDataset',
        data_root=root,
        metainfo=dict(classes=('cat', 'dog')),
        ann_file='a.json',
        data_prefix=dict(img='b/'),
        filter_cfg=dict(filter_empty_gt=False, min_size=32),
        pipeline=load,
    )
    assert cfg.val_dataloader.dataset.data_prefix == dict(img='c/')
    assert cfg.val_evaluator == dict(type='CocoMetric', metric='bbox', ann_file=f'{root}c/d.json')
    assert cfg.test_dataloader.dataset.ann_file == 'e.json'
    assert cfg.test_evaluator.ann_file == f'{root}e.json'
    assert cfg.model.bbox_head.num_classes == cfg.model.roi_head[0].num_classes == 2


def test_classes_are_those_that_have_boxes(tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIGS / '_base_/datasets/coco_detection.py')
    cfg.model = dict(bbox_head=dict(num_classes=80))
    put_own_data(cfg, from_roboflow(tmp_path))
    assert cfg.train_dataloader.dataset.metainfo.classes == CLASSES
    file = tmp_path / 'train/_annotations.coco.json'
    data = json.loads(file.read_text())
    data['categories'].reverse()
    file.write_text(json.dumps(data))
    data = dict(root=str(tmp_path), train='train/_annotations.coco.json', val='x.json')
    put_own_data(cfg, data)
    assert cfg.val_dataloader.dataset.metainfo.classes == CLASSES[::-1]


def test_the_search_checks_what_is_there(tmp_path: Path) -> None:
    data = from_roboflow(tmp_path)
    detector = dict(base=BASES['gfl'], data=data)
    check_detector(detector, CONFIGS, GENOTYPE)
    data['classes'] = ('Cat', 'Dog', 'Bird')
    with pytest.raises(ValueError, match=r"none of the classes \('Cat', 'Dog', 'Bird'\) is in it"):
        check_detector(detector, CONFIGS, GENOTYPE)
    data['root'] = 'nowhere'  # it may be searched here, and trained elsewhere
    check_detector(detector, CONFIGS, GENOTYPE)


def test_a_detector_that_was_not_searched_takes_them_too(tmp_path: Path) -> None:
    data = from_roboflow(tmp_path / 'my data')
    options = [f'own_data.{key}={value}' for key, value in data.items()]
    parser = config_parser('')
    args = parser.parse_args(['c.py', '--cfg-options', *options, 'own_data.classes=[dog,cat]'])
    config = str(CONFIGS / 'fcos/fcos_r50_fpn_scratch-ms-6x_coco.py')
    cfg = load_with_data(config, args.cfg_options)
    assert cfg.model.bbox_head.num_classes == 2
    assert cfg.train_dataloader.dataset.metainfo.classes == ('dog', 'cat')
    assert cfg.train_dataloader.dataset.data_root == f'{tmp_path}/my data/'
    assert 'own_data' not in cfg
    with pytest.raises(ValueError, match=r"unknown key `own_data\.rot`; did you mean 'root'\?"):
        load_with_data(config, {**args.cfg_options, 'own_data.rot': 1})


def test_without_the_file_classes_have_to_be_named() -> None:
    cfg = Config.fromfile(CONFIGS / '_base_/datasets/coco_detection.py')
    with pytest.raises(ValueError, match=r'^detector\.data\.classes should name the classes, as '):
        put_own_data(cfg, dict(root='nowhere', train='a.json', val='b.json'))


def test_a_base_without_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'base.py').write_text("model = dict(type='GFL', neck=dict(in_channels=[1]))\n")
    data = dict(root='.', train='a.json', val='b.json', classes=['a'])
    with pytest.raises(ValueError, match='the detector has no train_dataloader and val_dataloader'):
        detector_config(GENOTYPE, dict(base=['base.py'], data=data), tmp_path)


GOOD = dict(root='mine', train='a.json', val='b.json')


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        ('mine', "detector.data should be a dict with root, train and val, but got 'mine'"),
        ({**GOOD, 'trian': 1}, "unknown key `detector.data.trian`; did you mean 'train'?"),
        ({**GOOD, 'root': None}, 'detector.data.root should be a folder, but got None'),
        ({**GOOD, 'form': 'yolo'}, "detector.data.form should be 'coco' or 'voc', but got 'yolo'"),
        (dict(root='a', train='b'), 'detector.data.val should be an annotation file, or'),
        ({**GOOD, 'val': dict(images='v/')}, 'detector.data.val should be an annotation file, or'),
        (
            {**GOOD, 'val': dict(ann_file='v', image='v/')},
            "unknown key `detector.data.val.image`; did you mean 'images'?",
        ),
        ({**GOOD, 'classes': 'cat'}, "but got 'cat': write ('cat',)"),
        ({**GOOD, 'classes': ['cat', 'cat']}, "of different names, but got ['cat', 'cat']"),
        ({**GOOD, 'classes': []}, 'of different names, but got []'),
    ],
)
def test_mistakes_are_named(data: Any, message: str) -> None:
    check_own_data(GOOD)
    with pytest.raises(ValueError, match=re.escape(message)) as refusal:
        check_own_data(data)
    assert len(refusal.value.lines if isinstance(refusal.value, Problems) else [1]) == 1
