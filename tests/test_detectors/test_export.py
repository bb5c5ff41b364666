import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.registry import init_default_scope

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.detectors import (
    backbone_config,
    check_detector,
    detector_config,
    export,
    neck_channels,
    search_result,
)
from pisnas_mm.detectors.data import check_data
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.scores import Score
from pisnas_mm.search import Evaluation, Verification
from pisnas_mm.utils.configs import import_modules, set_work_dir
from pisnas_mm.utils.work_dir import WorkDir
from tests import layouts

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / 'configs'
NAMES = sorted(path.stem for path in CONFIGS.glob('*.py'))

GENOTYPE = Genotype(
    (
        ConvBNAct(3, 8, stride=2),
        BottleneckStage(8, 16, 4, stride=2),
        ConvBNAct(16, 16, stride=2, act='silu'),
        C2f(16, 24),
        BottleneckStage(24, 32, 8, num_blocks=2, stride=2),
        BottleneckStage(32, 40, 8, kernel_size=5, stride=2),
    )
)

all_configs = pytest.mark.parametrize('name', NAMES)


class Depth(Score):
    def __call__(self, genotype: Genotype) -> float:
        return float(sum(genotype.depths))


def detector_of(name: str) -> dict[str, Any]:
    return Config.fromfile(CONFIGS / f'{name}.py').to_dict()['detector']


def export_to(work_dir: Path, detector: dict[str, Any], folder: Path = CONFIGS) -> WorkDir:
    work_dir.mkdir(parents=True)
    seed = Genotype(GENOTYPE.blocks[:-1])
    result = search_result([Evaluation(GENOTYPE, (5.0,))], seed, Depth(), image_size=64)
    return export(result, detector, folder, work_dir, 'pis')


@pytest.fixture(scope='module')
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], WorkDir]:
    """The files of a config by its name; not to be changed. Formatting them takes a second."""
    return cache(lambda name: export_to(tmp_path_factory.mktemp(name) / 'work', detector_of(name)))


@pytest.mark.parametrize(
    ('ceiling', 'told'), [(5.2, True), (5.0, True), (8.0, False), (math.inf, False)]
)
def test_a_result_tells_of_a_bound_that_is_near(ceiling, told, monkeypatch):
    monkeypatch.setattr(Depth, 'ceiling', lambda score: ceiling)
    result = search_result([Evaluation(GENOTYPE, (5.0,))], GENOTYPE, Depth(), image_size=64)
    assert result.get('ceiling') == (ceiling if told else None)


def relative_paths(value: Any, place: str = 'cfg') -> Iterator[str]:
    """Data folders, and files that are in none, which depend on where the config is run."""
    if isinstance(value, dict) and {'root', 'train'} <= set(value):  # own_data: all is below it
        if not os.path.isabs(value['root']):
            yield f'{place}.root: {value["root"]}'
        return
    if isinstance(value, dict):
        key = 'data_root' if value.get('data_root') else 'ann_file'
        if not os.path.isabs(value.get(key, '/')):
            yield f'{place}.{key}: {value[key]}'
    if isinstance(value, dict | list | tuple):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from relative_paths(child, f'{place}.{key}')


def test_there_are_configs() -> None:
    assert {'pis_coco', 'pis_voc'} <= set(NAMES)


@all_configs
def test_exported_config_is_complete(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    exported: Callable[[str], WorkDir],
    name: str,
) -> None:
    detector = detector_of(name)
    check_detector(detector, CONFIGS, GENOTYPE)
    composed = detector_config(GENOTYPE, detector, CONFIGS).to_dict()
    assert list(relative_paths(composed)) == []
    text = exported(name).detector.read_text()
    assert not re.search(r'\b_base_\b', text)
    monkeypatch.chdir(tmp_path)
    Path('moved.py').write_text(text)
    cfg = Config.fromfile('moved.py', import_custom_modules=False)
    assert cfg.to_dict() == composed
    assert cfg.custom_imports.imports == ['pisnas_mm.models']
    assert cfg.model.backbone.arch == GENOTYPE.to_list()


@all_configs
def test_exported_detector_can_be_built(name: str) -> None:
    cfg = detector_config(GENOTYPE, detector_of(name), CONFIGS)
    import_modules(cfg)
    init_default_scope('mmdet')
    detector = MODELS.build(cfg.model)
    assert tuple(cfg.model.neck.in_channels) == detector.backbone.out_channels == (24, 32, 40)
    head = detector.bbox_head
    if hasattr(head, 'prior_generator'):
        strides = [width for width, _ in head.prior_generator.strides]
    else:  # YOLOv5's, whose anchors are its own
        strides = [*head.strides]
    assert strides[:3] == [*detector.backbone.out_strides] == [8, 16, 32]


