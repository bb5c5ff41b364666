import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from pisnas_mm.search import build_searcher, checkpoint
from tests.test_search import small

LOGGER = logging.getLogger('pisnas_mm.test')
FILES = ('history.jsonl', 'checkpoint.json')


def searcher(folder: Path, **search):
    folder.mkdir(exist_ok=True)
    cfg = small.config(**{'num_candidates': 600, 'checkpoint_interval': 100} | search)
    return build_searcher(cfg, folder, LOGGER)


def expected(tmp_path: Path) -> dict[str, bytes]:
    searcher(tmp_path / 'whole').run()
    return contents(tmp_path / 'whole')


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def candidates(path: Path) -> int:
    return json.loads(path.read_text())['state']['counts']['candidates']


def test_the_last_two_states_are_kept(tmp_path):
    searcher(tmp_path).run()
    assert candidates(tmp_path / 'checkpoint.json') == 600
    assert candidates(tmp_path / 'checkpoint.previous.json') == 500
    assert not list(tmp_path.glob('.*'))


@pytest.mark.parametrize('seconds', [0, 1e-9, 1e9])
def test_seconds_between_checkpoints_change_no_result(tmp_path, seconds):
    timed = searcher(tmp_path / 'timed', checkpoint_interval=10**9)
    object.__setattr__(
        timed.settings, 'checkpoint_seconds', seconds
    )  # sooner than a config may say
    timed.run()
    assert contents(tmp_path / 'timed') == expected(tmp_path)
    previous = candidates(tmp_path / 'timed' / 'checkpoint.previous.json')
    assert previous == (0 if seconds > 1 else 580)


@pytest.mark.parametrize(
    'harm',
    [
        lambda text: text[: len(text) // 2],
        lambda text: text[:-1],
        lambda text: text + ' ',
        lambda text: text.replace('"candidates": ', '"candidates": 1', 1),
        lambda text: '',
        lambda text: '{}',
        lambda text: '[1, 2]',
        lambda text: text[: text.rindex(', "sha256"')] + '}',
    ],
)
def test_a_damaged_checkpoint_is_told_and_the_previous_one_used(tmp_path, caplog, harm):
    whole, folder = expected(tmp_path), tmp_path / 'cut'
    searcher(folder).run()
    path = folder / 'checkpoint.json'
    path.write_text(harm(path.read_text()))
    caplog.set_level(logging.INFO)
    caplog.clear()
    searcher(folder).run(resume=True)
    assert contents(folder) == whole
    (warning,) = [r.getMessage() for r in caplog.records if r.levelname == 'WARNING']
    assert f'checkpoint {path} is damaged' in warning
    assert warning.endswith('; the previous one is used')
    assert '\n' not in warning
    assert 'resumed after 500 candidates' in caplog.text


@pytest.mark.parametrize(
    ('place', 'value'),
    [
        (('evolution',), None),
        (('evolution', 'rng'), [3, [1, 2], None]),
        (('evolution', 'rng', 1, 0), -1),
        (('evolution', 'population'), []),
        (('evolution', 'population', 0, 'rank', 0), 'high'),
        (('evolution', 'population', 0, 'rank', 0), 1e9),  # not ascending any more
        (('evolution', 'population', 0, 'arch'), [{'type': 'SPPF'}]),
        (('evolution', 'population', 0, 'rank'), []),
        (
            ('evolution', 'population', 0, 'arch'),
            [dict(type='SPPF', in_channels=3, out_channels=3)],
        ),
        (('counts', 'candidates'), '5'),
        (('counts', 'rejected'), [1]),
        (('history_size',), -1),
    ],
)
def test_a_state_that_no_search_has_is_refused(tmp_path, place, value):
    searcher(tmp_path).run()
    path = tmp_path / 'checkpoint.json'
    state = json.loads(path.read_text())['state']
    entry = state
    for key in place[:-1]:
        entry = entry[key]
    entry[place[-1]] = value
    checkpoint.save(path, searcher(tmp_path).records.settings, state)
    history = (tmp_path / 'history.jsonl').read_bytes()
    with pytest.raises(ValueError, match=r'checkpoint.json holds no state of this search'):
        searcher(tmp_path).run(resume=True)
    assert (tmp_path / 'history.jsonl').read_bytes() == history


def test_a_damaged_checkpoint_never_takes_the_place_of_the_previous_one(tmp_path, monkeypatch):
    whole, folder = expected(tmp_path), tmp_path / 'cut'
    searcher(folder).run()
    (folder / 'checkpoint.json').write_text('{')
    replace = Path.replace

    def fail_between_the_renamings(path, target):
        if target.name == 'checkpoint.json':
            raise OSError('killed')
        return replace(path, target)

    monkeypatch.setattr(Path, 'replace', fail_between_the_renamings)
    with pytest.raises(ValueError, match='killed'):
        searcher(folder).run(resume=True)
    monkeypatch.undo()
    searcher(folder).run(resume=True)
    assert contents(folder) == whole


def test_where_both_are_damaged_nothing_is_resumed(tmp_path):
    searcher(tmp_path).run()
    for path in tmp_path.glob('checkpoint*'):
        path.write_text(path.read_text()[:-9])
    history = (tmp_path / 'history.jsonl').read_bytes()
    with pytest.raises(ValueError, match=r'checkpoint.json is damaged: .*; start without --resume'):
        searcher(tmp_path).run(resume=True)
    assert (tmp_path / 'history.jsonl').read_bytes() == history


@pytest.mark.parametrize('name', ['checkpoint.json', 'checkpoint.previous.json'])
@pytest.mark.parametrize('elsewhere', [True, False])
def test_a_search_goes_on_from_any_checkpoint(tmp_path, name, elsewhere):
    whole, first = expected(tmp_path), tmp_path / 'first'
    interrupted = searcher(first, num_candidates=600)
    interrupted.settings = replace(interrupted.settings, num_candidates=400)
    interrupted.run()
    folder = tmp_path / 'second' if elsewhere else first
    searcher(folder).run(resume=first / name)
    assert contents(folder) == whole


def test_a_checkpoint_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r'no.json cannot be read \(No such file or .*\); looked'):
        searcher(tmp_path).run(resume=Path('no.json'))


