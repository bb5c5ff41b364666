import json
import logging

import pytest
from mmengine.config import Config

from pisnas_mm.search import build_searcher, build_watch, search_settings
from pisnas_mm.search.scalars import ScalarWriter, check_backends
from tests.test_search import small

TIES = ('bottleneck_entropy', '-macs')

SETTINGS = search_settings(small.config())


def searched(folder, watch=None):
    folder.mkdir(parents=True, exist_ok=True)
    searcher = build_searcher(small.config(), folder, logging.getLogger('test'))
    searcher.watch = watch
    searcher.run()
    return searcher


def history(folder):
    return [json.loads(line) for line in (folder / 'history.jsonl').read_text().splitlines()]


def test_scalars_are_those_of_the_history(tmp_path):
    written = {}
    searched(tmp_path, ScalarWriter(lambda found, step: written.update({step: found}), TIES, 1))
    lines = history(tmp_path)
    assert list(written) == [line['candidates'] for line in lines]
    for line in lines:
        found = written[line['candidates']]
        score, entropy, minus_macs = line['best']
        assert found['search/best_score'] == score
        assert found['search/best_bottleneck_entropy'] == entropy
        assert found['search/best_macs'] == -minus_macs
        assert found['search/worst_score'] == line['worst'][0]
        assert found['search/scored'] == line['scored'] / line['candidates']
        for cause, count in line['rejected'].items():
            share = found[f'search/rejected_{cause.replace(" ", "_")}']
            assert share == count / line['candidates']


def test_they_are_written_now_and_then(tmp_path):
    steps = []
    searched(tmp_path, ScalarWriter(lambda found, step: steps.append(step), TIES, 1000))
    assert steps == [20, 1000, 2000, 3000, 4000]


def test_a_watched_search_is_the_same_search(tmp_path):
    cfg = Config({**small.config(), 'vis_backends': [dict(type='LocalVisBackend')]})
    watch = build_watch(cfg, tmp_path / 'watched', SETTINGS)
    searched(tmp_path / 'watched', watch)
    searched(tmp_path / 'plain')
    for name in ('history.jsonl', 'checkpoint.json'):
        plain = (tmp_path / 'plain' / name).read_bytes()
        assert (tmp_path / 'watched' / name).read_bytes() == plain
    (path,) = (tmp_path / 'watched').glob('*/vis_data/scalars.json')
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[-1]['step'] == 4000
    assert lines[-1]['search/best_score'] == history(tmp_path / 'plain')[-1]['best'][0]
    assert 100 < len(lines) <= 201
    assert list(path.parent.glob('config.py'))


def test_tensorboard_gets_them(tmp_path):
    pytest.importorskip('tensorboard')
    cfg = Config({**small.config(), 'vis_backends': 'TensorboardVisBackend'})
    watch = build_watch(cfg, tmp_path, SETTINGS)
    searched(tmp_path, watch)
    assert list(tmp_path.glob('*/vis_data/events.out.tfevents.*'))


def test_names_stand_for_dicts():
    assert check_backends('LocalVisBackend') == [dict(type='LocalVisBackend')]
    two = ['LocalVisBackend', dict(type='WandbVisBackend', init_kwargs=dict(project='a'))]
    assert check_backends(two) == [dict(type='LocalVisBackend'), two[1]]


@pytest.mark.parametrize('backends', [[], 3, [3], [dict(name='a')], [dict(type='NoBackend')]])
def test_others_are_refused(backends, tmp_path):
    cfg = Config({**small.config(), 'vis_backends': backends})
    with pytest.raises(ValueError, match='vis_backends'):
        build_watch(cfg, tmp_path, SETTINGS)
