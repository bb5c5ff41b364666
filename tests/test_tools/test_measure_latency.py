"""From a config to a table, and from the table to a search by it."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from pisnas_mm.constraints import build_constraints
from pisnas_mm.latency import read_table
from pisnas_mm.visualization.work_dir import read_search
from tests.test_search import small

TOOLS = Path(__file__).parents[2] / 'tools'
MEASURE = 'analysis_tools/measure_latency'
FEW = ['--backend', 'torch', '--threads', '1', '--corrections', '8', '--checks', '3']


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A small search config with a budget of latency, and its table."""
    folder = tmp_path_factory.mktemp('latency')
    cfg = small.config(num_candidates=600, tie_breakers=('bottleneck_entropy', '-latency'))
    cfg['constraints']['latency'] = dict(type='Latency', max=100.0, table='table.json', threads=1)
    cfg['detector'] = dict(base=['base.py'], backbone=dict(out_indices=(1, 2)))
    lines = [f'{key} = {value!r}' for key, value in cfg.items()]
    (folder / 'config.py').write_text('\n'.join(lines))
    (folder / 'base.py').write_text(
        "model = dict(type='GFL', backbone=dict(), neck=dict(type='FPN', in_channels=[8, 8], "
        'out_channels=8, num_outs=2), bbox_head=dict(in_channels=8))'
    )
    run(MEASURE, folder / 'config.py', *FEW, '--out', folder / 'table.json')
    yield folder
    build_constraints({}, 64)


def run(name: str, *arguments: object) -> None:
    runpy.run_path(str(TOOLS / f'{name}.py'))['main']([*map(str, arguments)])


def refused(capsys, name: str, *arguments: object) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as error:
        run(name, *arguments)
    assert error.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_table_says_what_it_is_of(folder, capsys):
    table = read_table(folder / 'table.json')
    at = table.conditions
    assert (at.device, at.backend, at.threads, at.precision) == ('cpu', 'torch', 1, 'fp32')
    assert (at.image_size, at.batch) == (64, 1)
    assert len(table.wholes) == 11
    before = (folder / 'table.json').read_text()
    run(MEASURE, folder / 'config.py', *FEW, '--out', folder / 'table.json')
    assert read_table(folder / 'table.json').kernels == table.kernels  # nothing is measured again
    printed = capsys.readouterr().out
    assert '11 backbones' in printed
    assert '% within 10 %, tau ' in printed
    (folder / 'table.json').write_text(before)


def test_a_search_by_it_can_be_resumed_moved_and_looked_at(folder, tmp_path, capsys):
    work = tmp_path / 'work'
    run('search', folder / 'config.py', '--work-dir', work)
    said = capsys.readouterr()
    assert 'latency' in said.out
    log = (work / 'search.log').read_text()
    assert log.count('measured number') == 3
    best = json.loads((work / 'best.json').read_text())['best']
    measured = best[0]['measured']['latency']
    assert measured['predicted'] == pytest.approx(best[0]['latency'])
    assert measured['measured'] > 0
    assert measured['budget'] == 100
    # The content of the table counts, and not where it lies.
    (folder / 'elsewhere.json').write_text((folder / 'table.json').read_text())
    moved = ['--cfg-options', 'constraints.latency.table=elsewhere.json']
    run('search', folder / 'config.py', '--work-dir', work, '--resume', *moved)
    other = read_table(folder / 'table.json')
    other.about['date'] = 'another'
    other.write(folder / 'elsewhere.json')
    line = refused(capsys, 'search', folder / 'config.py', '--work-dir', work, '--resume', *moved)
    assert 'constraints.latency.table differ' in line
    work.rename(tmp_path / 'moved')
    search = read_search(tmp_path / 'moved')
    assert search.constraints['latency'].measure(search.winner) == pytest.approx(best[0]['latency'])


def test_a_budget_that_nothing_measured_keeps_is_said_aloud(folder, tmp_path, capsys):
    """A thousandth of the time is predicted, and the clock is the judge."""
    table = read_table(folder / 'table.json')
    for times in table.kernels.values():
        for widths, timed in times.items():
            times[widths] = timed._replace(ms=timed.ms / 1e3)
    table.correction = table.correction._replace(offset=1e-4)
    table.write(folder / 'fast.json')
    options = ['constraints.latency.table=fast.json', 'constraints.latency.max=0.01']
    fast = ['--cfg-options', *options, 'search.num_candidates=200', 'search.top_k=4']
    run('search', folder / 'config.py', '--work-dir', tmp_path / 'work', *fast)
    assert 'no architecture keeps the budget' in (tmp_path / 'work/search.log').read_text()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['--device', 'cuda:77'], "error: device 'cuda:77' is not there"),
        (['--precision', 'int8'], "but got 'int8'"),
        (['--batch', '2', '--out', '{folder}/table.json'], 'has batch 1 and not 2'),
        (['--out', '{folder}/half.json'], 'is damaged'),
        (['--out', '{folder}/old.json'], 'should have version 1, but has 0'),
    ],
)
def test_what_cannot_be_measured_is_one_line(folder, capsys, arguments, message):
    whole = (folder / 'table.json').read_text()
    (folder / 'half.json').write_text(whole[: len(whole) // 2])
    (folder / 'old.json').write_text(whole.replace('"version": 1', '"version": 0'))
    arguments = [text.format(folder=folder) for text in arguments]
    line = refused(capsys, MEASURE, folder / 'config.py', *FEW, *arguments)
    assert message in line
    assert (folder / 'half.json').read_text() == whole[: len(whole) // 2]
    assert (folder / 'table.json').read_text() == whole


def test_a_backend_that_is_not_installed_is_one_line(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, 'tensorrt', None)
    arguments = [*FEW, '--backend', 'tensorrt', '--device', 'cuda']
    line = refused(capsys, MEASURE, folder / 'config.py', *arguments)
    assert 'tensorrt is not installed' in line


def test_a_detector_config_has_nothing_to_measure(folder, capsys):
    line = refused(capsys, MEASURE, folder / 'base.py', *FEW)
    assert 'has no `space`; give a search config' in line
