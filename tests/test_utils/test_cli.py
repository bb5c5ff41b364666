import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from pisnas_mm.utils import cli


def dataset(**given: Any) -> dict[str, Any]:
    return dict(type='CocoDataset', ann_file='annotations.json', **given)


# One line or a traceback


@pytest.mark.parametrize('error', [ValueError('two\n  lines'), FileNotFoundError('two\nlines')])
def test_own_refusals_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setitem(refuse.__globals__, '__name__', 'pisnas_mm.somewhere')
    with pytest.raises(SystemExit) as leaving, cli.one_line_errors():
        refuse()
    assert leaving.value.code == 2
    assert capsys.readouterr().err == 'error: two lines\n'


@pytest.mark.parametrize('error', [ValueError('x'), KeyError('x'), OSError('x')])
def test_other_errors_keep_their_traceback(error: Exception) -> None:
    @cli.one_line_errors()
    def main() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        main()
    assert raised.value is error


@pytest.mark.parametrize('error', [KeyError('x'), AssertionError('x'), TypeError('x')])
def test_own_bugs_keep_their_traceback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(fail.__globals__, '__name__', 'pisnas_mm.somewhere')
    with pytest.raises(type(error)), cli.one_line_errors():
        fail()


def test_the_module_needs_no_torch() -> None:
    code = "import pisnas_mm.utils.cli as c, sys; c.load_config; print('torch' in sys.modules)"
    env = {**os.environ, 'PYTHONPATH': str(Path(cli.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, '-c', code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == 'False\n'


# Arguments


def test_cfg_options_are_read_as_mmengine_reads_them() -> None:
    parser = cli.runner_parser('')
    args = parser.parse_args(
        ['c.py', '--cfg-options', 'a.b=1', 'c=[1,(2,x)]', 'd=e=f', '--cfg-options', 'g=None']
    )
    assert args.cfg_options == {'a.b': 1, 'c': [1, (2, 'x')], 'd': 'e=f', 'g': None}
    assert parser.parse_args(['c.py']).cfg_options == {}


def test_cfg_options_without_a_value_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.runner_parser('').parse_args(['c.py', '--cfg-options', 'a=1', 'b'])
    assert leaving.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--cfg-options: should be key=value pairs, but got 'a=1 b'" in line


@pytest.mark.parametrize('spelling', ['--local_rank', '--local-rank'])
def test_local_rank_in_both_spellings(spelling: str) -> None:
    assert cli.runner_parser('').parse_args(['c.py', f'{spelling}=3']).local_rank == 3


# Configs


def test_options_are_merged(tmp_path: Path) -> None:
    path = tmp_path / 'c.py'
    path.write_text('a = dict(b=1, c=[dict(d=1), dict(d=2)])')
    cfg = cli.load_config(str(path), {'a.b': 5, 'a.c.1.d': 7, 'new.key': 'x'})
    assert (cfg.a.b, cfg.a.c, cfg.new.key) == (5, [{'d': 1}, {'d': 7}], 'x')


@pytest.mark.parametrize(
    ('text', 'options', 'message'),
    [
        ('a = (', {}, 'cannot be read: SyntaxError: '),
        ('a = b', {}, "cannot be read: NameError: name 'b' is not defined"),
        ('_base_ = "no.py"', {}, 'cannot be read: FileNotFoundError: '),
        ('a = [1]', {'a.3': 1}, '--cfg-options do not fit config '),
        ('a = 1', {'a.b': 1}, '--cfg-options do not fit config '),
    ],
)
def test_bad_configs_are_refused(
    tmp_path: Path, text: str, options: dict[str, Any], message: str
) -> None:
    path = tmp_path / 'c.py'
    path.write_text(text)
    with pytest.raises(ValueError, match='config') as refusal:
        cli.load_config(str(path), options)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert '\n' not in str(refusal.value)


def test_a_search_config_is_no_detector(tmp_path: Path) -> None:
    path = tmp_path / 'c.py'
    path.write_text('search = dict(seed=0)')
    with pytest.raises(ValueError, match=f'^config {path} has no `model`; .* tools/search.py$'):
        cli.load_detector(str(path))
    assert cli.load_detector(str(path), {'model.type': 'GFL'}).model.type == 'GFL'


def test_imports_wait_for_the_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'imported_late.py').write_text('')
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / 'c.py'
    path.write_text("custom_imports = dict(imports=['imported_late'])\nrunner_type = 'Late'")
    cfg = cli.load_config(str(path))
    assert 'imported_late' not in sys.modules
    with pytest.raises(KeyError, match='Late is not in'):
        cli.build_runner(cfg)
    assert sys.modules.pop('imported_late')


@pytest.mark.parametrize('package', ['torch', 'mmcv', 'mmdet'])
def test_the_detector_stack_must_be_installed(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(cli, 'find_spec', lambda name: None if name == package else name)
    with pytest.raises(ValueError, match=f'^{package} is not installed'):
        cli.build_runner(Config())


def test_work_dir_must_be_writable(tmp_path: Path) -> None:
    file = tmp_path / 'file'
    file.touch()
    with pytest.raises(ValueError, match=f'folder {file} cannot be written .*--work-dir'):
        cli.check_writable(file, '--work-dir')
    cli.check_writable(tmp_path / 'new' / 'folder', '--work-dir')
    assert list((tmp_path / 'new' / 'folder').iterdir()) == []


@pytest.mark.parametrize('path', ['https://host/a.pth', 'torchvision://resnet18', 's3://b/a.pth'])
def test_addresses_are_not_looked_up(path: str) -> None:
    cli.check_checkpoint(path, '')


# Data


WRAPPERS = {
    'dataset': lambda inner: inner,
    'dataset.dataset': lambda inner: dict(type='RepeatDataset', times=2, dataset=inner),
    'dataset.datasets.1': lambda inner: dict(
        type='ConcatDataset', datasets=[dict(type='NoFiles'), inner]
    ),
    'dataset.dataset.datasets.0': lambda inner: dict(
        type='MultiImageMixDataset', dataset=dict(type='ConcatDataset', datasets=[inner])
    ),
}


@pytest.mark.parametrize('place', WRAPPERS)
def test_data_is_found_in_any_wrapper(tmp_path: Path, place: str) -> None:
    root = tmp_path / 'data'
    inner = dataset(data_root=f'{root}/', data_prefix=dict(img='images/', seg='unused/'))
    cfg = Config(dict(train_dataloader=dict(dataset=WRAPPERS[place](inner))))
    option = f'--cfg-options train_dataloader.{place}.data_root=FOLDER'
    with pytest.raises(ValueError, match='ann_file') as refusal:
        cli.check_data(cfg, 'train_dataloader')
    assert str(refusal.value) == (
        f'train_dataloader.{place}: ann_file {root}/annotations.json not found '
        f'(data_root: {root}/); put the data there, or say where it is: {option}'
    )
    root.mkdir()
    (root / 'annotations.json').touch()
    with pytest.raises(ValueError, match=f'{place}: data_prefix.img {root}/images not found'):
        cli.check_data(cfg, 'train_dataloader')
    (root / 'images').mkdir()
    cli.check_data(cfg, 'train_dataloader')


def test_the_named_option_mends_it(tmp_path: Path) -> None:
    (tmp_path / 'annotations.json').touch()
    inner = dataset(data_root='nowhere/')
    cfg = Config(dict(train_dataloader=dict(dataset=dict(datasets=[inner]))))
    cfg.merge_from_dict({'train_dataloader.dataset.datasets.0.data_root': str(tmp_path)})
    cli.check_data(cfg, 'train_dataloader')


@pytest.mark.parametrize('root', ['data/digits/', 'data/digits/voc', '/there/digits'])
def test_the_embedded_data_set_can_be_made(root: str) -> None:
    cfg = Config(dict(test_dataloader=dict(dataset=dataset(data_root=root))))
    folder = root.partition('digits')[0] + 'digits'
    with pytest.raises(ValueError, match=f'make it: python tools/make_digits.py {folder}$'):
        cli.check_data(cfg, 'test_dataloader')


@pytest.mark.parametrize('evaluators', [lambda e: e, lambda e: [dict(type='Other'), e]])
def test_evaluators_are_looked_through(evaluators: Any) -> None:
    cfg = Config(dict(val_evaluator=evaluators(dict(type='CocoMetric', ann_file='/no/a.json'))))
    with pytest.raises(ValueError, match=r'val_evaluator.* ann_file /no/a.json not found'):
        cli.check_data(cfg, 'val_evaluator')


@pytest.mark.parametrize(
    'inner',
    [
        dataset(data_root='s3://bucket/'),
        dataset(data_root='no/', backend_args=dict(backend='petrel')),
        dict(type='CocoDataset', ann_file='', data_root='', data_prefix=dict(img='')),
        dict(type='CocoMetric', ann_file=None),
    ],
)
def test_what_is_not_local_is_not_looked_for(inner: dict[str, Any]) -> None:
    cli.check_data(Config(dict(train_dataloader=dict(dataset=inner))), 'train_dataloader')


def test_a_config_without_validation_is_fine() -> None:
    cli.check_data(Config(dict(val_dataloader=None)), 'val_dataloader', 'val_evaluator')


# Data sets that the other tests stand on


def test_tiny_voc_is_read_by_mmdetection(tiny_voc: Path, tiny_coco: Path) -> None:
    from mmdet.datasets import CocoDataset, VOCDataset

    classes = dict(classes=('red', 'green', 'blue'))
    coco = CocoDataset(
        ann_file='annotations.json',
        data_root=str(tiny_coco),
        data_prefix=dict(img='images'),
        metainfo=classes,
    )
    voc = VOCDataset(
        ann_file='VOC2007/ImageSets/Main/trainval.txt',
        data_root=str(tiny_voc),
        data_prefix=dict(sub_data_root='VOC2007/'),
        metainfo=classes,
    )
    assert len(voc) == len(coco) == 8
    for i in range(8):
        things, others = (data.get_data_info(i)['instances'] for data in (coco, voc))
        assert len(things) == len(others) == 2
        for thing, other in zip(things, others, strict=True):
            assert thing['bbox_label'] == other['bbox_label']
            x1, y1, x2, y2 = thing['bbox']
            # VOC names the last pixel; MMDetection takes it for the edge.
            assert other['bbox'] == [x1, y1, x2 - 1, y2 - 1]


@pytest.mark.parametrize(
    ('wanted', 'message'),
    [
        (dict(imports='no_such_module'), 'no_such_module .*No module named .* PYTHONPATH names'),
        (dict(imports=['os', 'no_such_module']), 'Failed to import no_such_module'),
        (['os'], r"custom_imports should be a dict such as .* but got \['os'\]"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_in_a_line(wanted, message):
    with pytest.raises(ValueError, match=message) as raised:
        cli.import_modules({'custom_imports': wanted})
    assert '\n' not in str(raised.value)


def test_a_package_can_wait():
    cli.import_modules({'custom_imports': dict(imports='no_such_module.part')}, 'no_such_module')
