"""A small search with every score: what it finds is what the score says is best."""

import json
from pathlib import Path

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES, build
from tests.test_scores.test_every_score import NAMES, SAMPLED
from tests.test_tools.test_dist_search import assert_same, config, dist_run  # noqa: F401
from tests.test_tools.test_search import run

OPTIONS = (
    'image_size=64',
    'search.num_candidates=40',
    'search.generation_size=10',
    'search.population_size=8',
    'search.checkpoint_interval=20',
    'score._delete_=True',
)
BATCH = ('score.batch_size=2',)


def options(name: str) -> list[str]:
    takes_batches = name not in ('SynFlowScore',) and name in (*SAMPLED, 'MonteCarloPRScore')
    return [*OPTIONS, f'score.type={name}', *(BATCH if takes_batches else ())]


@pytest.mark.parametrize('name', NAMES)
def test_a_search_with_every_score(config, tmp_path: Path, name: str):  # noqa: F811
    run(config, '--work-dir', 'found', '--cfg-options', *options(name), cwd=tmp_path)
    found = json.loads((tmp_path / 'found' / 'best.json').read_text())
    score = build(SCORES, dict(type=name), 'score', image_size=64, batch_size=2)
    scores = []
    for entry in found['best']:
        assert entry['score'] == pytest.approx(score(Genotype.from_list(entry['arch'])), rel=1e-6)
        scores.append(entry['score'])
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > found['seed']['score']
    history = (tmp_path / 'found' / 'history.jsonl').read_text().splitlines()
    assert 'failed' not in json.loads(history[-1])['rejected']


@pytest.mark.parametrize('name', ['ZenScore', 'GradientNormScore'])
def test_one_and_two_processes_give_the_same_bytes(config, tmp_path, monkeypatch, name):  # noqa: F811
    monkeypatch.setenv('OMP_NUM_THREADS', '2')
    run(config, '--work-dir', 'alone', '--cfg-options', *options(name), cwd=tmp_path)
    dist_run(config, 2, '--work-dir', 'two', '--cfg-options', *options(name))
    assert_same(tmp_path / 'two', tmp_path / 'alone')