def test_a_searched_yolov8_differs_from_the_baseline_in_the_backbone_alone() -> None:
    detector = detector_of('pis_yolov8_s_coco')
    baseline = Config.fromfile(CONFIGS / 'yolov8/yolov8_s_500e_coco.py').to_dict()
    seed = Genotype.from_list(baseline['model']['backbone']['arch'])
    searched = detector_config(seed, detector, CONFIGS).to_dict()
    whole = searched['model']['backbone'].pop('arch')
    assert whole == seed.to_list()
    del baseline['model']['backbone']['arch']
    assert searched['model'] == baseline['model']
    moved = {'data_root', 'train_dataloader', 'val_dataloader', 'test_dataloader'}
    moved |= {'val_evaluator', 'test_evaluator'}
    for key in searched.keys() - moved:
        assert searched[key] == baseline[key], key


def test_exported_config_runs_in_a_process_that_knows_nothing_of_us(
    tmp_path: Path, exported: Callable[[str], WorkDir]
) -> None:
    program = (
        'from mmengine import Config\n'
        'from mmengine.registry import MODELS, init_default_scope\n'
        f'cfg = Config.fromfile({str(exported("pis_coco").detector)!r})\n'
        'init_default_scope(cfg.default_scope)\n'
        'print(MODELS.build(cfg.model).backbone.out_channels)\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program],
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1:] == ['(24, 32, 40)'], done.stderr


def test_exporting_twice_gives_the_same_files(
    tmp_path: Path, exported: Callable[[str], WorkDir]
) -> None:
    again = export_to(tmp_path / 'again', detector_of('pis_coco'))
    names = sorted(path.name for path in again.folder.iterdir())
    assert names == ['backbone.py', 'best.json', 'pis_detector.py']
    for name in names:
        once = exported('pis_coco').folder / name
        assert once.read_bytes() == (again.folder / name).read_bytes()


def test_backbone_file_holds_the_backbone_of_the_detector(tmp_path: Path) -> None:
    options = dict(out_indices=(1, 2, 3), frozen_stages=0)
    (tmp_path / 'base.py').touch()
    detector = dict(base=['base.py'], backbone=options)
    files = export_to(tmp_path / 'work', detector, tmp_path)
    backbone = Config.fromfile(files.backbone).model.backbone
    assert backbone == Config.fromfile(files.detector).model.backbone
    assert backbone.to_dict() == backbone_config(GENOTYPE, options)
    assert files.backbone.read_text().startswith('# pis: score 5.0000, 0.0')


def test_what_was_verified_says_so(tmp_path: Path) -> None:
    (tmp_path / 'base.py').touch()
    seed = Genotype(GENOTYPE.blocks[:-1])
    verified = {
        GENOTYPE: Verification(4.5, 120.25, 0.75, 16, 'MonteCarloPRScore'),
        seed: Verification(3.5, 99.5, None, 1, 'MonteCarloPRScore'),
    }
    kept = [Evaluation(GENOTYPE, (5.0,)), Evaluation(Genotype(GENOTYPE.blocks[:-2]), (6.0,))]
    result = search_result(kept, seed, Depth(), 64, verified)
    files = export(result, dict(base=['base.py']), tmp_path, tmp_path, 'pis')
    written = json.loads(files.best.read_text())
    assert [entry['score'] for entry in written['best']] == [5, 6]
    assert written['best'][0]['verification'] == {
        'rank': None,
        'objective_rank': None,
        'seed': None,
        'score': 4.5,
        'pr_score': 120.25,
        'standard_error': 0.75,
        'num_draws': 16,
        'type': 'MonteCarloPRScore',
    }
    assert 'verification' not in written['best'][1]
    assert written['seed']['verification']['standard_error'] is None
    for file in (files.backbone, files.detector):
        headline = file.read_text(encoding='utf-8').splitlines()[0]
        assert headline.endswith(', Monte-Carlo PR score 120.2 ± 0.8')
        assert Config.fromfile(file).model.backbone.arch == GENOTYPE.to_list()


def test_options_are_merged_last() -> None:
    detector = detector_of('pis_coco')
    detector['options'] = {
        'model': dict(backbone=dict(norm_eval=True), bbox_head=dict(num_classes=7)),
        'custom_imports': dict(imports='my_hooks'),
        'data_root': 'my/coco',
    }
    cfg = detector_config(GENOTYPE, detector, CONFIGS)
    assert cfg.model.backbone.norm_eval is True
    assert cfg.model.backbone.arch == GENOTYPE.to_list()
    assert cfg.model.bbox_head.num_classes == 7
    assert cfg.custom_imports.imports == ['my_hooks', 'pisnas_mm.models']
    root = f'{Path("my/coco").absolute()}/'
    assert cfg.data_root == cfg.train_dataloader.dataset.data_root == root
    assert cfg.val_evaluator.ann_file == f'{root}annotations/instances_val2017.json'
    assert cfg.val_dataloader.dataset.ann_file == 'annotations/instances_val2017.json'


