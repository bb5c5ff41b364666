import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm.visualization import search_report as report_module
from pisnas_mm.visualization.overview import overview
from pisnas_mm.visualization.search_report import write_report
from pisnas_mm.visualization.vega import png
from pisnas_mm.visualization.work_dir import read_search
from tests.chromium import needs_chromium, opened
from tests.test_visualization import searched

pytest.importorskip('vl_convert')
TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/report.py'
CHARTS = {
    *('maps-seed-c2', 'maps-searched-c2', 'maps-seed-c3', 'maps-searched-c3'),
    *('course-score', 'course-bottleneck_entropy', 'course-macs', 'population-scatter'),
    *('rejections-counts', 'rejections-shares', 'verification-points'),
}


@pytest.fixture(scope='module')
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp('reports') / 'a <u> & b'
    searched.run(folder, verify=True)
    return write_report(folder, folder / 'report.html').read_text('utf-8')


def specs(html):
    found = re.findall(r'<script type="application/json" data-of="(.*?)">(.*?)</script>', html)
    return {name: json.loads(text) for name, text in found}


def test_every_chart_is_there_with_titled_axes(html):
    charts = specs(html)
    assert charts.keys() == CHARTS
    for spec in charts.values():
        for layer in spec['layer']:
            for axis in ('x', 'y'):
                channel = layer['encoding'].get(axis, {'title': 'of another layer'})
                assert channel['title'] or channel['type'] == 'nominal'


def test_the_page_is_small_and_names_no_address(html):
    assert len(html.encode()) < 3_000_000
    own = html[: html.index('<script>')]
    assert not re.search(r'(src|href)=', own)
    assert "default-src 'none'" in own


def test_the_page_says_how_to_go_on(html):
    for text in (
        'tools/train.py',
        'tools/test.py',
        'tools/analysis_tools/report.py',
        'random seed',
    ):
        assert text in html
    assert 'C2fSpace' in html  # the config


def test_names_are_escaped(html):
    assert 'a &lt;u&gt; &amp; b' in html
    assert '<u>' not in html


@needs_chromium
@pytest.mark.parametrize('dark', [False, True])
@pytest.mark.parametrize('width', [390, 1200])
def test_it_opens_without_a_word_on_the_console(html, tmp_path, width, dark):
    console, found = opened(html, tmp_path, width, dark)
    assert console == []
    assert found['width'] == found['needed'] == width  # nothing to scroll sideways
    assert found['background'] == ('rgb(20, 23, 26)' if dark else 'rgb(255, 255, 255)')
    assert {name for name, *_ in found['charts']} == CHARTS
    for _, paths, needed, there in found['charts']:
        assert paths > 5
        assert needed <= there


@needs_chromium
def test_the_console_is_heard(html, tmp_path):
    broken = html.replace('vegaEmbed(place', 'vegaEmbad(place')
    console, found = opened(broken, tmp_path, 390, False)
    assert any('vegaEmbad is not defined' in line for line in console)
    assert not any(paths for _, paths, *_ in found['charts'])


def test_an_unfinished_search_says_so(tmp_path):
    searched.run(tmp_path)
    (tmp_path / 'best.json').unlink()
    saved = json.loads((tmp_path / 'checkpoint.json').read_text())
    saved['settings']['search']['num_candidates'] = 5000
    (tmp_path / 'checkpoint.json').write_text(json.dumps(saved))
    html = write_report(tmp_path, tmp_path / 'report.html').read_text('utf-8')
    assert 'It has not ended yet' in html
    assert 'verify=True' in html  # how to verify


def test_a_second_opinion_is_a_table_of_the_finalists(tmp_path):
    searched.run(tmp_path)
    best = json.loads((tmp_path / 'best.json').read_text())
    for place, entry in enumerate(best['best'][:2], 1):
        score = dict(type='<Z>', value=9.5 - place, standard_error=0.25, num_draws=4, seed=0)
        scores = [score | dict(weight=1, rank=place)]
        entry['verification'] = dict(
            rank=place, objective_rank=7 * place, mean_rank=float(place), scores=scores
        )
    (tmp_path / 'best.json').write_text(json.dumps(best))
    html = write_report(tmp_path, tmp_path / 'report.html').read_text('utf-8')
    section = html[html.index('A second opinion') :]
    rows = re.findall(r'<tr><td>(\d)</td><td>(\d+)</td>.*?<td>([^<]*)</td></tr>', section)
    assert rows[:2] == [('1', '7', '8.5 ± 0.25 (1)'), ('2', '14', '7.5 ± 0.25 (2)')]
    assert '<th>&lt;Z&gt;</th>' in section


@pytest.fixture
def main():
    spec = importlib.util.spec_from_file_location('report_tool', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def test_the_tool_writes_where_it_should(main, tmp_path, capsys):
    searched.run(tmp_path / 'work')
    main([str(tmp_path / 'work')])
    assert capsys.readouterr().out.strip() == str(tmp_path / 'work' / 'report.html')
    main([str(tmp_path / 'work'), '--out', str(tmp_path / 'shown' / 'a.html')])
    assert (tmp_path / 'shown' / 'a.html').stat().st_size > 500_000


def test_the_picture_has_the_three_panels(main, tmp_path, capsys):
    searched.run(tmp_path / 'work')
    main([str(tmp_path / 'work'), '--png', str(tmp_path / 'a.png')])
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / 'a.png')
    spec = overview(read_search(tmp_path / 'work'))
    assert len(spec['hconcat']) == 3
    assert all(panel['data']['values'] for panel in spec['hconcat'])
    drawn = (tmp_path / 'a.png').read_bytes()
    assert drawn.startswith(b'\x89PNG')
    assert drawn == png(spec)
    assert drawn != png(spec | {'hconcat': spec['hconcat'][:2]})


def test_a_folder_without_a_search_is_one_line(main, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert error.startswith(f'error: {tmp_path}/checkpoint.json not found')


def test_a_missing_library_is_one_line(main, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report_module, 'find_spec', lambda name: None)
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "pip install -e '.[report]'" in capsys.readouterr().err


def test_a_report_imports_neither_torch_nor_matplotlib(tmp_path):
    searched.run(tmp_path)
    program = (
        'import runpy, sys\n'
        f'sys.argv = ["report.py", {str(tmp_path)!r}]\n'
        f'runpy.run_path({str(TOOL)!r}, run_name="__main__")\n'
        'heavy = {"torch", "mmcv", "mmdet", "cv2", "matplotlib"} & set(sys.modules)\n'
        'assert not heavy, heavy\n'
    )
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
