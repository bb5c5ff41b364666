import json
from datetime import datetime

import pytest

from pisnas_mm.search.runs import Run, read_runs, recorded
from pisnas_mm.utils.files import NotWritten

NOW = datetime.now().astimezone().isoformat(timespec='seconds')


class Search:
    """Says after how many candidates its state was saved."""

    def __init__(self, saved):
        self.saved = saved

    def record(self, path, earlier=()):
        return recorded(path, earlier, 2, lambda: self.saved)


def test_a_run_is_written_with_every_checkpoint(tmp_path):
    path, search, found = tmp_path / 'runs.jsonl', Search(0), []
    with search.record(path) as record:
        assert not path.exists()  # nothing has been searched
        for saved in (0, 0, 300, 300):
            record()
            search.saved = saved
            found.append(read_runs(path))
        search.saved = 400
    (whole,) = read_runs(path)
    counts = [(run.candidates_at_start, run.candidates_at_end) for (run,) in found]
    assert counts == [(0, 0), (0, 0), (0, 0), (0, 300)]
    assert (whole.candidates_at_start, whole.candidates_at_end, whole.processes) == (0, 400, 2)
    assert 0 <= found[0][0].seconds <= whole.seconds < 10
    assert NOW <= whole.start <= whole.end


@pytest.mark.parametrize('error', [KeyboardInterrupt, ValueError])
def test_a_run_that_is_ended_is_written_too(tmp_path, error):
    search = Search(40)

    def cut():
        with search.record(tmp_path / 'runs.jsonl') as record:
            record()
            search.saved = 80
            raise error

    with pytest.raises(error):
        cut()
    assert [run.candidates_at_end for run in read_runs(tmp_path / 'runs.jsonl')] == [80]


def test_earlier_runs_stay_unless_the_search_begins_anew(tmp_path):
    path = tmp_path / 'runs.jsonl'
    earlier = (Run(NOW, NOW, 1.5, 0, 40, 1),)
    for saved, kept in ((40, earlier), (0, ())):
        with Search(saved).record(path, earlier) as record:
            record()
        *before, run = read_runs(path)
        assert tuple(before) == kept
        assert run.candidates_at_start == saved


def test_a_run_without_a_generation_is_none(tmp_path):
    with Search(40).record(tmp_path / 'runs.jsonl'):
        pass
    assert not list(tmp_path.iterdir())
    assert read_runs(tmp_path / 'runs.jsonl') == ()


def test_what_ended_the_search_is_told_rather_than_that_this_could_not_be_written(tmp_path):
    search, path = Search(1), tmp_path / 'gone' / 'runs.jsonl'
    path.parent.mkdir()

    def cut(error):
        with search.record(path) as record:
            record()
            path.unlink()
            path.parent.rmdir()
            search.saved += 1
            if error:
                raise error

    with pytest.raises(KeyError):
        cut(KeyError())
    path.parent.mkdir()
    with pytest.raises(NotWritten):
        cut(None)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(start='yesterday'), 'yesterday'),
        (dict(start=3), 'argument'),
        (dict(seconds=None), 'seconds should be a number'),
        (dict(candidates_at_end=3), 'candidates_at_end should be a whole number >= 20, but got 3'),
        (dict(processes=0), 'processes should be a whole number >= 1, but got 0'),
        (dict(host='x'), 'unexpected keyword argument'),
    ],
)
def test_a_damaged_line_is_named(tmp_path, change, message):
    line = dict(
        start=NOW, end=NOW, seconds=1, candidates_at_start=20, candidates_at_end=40, processes=1
    )
    path = tmp_path / 'runs.jsonl'
    path.write_text(f'{json.dumps(line)}\n{json.dumps(line | change)}\n')
    with pytest.raises(ValueError, match=f'runs.jsonl:2 is no run .*{message}.*; delete the file'):
        read_runs(path)