def test_the_neck_gets_what_appended_blocks_give(tmp_path: Path) -> None:
    (tmp_path / 'base.py').touch()
    append = [dict(type='SPPF', out_channels=36)]
    detector = dict(base=['base.py'], backbone=dict(append=append))
    check_detector(detector, tmp_path, GENOTYPE)
    cfg = detector_config(GENOTYPE, detector, tmp_path)
    assert cfg.model.backbone.arch == GENOTYPE.to_list()  # what was searched stays legible
    assert cfg.model.backbone.append == append
    assert cfg.model.neck.in_channels == [24, 32, 36]
    import_modules(cfg)
    assert MODELS.build(cfg.model.backbone).out_channels == (24, 32, 36)


def test_a_base_may_bring_imports_and_another_backbone(tmp_path: Path) -> None:
    base = """
custom_imports = dict(imports=['no_such_module'], allow_failed_imports=False)
data_root = 's3://bucket/data/'
file = data_root + 'train.json'
same_beginning = 's3://bucket/database'
model = dict(backbone=dict(type='ResNet', depth=50), neck=dict(type='FPN', in_channels=[8] * 3))
"""
    (tmp_path / 'base.py').write_text(base)
    cfg = detector_config(GENOTYPE, dict(base=['base.py']), tmp_path)
    assert cfg.custom_imports.imports == ['no_such_module', 'pisnas_mm.models']
    assert cfg.model.backbone.keys() == {'type', 'arch', 'out_indices'}
    assert cfg.model.neck == dict(type='FPN', in_channels=[24, 32, 40])
    assert cfg.file == 's3://bucket/data/train.json'
    (tmp_path / 'base.py').write_text(base.replace('s3://bucket/', ''))
    cfg = detector_config(GENOTYPE, dict(base=['base.py']), tmp_path)
    assert cfg.file == f'{Path("data").absolute()}/train.json'
    assert cfg.same_beginning == 'database'


def test_only_paths_are_moved(tmp_path: Path) -> None:
    """Not a class, an experiment or a name that begins like the data's folder."""
    base = """
data_root = 'kangaroo/'
kinds = ('kangaroo', 'kangaroo/small')
experiment_name = 'kangaroo'
model = dict(neck=dict(in_channels=[1]))
train_dataloader = dict(
    dataset=dict(
        type='CocoDataset',
        data_root=data_root,
        metainfo=dict(classes=('kangaroo', 'dog')),
        ann_file='kangaroo/train.json',
        data_prefix=dict(img='kangaroo/'),
    )
)
val_dataloader = dict(
    dataset=dict(
        type='CocoDataset',
        ann_file='kangaroo/val.json',
        data_prefix=dict(img='kangaroo/val/', seg=''),
    )
)
val_evaluator = [dict(type='CocoMetric', ann_file=data_root + 'val.json', prefix='kangaroo2')]
"""
    (tmp_path / 'base.py').write_text(base)
    cfg = detector_config(GENOTYPE, dict(base=['base.py']), tmp_path)
    root = f'{Path("kangaroo").absolute()}/'
    assert cfg.data_root == root
    assert cfg.kinds == ('kangaroo', 'kangaroo/small')
    assert cfg.experiment_name == 'kangaroo'
    train, val = cfg.train_dataloader.dataset, cfg.val_dataloader.dataset
    assert train.metainfo.classes == ('kangaroo', 'dog')
    # Relative to the data set's own root: kangaroo/kangaroo/.
    assert (train.data_root, train.ann_file) == (root, 'kangaroo/train.json')
    assert train.data_prefix == dict(img='kangaroo/')
    assert (val.ann_file, val.data_prefix) == (
        f'{root}val.json',
        dict(img=f'{root}val/', seg=''),
    )
    assert (cfg.val_evaluator[0].ann_file, cfg.val_evaluator[0].prefix) == (
        f'{root}val.json',
        'kangaroo2',
    )


def test_a_layout_that_cannot_train_is_told_at_the_search() -> None:
    detector = detector_of('pis_yolov8_n_coco')
    detector['options'] = dict(train_dataloader=dict(dataset=dict(data_root='mine/')))
    message = (
        r'train_dataloader\.dataset is a MultiImageMixDataset, to which data_root mean nothing'
    )
    with pytest.raises(ValueError, match=message):
        check_detector(detector, CONFIGS, GENOTYPE)
    detector['options'] = dict(model=dict(bbox_head=dict(num_classes=3)))
    with pytest.raises(ValueError, match=r'model\.bbox_head\.num_classes is 3, but .* has 80'):
        check_detector(detector, CONFIGS, GENOTYPE)