def test_a_new_search_forgets_the_old_one_before_it_begins(tmp_path, monkeypatch):
    searcher(tmp_path).run()
    again = searcher(tmp_path)
    monkeypatch.setattr(again, '_save', lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        again.run()
    with pytest.raises(ValueError, match='nothing to resume'):
        searcher(tmp_path).run(resume=True)


def test_what_decides_nothing_may_change(tmp_path):
    searcher(tmp_path).run()
    changed = searcher(tmp_path, top_k=3, checkpoint_interval=7, checkpoint_seconds=7)
    assert changed.run(resume=True)


def test_all_that_differs_is_named(tmp_path):
    searcher(tmp_path).run()
    cfg = small.config(num_candidates=600, seed=4)
    cfg['image_size'] = 96
    cfg['constraints']['params']['max'] = 20_000
    with pytest.raises(
        ValueError,
        match=r'another search: constraints.params.max, image_size, search.seed differ;',
    ):
        build_searcher(cfg, tmp_path, LOGGER).run(resume=True)


def test_another_version_is_named(tmp_path, monkeypatch):
    searcher(tmp_path).run()
    monkeypatch.setattr(checkpoint, '__version__', '99')
    with pytest.raises(ValueError, match=r'another search: version \(0\.1\.0, here 99\) differ'):
        searcher(tmp_path).run(resume=True)


def test_settings_that_json_does_not_know_are_compared_too():
    infinite = checkpoint.jsonable({'max': float('inf'), 1: (2, {3})})
    assert infinite == {'max': 'inf', '1': [2, '{3}']}
    assert json.dumps(infinite, allow_nan=False)


@pytest.mark.parametrize('size', [0, 1, 777, 100_000])
def test_a_history_cut_within_a_line_costs_lines_only(tmp_path, caplog, size):
    whole, folder = expected(tmp_path), tmp_path / 'cut'
    interrupted = searcher(folder)
    interrupted.settings = replace(interrupted.settings, num_candidates=400)
    interrupted.run()
    path = folder / 'history.jsonl'
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(path.read_bytes()[:size] if size < 10_000 else path.read_bytes() + b'{"cand')
    population = searcher(folder).run(resume=True)
    assert len(population) == 32
    found = path.read_bytes().splitlines(keepends=True)
    assert all(json.loads(line) for line in found)
    assert found[-10:] == whole['history.jsonl'].splitlines(keepends=True)[-10:]
    assert ('lines are missing' in caplog.text) == (size < 10_000)
    if size == 100_000:
        assert found[: len(lines)] == lines
        assert contents(folder) == whole
