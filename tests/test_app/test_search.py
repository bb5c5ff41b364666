import json
import logging
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from mmengine.config import Config

import pisnas_mm
from pisnas_mm import search_backbone
from pisnas_mm.search import Interrupted, Searcher
from pisnas_mm.search.runs import read_runs
from tests.test_search import small

REPOSITORY = Path(__file__).parents[2]
FILES = ('backbone.py', 'best.json', 'history.jsonl', 'checkpoint.json')  # the first has a name


@pytest.fixture
def config(tmp_path):
    """A search config as a file."""
    base = str(REPOSITORY / 'configs/_base_/detectors/gfl_fpn.py')
    cfg = small.config(num_candidates=400) | dict(
        detector=dict(base=[base], backbone=dict(out_indices=(0, 1, 2)))
    )
    path = tmp_path / 'small.py'
    path.write_text(''.join(f'{key} = {value!r}\n' for key, value in cfg.items()))
    return path


def same(one, other, files=FILES):
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in files)


def test_a_file_a_config_and_a_dict_give_the_same(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read = Config.fromfile(config)
    before = read.to_dict()
    for name, given in (('a', config), ('b', str(config)), ('c', read), ('d', read.to_dict())):
        result = search_backbone(given, work_dir=name)
        assert same(tmp_path / name, tmp_path / 'a', FILES if name < 'd' else FILES[1:])
    assert read.to_dict() == before
    assert result.files.detector == Path('d/config_detector.py')
    assert (tmp_path / 'a' / 'small_detector.py').is_file()


def test_the_result_is_what_was_written(config, tmp_path):
    result = search_backbone(config, work_dir=tmp_path / 'out', options={'search.seed': 3})
    written = json.loads((tmp_path / 'out/best.json').read_text())
    assert json.loads(json.dumps({'seed': result.seed, 'best': result.best})) == written
    assert result.files.best == tmp_path / 'out/best.json'
    for file in (result.files.backbone, result.files.detector, result.files.config):
        Config.fromfile(file, import_custom_modules=False)
    assert 'seed=3' in result.files.config.read_text()
    head, _, searched, *lines = repr(result).splitlines()
    assert head.endswith('radii C2-C5 (px)')
    assert f'{result.best[0]["params"] / 1e6:.3f} M' in searched
    assert f'detector config     {result.files.detector}' in lines


def test_a_result_says_how_near_the_score_came_to_its_bound(config, tmp_path):
    result = search_backbone(config, work_dir=tmp_path)
    best = result.best[0]['score']
    told = repr(replace(result, ceiling=best / 0.99))
    assert (
        f'within 1.00% of the best possible: no architecture of the space exceeds {best / 0.99:.2f}'
        in told
    )
    assert 'exceeds' not in repr(replace(result, ceiling=None))


def test_a_bound_can_be_asked_for_once_a_search_is_over(config, tmp_path):
    options = {'space.kernel_sizes': [3]}
    over = search_backbone(config, work_dir=tmp_path, options=options)
    candidates = json.loads(over.files.checkpoint.read_text())['state']['counts']['candidates']
    options |= {'search.bound': True}
    bounded = search_backbone(config, work_dir=tmp_path, options=options, resume=True)
    best = bounded.best[0]['score']
    assert bounded.best == over.best
    assert (
        json.loads(bounded.files.checkpoint.read_text())['state']['counts']['candidates']
        == candidates
    )
    assert bounded.ceiling is not None
    assert best <= bounded.ceiling < 1.1 * best
    assert json.loads(bounded.files.best.read_text())['ceiling'] == bounded.ceiling
    assert f'exceeds {bounded.ceiling:.2f}' in repr(bounded)


def test_it_goes_on_from_where_it_was(config, tmp_path):
    search_backbone(config, work_dir=tmp_path / 'whole')
    with pytest.MonkeyPatch.context() as patch:
        generation = Searcher._generation

        def interrupt(searcher):
            generation(searcher)
            if searcher.counts.candidates == 200:
                os.kill(os.getpid(), signal.SIGINT)

        patch.setattr(Searcher, '_generation', interrupt)
        with pytest.raises(Interrupted):
            search_backbone(config, work_dir=tmp_path / 'cut')
    assert [run.candidates_at_end for run in read_runs(tmp_path / 'cut/runs.jsonl')] == [200]
    search_backbone(config, work_dir=tmp_path / 'far', resume=tmp_path / 'cut/checkpoint.json')
    search_backbone(config, work_dir=tmp_path / 'cut', resume=True)
    for name in ('far', 'cut'):
        assert same(tmp_path / name, tmp_path / 'whole')
        runs = read_runs(tmp_path / name / 'runs.jsonl')
        counts = [(run.candidates_at_start, run.candidates_at_end) for run in runs]
        assert counts == [(0, 200), (200, 400)]
        assert {run.processes for run in runs} == {1}
    search_backbone(config, work_dir=tmp_path / 'cut', resume=True)  # there is nothing left
    assert read_runs(tmp_path / 'cut/runs.jsonl') == runs


def test_nothing_stays_open(config, tmp_path):
    search_backbone(config, work_dir=tmp_path / 'out')
    assert logging.getLogger('pisnas_mm').handlers == []
    assert not (tmp_path / 'out/search.lock').exists()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'serch.seed': 1}, 'unknown key `serch`'),
        ({'detector.base': ['no.py']}, 'detector.base: .*no.py not found'),
        ({'image_size.x': 1}, '--cfg-options do not fit'),
    ],
)
def test_mistakes_are_refused_before_anything_is_written(config, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        search_backbone(config, work_dir=tmp_path / 'out', options=options)
    assert not (tmp_path / 'out').exists()


def test_a_report_is_written_where_it_is_asked_for(config, tmp_path):
    pytest.importorskip('vl_convert')
    result = search_backbone(config, work_dir=tmp_path / 'out', report=True)
    assert result.report == tmp_path / 'out/report.html'
    assert result.report.stat().st_size > 500_000
    assert f'report              {result.report}' in repr(result)


def test_the_package_alone_imports_nothing():
    program = (
        'import sys, pisnas_mm\n'
        'assert not {"numpy", "mmengine", "torch"} & sys.modules.keys()\n'
        'pisnas_mm.search_backbone\n'
        'assert "torch" not in sys.modules\n'
        'from pisnas_mm import search\n'
        'assert search.__name__ == "pisnas_mm.search"\n'
    )
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError, match='serch'):
        _ = pisnas_mm.serch
    assert callable(pisnas_mm.train_detector)


def test_the_lines_in_the_readme(tmp_path, monkeypatch, capsys):
    (lines,) = re.findall(
        r'```python\n(from pisnas_mm import .*?)```', (REPOSITORY / 'README.md').read_text(), re.S
    )
    assert len(lines.splitlines()) == 5
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'configs').symlink_to(REPOSITORY / 'configs')
    exec(compile(lines, 'README.md', 'exec'), names := {})
    out = capsys.readouterr().out
    result = names['result']
    assert repr(result) in out
    assert str(result.best[0]['pr_score']) in out
    assert (tmp_path / 'work_dirs/pis_digits/best.json').is_file()
