import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search.runs import Run
from pisnas_mm.visualization.agreement import verified
from pisnas_mm.visualization.sections import all_sections
from pisnas_mm.visualization.work_dir import read_search
from tests.test_visualization import searched


def test_a_search_is_read_back(tmp_path):
    searcher = searched.run(tmp_path)
    search = read_search(tmp_path)
    assert search.name == 'small'
    assert search.seed == searcher.evolution.space.seed
    assert list(search.population) == [kept.genotype for kept in searcher.evolution.population]
    assert (search.candidates, search.scored) == (4000, searcher.counts.scored)
    assert search.rejected == searcher.counts.rejected
    assert search.score(search.winner) == searcher.evaluator.score(search.winner)
    assert search.threshold == 0.1
    assert search.finished


def test_a_running_search_can_be_read(tmp_path):
    searched.run(tmp_path)
    (tmp_path / 'best.json').unlink()
    whole = (tmp_path / 'history.jsonl').read_text()
    (tmp_path / 'history.jsonl').write_text(whole + whole.splitlines()[-1][:20])
    search = read_search(tmp_path)
    assert len(search.history) == len(whole.splitlines())
    assert search.winner == search.population[0]


def test_what_came_after_the_checkpoint_is_left_out(tmp_path):
    searched.run(tmp_path)
    last = json.loads((tmp_path / 'history.jsonl').read_text().splitlines()[-1])
    with open(tmp_path / 'history.jsonl', 'a') as history:
        history.write(json.dumps(last | {'candidates': 4020}) + '\n')
    assert read_search(tmp_path).history[-1]['candidates'] == 4000


@pytest.mark.parametrize('lines', [0, 3])
def test_a_search_that_began_anew_is_not_mixed_with_the_old_one(tmp_path, lines):
    searched.run(tmp_path)
    whole = (tmp_path / 'history.jsonl').read_text().splitlines(keepends=True)
    (tmp_path / 'history.jsonl').write_text(''.join(whole[:lines]))
    with pytest.raises(ValueError, match='a new search has begun there'):
        read_search(tmp_path)


def test_the_winner_is_what_was_exported(tmp_path):
    searched.run(tmp_path)
    best = json.loads((tmp_path / 'best.json').read_text())
    best['best'].reverse()  # as a verification may
    (tmp_path / 'best.json').write_text(json.dumps(best))
    winner = read_search(tmp_path).winner
    assert winner == Genotype.from_list(best['best'][0]['arch'])
    assert winner != read_search(tmp_path).population[0]


def test_the_time_is_that_of_all_runs(tmp_path):
    searched.run(tmp_path)
    facts = reproduction(tmp_path)
    assert (facts['time'], facts['last progress']) == ('not known', 'not known')
    moments = ('2026-01-02T03:04:05+01:00', '2026-01-02T03:05:05+01:00')
    runs = [Run(*moments, 2.25, 0, 1000, 1), Run(moments[1], moments[1], 1.5, 1000, 4000, 2)]
    for count, time in ((1, '2.2 s'), (2, '3.8 s in 2 runs')):
        lines = [json.dumps(asdict(run)) for run in runs[:count]]
        (tmp_path / 'runs.jsonl').write_text('\n'.join(lines))
        assert read_search(tmp_path).runs == tuple(runs[:count])
        assert reproduction(tmp_path)['time'] == time
    assert reproduction(tmp_path)['last progress'] == moments[1]


def reproduction(folder):
    """The facts that the report tells of how a search can be repeated."""
    section = all_sections(read_search(folder))[-1]
    assert section.id == 'reproduction'
    return dict(re.findall('<tr><td>(.*?)</td><td>(.*?)</td></tr>', ''.join(section.parts)))


def test_the_verified_are_those_of_best_json(tmp_path):
    searched.run(tmp_path, verify=True)
    points = verified(read_search(tmp_path).entries)
    assert [point.rank for point in points] == [1, 2, 3]
    assert [point.sampled for point in points] == [50.0, 51.0, 52.0]
    assert {point.num_draws for point in points} == {16}


@pytest.mark.parametrize(
    ('file', 'text', 'message'),
    [
        ('checkpoint.json', None, 'checkpoint.json not found; give the work directory'),
        ('checkpoint.json', '{', 'checkpoint.json is damaged'),
        ('checkpoint.json', '{"settings": {}, "state": {}}', 'no search that can be read'),
        ('history.jsonl', 'x\n{"candidates": 1}\n', 'history.jsonl:1 is no JSON'),
        ('best.json', '{', 'best.json is damaged'),
        ('runs.jsonl', '{"start": 1}', 'runs.jsonl:1 is no run'),
    ],
)
def test_damage_is_named(tmp_path, file, text, message):
    searched.run(tmp_path)
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text)
    with pytest.raises(ValueError, match=message):
        read_search(tmp_path)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    tool = Path(__file__).parents[2] / 'tools/analysis_tools/report.py'
    for options in ([], ['--out', 'pages/report.html']):
        command = [sys.executable, tool, 'gone', *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert re.fullmatch(r'error: gone.* not found; give the work directory.*\n', done.stderr)
    assert not list(tmp_path.iterdir())