@pytest.mark.parametrize('name', ['pis_coco', 'pis_voc'])
def test_exported_detector_trains_and_is_evaluated(
    request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> None:
    layout, metrics, options = {
        'pis_coco': (layouts.coco, ['coco/bbox_mAP'], layouts.COCO),
        'pis_voc': (layouts.voc, ['pascal_voc/mAP', 'coco/bbox_mAP'], layouts.VOC),
    }[name]
    layout(request.getfixturevalue(name.replace('pis', 'tiny')), tmp_path / 'data')
    detector = detector_of(name)
    detector['options'] = dict(data_root=str(tmp_path / 'data'))
    cfg = detector_config(GENOTYPE, detector, CONFIGS)
    cfg.merge_from_dict(SMALL | options | layouts.named(tmp_path.name))
    cfg = Config(cfg.to_dict(), format_python_code=False)  # eight times a second
    check_data(cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    set_work_dir(cfg, str(tmp_path / 'run'))
    runner = build_runner(cfg)
    runner.train()
    scalars = runner.message_hub.log_scalars
    assert runner.iter == 1
    assert math.isfinite(scalars['train/loss'].current())
    for metric in metrics:
        assert 0 <= scalars[f'val/{metric}'].current() <= 1
    # Residual branches start at zero, and only training takes them from there.
    end = runner.model.backbone.stages[4][0].get_submodule('0.conv3').norm
    assert end.weight.count_nonzero() > 0


SMALL = {
    'model.neck.out_channels': 64,
    'model.bbox_head.in_channels': 64,
    'model.bbox_head.feat_channels': 64,
    **layouts.SMALL,
}


@pytest.mark.parametrize(
    ('detector', 'message'),
    [
        ('gfl_fpn.py', "detector should be a dict, but got 'gfl_fpn.py'"),
        (dict(bases=['base.py']), "unknown key `detector.bases`; did you mean 'base'?"),
        (
            dict(base=['base.py'], optons={}),
            "unknown key `detector.optons`; did you mean 'options'?",
        ),
        (dict(), 'detector.base should be a list of config files, but got None'),
        (dict(base=[]), 'detector.base should be a list of config files, but got []'),
        (dict(base='base.py'), "detector.base should be a list of config files, but got 'base.py'"),
        (dict(base=['base.py', 'gone.py']), 'detector.base: {folder}/gone.py not found'),
        (dict(base=['.']), 'detector.base: {folder} not found'),
        (
            dict(base=['base.py'], backbone='ResNet'),
            "detector.backbone should be a dict, but got 'ResNet'",
        ),
        (dict(base=['base.py'], options=[1]), 'detector.options should be a dict, but got [1]'),
        (
            dict(base=['base.py'], backbone=dict(out_indices=(3, 4, 5))),
            'detector.backbone.out_indices should be from 0 to 4, as the backbone has 5 stages, '
            'but got (3, 4, 5)',
        ),
        (
            dict(base=['base.py'], backbone=dict(append=[dict(type='SPFP')])),
            "detector.backbone.append[0]: block 'SPFP' is unknown; did you mean 'SPPF'?",
        ),
    ],
)
def test_mistakes_in_the_detector_are_named(tmp_path: Path, detector: Any, message: str) -> None:
    (tmp_path / 'base.py').touch()
    check_detector(dict(base=['base.py'], backbone={}, options={}), tmp_path, GENOTYPE)
    with pytest.raises(ValueError, match=f'^{re.escape(message.format(folder=tmp_path))}$'):
        check_detector(detector, tmp_path, GENOTYPE)


def test_a_base_that_is_no_config_is_named(tmp_path: Path) -> None:
    (tmp_path / 'base.py').write_text('model = dict(\n')
    with pytest.raises(ValueError, match=r'^detector.base: .*base.py do not make a config: Syntax'):
        check_detector(dict(base=['base.py']), tmp_path, GENOTYPE)


def test_channels_of_the_neck() -> None:
    assert neck_channels(GENOTYPE, (2, 3, 4)) == [24, 32, 40]
    assert neck_channels(GENOTYPE, [0]) == [8]


@pytest.mark.parametrize('out_indices', [(2, 3, 5), (-1, 2)])
def test_a_stage_that_does_not_exist(out_indices: tuple[int, ...]) -> None:
    message = (
        f'out_indices should be from 0 to 4, as the backbone has 5 stages, but got {out_indices}'
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        neck_channels(GENOTYPE, out_indices)
