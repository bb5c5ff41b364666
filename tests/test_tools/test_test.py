import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from pisnas_mm.detectors import runner

RunTool = Callable[..., None]


def metrics(work_dir: Path) -> dict[str, float]:
    """What the only run in this work directory reported."""
    (path,) = work_dir.glob('*/*.json')
    return json.loads(path.read_text())


def test_metric_and_predictions(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, run_tool: RunTool
) -> None:
    out = tmp_path / 'new' / 'predictions.pkl'
    checkpoint = tiny_run / 'epoch_2.pth'
    run_tool('test', tiny_config, checkpoint, '--work-dir', tmp_path / 'work', '--out', out)

    (log,) = tiny_run.glob('*/vis_data/scalars.json')
    validated = [
        line for line in map(json.loads, log.read_text().splitlines()) if 'coco/bbox_mAP' in line
    ][-1]
    tested = metrics(tmp_path / 'work')
    assert tested['coco/bbox_mAP'] == validated['coco/bbox_mAP'] >= 0
    with out.open('rb') as file:
        predictions = pickle.load(file)
    assert [prediction['img_id'] for prediction in predictions] == list(range(8))
    assert set(predictions[0]['pred_instances']) == {'bboxes', 'labels', 'scores'}


def test_painted_images_and_augmentation(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, run_tool: RunTool
) -> None:
    out = tmp_path / 'predictions.pkl'
    args = ['--work-dir', tmp_path / 'work', '--show-dir', 'painted', '--tta', '--out', out]
    run_tool('test', tiny_config, tiny_run / 'epoch_2.pth', *args)
    assert len(list((tmp_path / 'work').glob('*/painted/*.png'))) == 8
    assert 'coco/bbox_mAP' in metrics(tmp_path / 'work')


VOC = """
_base_ = ['{base}']
load = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=(64, 64)),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(
        type='PackDetInputs',
        meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor', 'instances'),
    ),
]
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VOCDataset',
        metainfo=dict(classes=('red', 'green', 'blue')),
        data_root='{root}/',
        ann_file='VOC2007/ImageSets/Main/test.txt',
        data_prefix=dict(sub_data_root='VOC2007/'),
        test_mode=True,
        pipeline=load,
    ),
)
test_evaluator = [
    dict(type='VOCMetric', metric='mAP', eval_mode='area', iou_thrs=[0.1]),
    dict(type='CocoMetric', metric='bbox'),
]
"""


def test_augmentation_on_voc(
    tmp_path: Path, tiny_config: Path, tiny_voc: Path, tiny_run: Path, run_tool: RunTool
) -> None:
    config = tmp_path / 'voc.py'
    config.write_text(VOC.replace('{base}', str(tiny_config)).replace('{root}', str(tiny_voc)))
    figures = {}
    for flags in ((), ('--tta',)):
        work_dir = tmp_path / f'work{len(flags)}'
        run_tool('test', config, tiny_run / 'epoch_2.pth', '--work-dir', work_dir, *flags)
        figures[flags] = metrics(work_dir)
    plain, augmented = figures.values()
    assert plain['pascal_voc/mAP'] > 0.05
    assert augmented['pascal_voc/mAP'] > 0.7 * plain['pascal_voc/mAP']


def test_flags_change_the_config(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_config: Path,
    tiny_run: Path,
    run_tool: RunTool,
) -> None:
    class Recorder:
        def __init__(self, cfg: Any, *_: object, **__: object) -> None:
            self.cfg = cfg

        def test(self) -> None:
            recorded.append(self.cfg)

    recorded: list[Any] = []
    monkeypatch.setattr(runner, 'build_runner', Recorder)
    checkpoint = str(tiny_run / 'epoch_2.pth')
    args = [tiny_config, checkpoint, '--work-dir', tmp_path]
    run_tool('test', *args)
    run_tool('test', *args, '--show', '--wait-time', 0.5)
    run_tool('test', *args, '--tta')
    plain, shown, augmented = recorded
    assert plain.load_from == checkpoint
    assert 'visualization' not in plain.default_hooks
    hook = shown.default_hooks.visualization
    assert (hook.draw, hook.show, hook.wait_time) == (True, True, 0.5)
    assert (augmented.model.type, augmented.model.module) == ('DetTTAModel', plain.model)
    assert augmented.test_dataloader.dataset.pipeline[-1].type == 'TestTimeAug'


class Malicious:
    """Runs code where a pickle is loaded without care."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (f'open({str(self.mark)!r}, "w").close()',)


def test_code_in_a_checkpoint_is_refused(
    tmp_path: Path, tiny_config: Path, tiny_run: Path, run_tool: RunTool
) -> None:
    mark = tmp_path / 'mark'
    checkpoint = torch.load(tiny_run / 'epoch_2.pth', weights_only=True)
    path = tmp_path / 'malicious.pth'
    torch.save(dict(checkpoint, extra=Malicious(mark)), path)
    with pytest.raises(pickle.UnpicklingError, match='eval'):
        run_tool('test', tiny_config, path, '--work-dir', tmp_path / 'work')
    assert not mark.exists()
    torch.load(path, weights_only=False)  # the file would have done it
    assert mark.exists()


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['{missing}.py', '{checkpoint}'], 'config {missing}.py not found'),
        (
            ['{config}', '{missing}.pth'],
            'checkpoint {missing}.pth not found; looked for {missing}.pth; '
            'training writes work_dirs/CONFIG/epoch_N.pth',
        ),
        (
            [
                '{config}',
                '{checkpoint}',
                '--cfg-options',
                'test_evaluator.ann_file={missing}.json',
            ],
            'test_evaluator: ann_file {missing}.json not found; put the data there, '
            'or say where it is: --cfg-options test_evaluator.ann_file=PATH',
        ),
        (
            ['{config}', '{checkpoint}', '--out', 'predictions.json'],
            '--out should end in .pkl or .pickle, but got predictions.json',
        ),
        (
            ['{config}', '{checkpoint}', '--out', '{config}/predictions.pkl'],
            'folder {config} cannot be written (File exists); choose another with --out',
        ),
    ],
)
def test_user_errors_are_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tiny_config: Path,
    tiny_run: Path,
    run_tool: RunTool,
    args: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = dict(
        missing=tmp_path / 'missing', config=tiny_config, checkpoint=tiny_run / 'epoch_2.pth'
    )
    capsys.readouterr()
    with pytest.raises(SystemExit) as leaving:
        run_tool('test', *(arg.format(**names) for arg in args))
    assert leaving.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f'error: {message.format(**names)}')
