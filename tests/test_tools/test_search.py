import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SEARCH = REPOSITORY / 'tools' / 'search.py'
CONFIG = """
_base_ = ['{repository}/configs/_base_/search/c2f.py']
image_size = 128
constraints = dict(params=dict(type='Params', max=6e6))
search = dict(num_candidates=2000, population_size=64)
detector = dict(base=['{repository}/configs/_base_/detectors/gfl_fpn.py', 'data.py'])
"""
DATA = """
data_root = 'data/mine/'
train_dataloader = dict(dataset=dict(data_root=data_root, ann_file='train.json'))
val_evaluator = dict(ann_file=data_root + 'val.json')
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / 'configs' / 'small.py'
    path.parent.mkdir()
    path.write_text(CONFIG.format(repository=REPOSITORY))
    (path.parent / 'data.py').write_text(DATA)
    return path


def run(*arguments: object, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SEARCH), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def test_a_search_leaves_everything_a_training_needs(config, tmp_path):
    done = run(config, cwd=tmp_path)
    folder = tmp_path / 'work_dirs' / 'small'
    assert {path.name for path in folder.iterdir()} == {
        'backbone.py',
        'best.json',
        'checkpoint.json',
        'checkpoint.previous.json',
        'history.jsonl',
        'runs.jsonl',
        'search.log',
        'small.py',
        'small_detector.py',
    }
    result = json.loads((folder / 'best.json').read_text())
    assert len(result['best']) == 10
    assert result['best'][0]['score'] > result['seed']['score']
    assert f'{result["best"][0]["pr_score"]:.2f}' in done.stdout
    assert 'python tools/train.py work_dirs/small/small_detector.py' in done.stdout
    log = (folder / 'search.log').read_text()
    for part in ('2000/2000 candidates', 'candidates/s', 'rejected', 'params', 'best', 'ETA 0:00'):
        assert part in log


def test_the_detector_config_is_whole_and_finds_its_data_from_anywhere(config, tmp_path):
    from mmengine.config import Config

    run(config, cwd=tmp_path)
    moved = (tmp_path / 'work_dirs').rename(tmp_path / 'elsewhere')
    cfg = Config.fromfile(moved / 'small' / 'small_detector.py', import_custom_modules=False)
    best = json.loads((moved / 'small' / 'best.json').read_text())['best'][0]
    assert cfg.model.backbone.arch == best['arch']
    assert cfg.model.neck.in_channels == best['out_channels'][2:]
    assert cfg.custom_imports.imports == ['pisnas_mm.models']
    assert cfg.train_dataloader.dataset.data_root == f'{tmp_path}/data/mine/'
    assert cfg.train_dataloader.dataset.ann_file == 'train.json'
    assert cfg.val_evaluator.ann_file == f'{tmp_path}/data/mine/val.json'
    fragment = Config.fromfile(moved / 'small' / 'backbone.py', import_custom_modules=False)
    assert fragment.model.backbone.arch == best['arch']


def test_the_dumped_config_runs_again(config, tmp_path):
    run(config, '--work-dir', 'first', '--seed', 3, cwd=tmp_path)
    run(tmp_path / 'first' / 'small.py', '--work-dir', 'second', cwd=tmp_path)
    for file in ('best.json', 'small_detector.py'):
        first = (tmp_path / 'first' / file).read_bytes()
        assert (tmp_path / 'second' / file).read_bytes() == first


def test_two_runs_give_the_same_bytes_and_another_seed_others(config, tmp_path):
    for name, *options in (['a'], ['b'], ['c', '--seed', 1]):
        run(config, '--work-dir', tmp_path / name, *options, cwd=tmp_path)
    for file in ('best.json', 'backbone.py', 'small_detector.py', 'history.jsonl'):
        contents = [(tmp_path / name / file).read_bytes() for name in 'abc']
        assert contents[0] == contents[1]
        assert (file != 'history.jsonl') or contents[0] != contents[2]


def test_a_report_changes_no_other_file(config, tmp_path):
    pytest.importorskip('vl_convert')
    done = run(config, '--work-dir', 'plain', cwd=tmp_path)
    assert 'look at it with     python tools/analysis_tools/report.py plain\n' in done.stdout
    done = run(config, '--work-dir', 'shown', '--report', cwd=tmp_path)
    assert 'report              shown/report.html\n' in done.stdout
    names = {path.name for path in (tmp_path / 'plain').iterdir()}
    assert {path.name for path in (tmp_path / 'shown').iterdir()} == {*names, 'report.html'}
    for name in names - {'runs.jsonl', 'search.log', 'small.py'}:
        plain = (tmp_path / 'plain' / name).read_bytes()
        assert (tmp_path / 'shown' / name).read_bytes() == plain


def test_a_search_shows_where_a_training_does(config, tmp_path):
    config.write_text(config.read_text() + "vis_backends = [dict(type='LocalVisBackend')]\n")
    run(config, '--work-dir', 'shown', cwd=tmp_path)
    (path,) = (tmp_path / 'shown').glob('*/vis_data/scalars.json')
    last = json.loads(path.read_text().splitlines()[-1])
    best = json.loads((tmp_path / 'shown' / 'best.json').read_text())['best'][0]
    assert (last['step'], last['search/best_score']) == (2000, best['score'])


def test_an_interrupted_search_goes_on_to_the_same_end(config, tmp_path):
    more = ('--cfg-options', 'search.num_candidates=12000')
    run(config, '--work-dir', 'whole', *more, cwd=tmp_path)
    command = [sys.executable, str(SEARCH), str(config), '--work-dir', 'cut', *more]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        history = tmp_path / 'cut' / 'history.jsonl'
        while not (history.exists() and history.stat().st_size):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert 'interrupted by SIGINT; go on with: python' in errors
    assert errors.strip().endswith('--resume')
    run(config, '--work-dir', 'cut', *more, '--resume', cwd=tmp_path)
    for file in ('best.json', 'history.jsonl', 'checkpoint.json', 'small_detector.py'):
        whole = (tmp_path / 'whole' / file).read_bytes()
        assert (tmp_path / 'cut' / file).read_bytes() == whole


VERIFY = (
    'verify.type=MonteCarloPRScore',
    'verify.top_k=3',
    'verify.num_draws=2',
    'verify.batch_size=2',
)


def test_the_best_are_verified_at_once_or_after_the_search(config, tmp_path):
    from pisnas_mm.architectures.genotype import Genotype
    from pisnas_mm.scores import MonteCarloPRScore

    small = ('--cfg-options', 'image_size=64')
    run(config, '--work-dir', 'later', *small, cwd=tmp_path)
    searched = json.loads((tmp_path / 'later' / 'best.json').read_text())
    run(config, '--work-dir', 'later', *small, *VERIFY, '--resume', cwd=tmp_path)
    done = run(config, '--work-dir', 'once', *small, *VERIFY, cwd=tmp_path)
    for file in ('best.json', 'history.jsonl', 'checkpoint.json', 'small_detector.py'):
        assert (tmp_path / 'later' / file).read_bytes() == (tmp_path / 'once' / file).read_bytes()

    result = json.loads((tmp_path / 'once' / 'best.json').read_text())
    best = [dict(entry) for entry in result['best']]
    found = [entry.pop('verification', None) for entry in best]
    assert best[3:] == searched['best'][3:]
    assert found[3:] == [None] * 7
    assert sorted(map(str, best)) == sorted(map(str, searched['best']))
    assert found[0]['score'] >= found[1]['score'] >= found[2]['score']
    score = MonteCarloPRScore(64, num_draws=2, batch_size=2)
    for entry in (*result['best'][:3], result['seed']):
        sampled = entry['verification']
        assert sampled['pr_score'] == pytest.approx(score(Genotype.from_list(entry['arch'])))
        assert sampled['score'] - sampled['pr_score'] == pytest.approx(
            entry['score'] - entry['pr_score']
        )
    text = f'{found[0]["pr_score"]:.1f} ± {found[0]["standard_error"]:.1f}'
    assert 'PR (Monte-Carlo)' in done.stdout
    for file in ('small_detector.py', 'search.log'):
        assert text in (tmp_path / 'once' / file).read_text(encoding='utf-8')
    assert text in done.stdout


PLUGIN = """
import os
import pathlib
import signal

