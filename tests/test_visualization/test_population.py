from dataclasses import replace

import numpy as np
import pytest

from pisnas_mm.measures import bottleneck_entropy, macs
from pisnas_mm.receptive import stage_radii
from pisnas_mm.scores import DeepMADScore, PRScore
from pisnas_mm.visualization.population import members, pareto_front, pr_score
from pisnas_mm.visualization.work_dir import read_search
from tests.test_visualization import searched


def test_the_front_is_what_nothing_outdoes():
    points = [(1, 1), (2, 0), (0, 2), (1, 0), (2, 0), (0, 0)]
    # Equal points do not outdo each other.
    assert pareto_front(points).tolist() == [True, True, True, False, True, False]


def test_the_front_is_that_of_a_plain_comparison():
    points = np.random.default_rng(0).integers(0, 6, (60, 3)).tolist()

    def outdone(point):
        return any(
            all(a >= b for a, b in zip(other, point, strict=True)) and other != point
            for other in points
        )

    assert pareto_front(points).tolist() == [not outdone(point) for point in points]


def test_members_are_the_population_measured(tmp_path):
    searcher = searched.run(tmp_path)
    found = members(read_search(tmp_path))
    kept = searcher.evolution.population
    assert [member.score for member in found] == [evaluation.score for evaluation in kept]
    assert [member.rank for member in found] == list(range(1, len(kept) + 1))
    assert [member.measures['macs'] for member in found] == [macs(one.genotype, 64) for one in kept]
    entropies = [bottleneck_entropy(one.genotype, 64) for one in kept]
    assert [member.measures['bottleneck_entropy'] for member in found] == entropies
    score = searcher.evaluator.score
    pr_score = score.parts(kept[0].genotype)['pr_score']
    assert found[0].pr_score == pytest.approx(pr_score)
    assert found[0].score < pr_score


def test_other_objectives_get_the_closed_form(tmp_path):
    searched.run(tmp_path)
    search = read_search(tmp_path)
    radii = stage_radii(search.winner, 64)
    pr = PRScore(64, weights=(1, 2))
    assert pr_score(replace(search, score=pr), search.winner, 7.0) == 7.0
    assert pr_score(replace(search, score=DeepMADScore(64)), search.winner, 7.0) == radii[1]


def test_nothing_is_sampled_again(tmp_path, monkeypatch):
    searched.run(tmp_path)
    search = read_search(tmp_path)
    monkeypatch.setattr(PRScore, '__call__', None)
    assert len(members(search)) == 32


def test_roles(tmp_path):
    searched.run(tmp_path)
    winner, *others = members(read_search(tmp_path))
    assert winner.role == 'searched'
    points = {
        m.rank: (m.pr_score, -m.measures['macs'], m.measures['bottleneck_entropy'])
        for m in (winner, *others)
    }
    for member in others:
        outdone = any(
            all(a >= b for a, b in zip(point, points[member.rank], strict=True))
            for point in points.values()
            if point != points[member.rank]
        )
        assert member.role == ('population' if outdone else 'Pareto front')
    assert {member.role for member in others} == {'population', 'Pareto front'}