from pisnas_mm.registry import SCORES
from pisnas_mm.scores import PRScore


@SCORES.register_module()
class Contrary(PRScore):
    def __init__(self, image_size, num_draws):
        super().__init__(image_size)
        self.num_draws = num_draws

    def draws(self, genotype):
        if self.num_draws > 1 and pathlib.Path('interrupt').exists():
            os.kill(os.getpid(), signal.SIGINT)
        return [[-9 * radius for radius in self.radii(genotype)]] * self.num_draws
"""


def test_an_interrupted_verification_goes_on_after_the_search(config, tmp_path, monkeypatch):
    (tmp_path / 'plugin.py').write_text(PLUGIN)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    more = ('--cfg-options', 'custom_imports.imports=plugin', 'verify.type=Contrary')
    (tmp_path / 'interrupt').touch()
    done = run(config, *more, cwd=tmp_path, code=130)
    assert done.stderr.startswith('interrupted by SIGINT; go on with: python')
    folder = tmp_path / 'work_dirs' / 'small'
    history = (folder / 'history.jsonl').read_bytes()
    assert json.loads(history.splitlines()[-1])['candidates'] == 2000
    assert not (folder / 'best.json').exists()
    (tmp_path / 'interrupt').unlink()
    run(config, *more, '--resume', cwd=tmp_path)
    assert (folder / 'history.jsonl').read_bytes() == history

    best = json.loads((folder / 'best.json').read_text())['best']
    verified = [entry['verification']['score'] for entry in best]
    assert verified == sorted(verified, reverse=True)
    assert best[0]['score'] <= max(entry['score'] for entry in best)
    assert best[0]['verification']['pr_score'] == pytest.approx(-9 * best[0]['pr_score'])
    assert f'score {best[0]["score"]:.4f}' in (folder / 'small_detector.py').read_text('utf-8')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--cfg-options', 'serch.seed=1'], "unknown key `serch` .* did you mean 'search'?"),
        (['--cfg-options', 'search.sed=1'], "unknown key `search.sed` .* did you mean 'seed'?"),
        (['--cfg-options', 'constraints.params.max=10'], 'constraints.params cannot be met'),
        (
            ['--cfg-options', 'verify.type=MonteCarloPRScore', 'verify.topk=1'],
            "unknown key `verify.topk` .* did you mean 'top_k'?",
        ),
        (
            ['--cfg-options', 'verify.type=MonteCarloPRScore', 'verify.device=gpu'],
            '^error: verify: .*gpu',
        ),
        (['--cfg-options', 'detector.bass=1'], "unknown key `detector.bass`; .* 'base'?"),
        (['--cfg-options', 'detector.base=[no.py]'], 'detector.base: .*configs/no.py not found'),
        (
            ['--cfg-options', 'vis_backends=NoBackend'],
            "vis_backends: 'NoBackend' is unknown; did you mean 'LocalVisBackend'",
        ),
        (['--work-dir', '/proc/search'], 'folder /proc/search cannot be written'),
        (['--resume'], 'nothing to resume: work_dirs/small/checkpoint.json not found'),
        (['--seed', 'x'], "argument --seed: invalid int value: 'x'"),
    ],
)
def test_a_mistake_is_one_line(config, tmp_path, arguments, message):
    done = run(config, *arguments, cwd=tmp_path, code=2)
    assert done.stdout == ''
    assert len(done.stderr.splitlines()) == 1
    assert re.search(message, done.stderr)


def test_a_search_imports_no_torch(tmp_path):
    program = (
        'import sys, runpy\n'
        f'sys.argv = ["search.py", "{REPOSITORY}/configs/pis_coco.py", "--work-dir", sys.argv[1],\n'
        '            "--cfg-options", "search.num_candidates=200"]\n'
        f'runpy.run_path("{SEARCH}", run_name="__main__")\n'
        'heavy = {"torch", "mmcv", "mmdet", "cv2", "matplotlib", "PIL"} & set(sys.modules)\n'
        'assert not heavy, heavy\n'
    )
    command = [sys.executable, '-c', program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_all_mistakes_are_told_at_once_one_line_each(config, tmp_path):
    mistakes = ('serch.seed=1', 'search.sed=1', 'detector.base=[no.py]', 'constraints.params.mx=1')
    done = run(config, '--cfg-options', *mistakes, cwd=tmp_path, code=2)
    assert [line.partition(';')[0] for line in done.stderr.splitlines()] == [
        'error: unknown key `serch` in the search config',
        'error: constraints.params: Params takes no `mx`',
        'error: unknown key `search.sed` in the search config',
        f'error: detector.base: {config.parent}/no.py not found',
    ]
    assert not (tmp_path / 'work_dirs').exists()
