"""What holds for every registered score; who adds one is tested here without a new line."""

import json
import subprocess
import sys
from inspect import signature
from math import isfinite

import pytest
import torch

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores import MACsScore, ParamsScore, PISScore, RandomScore, SampledScore

BACKBONE = Genotype(
    (
        ConvBNAct(3, 8, 3, 2),
        BottleneckStage(8, 16, 8, 1, 3, 2),
        BottleneckStage(16, 16, 8, 2, 3, 2),
        ConvBNAct(16, 16, 3, 2, 'silu'),
        C2f(16, 24, 2),
        BottleneckStage(24, 32, 8, 1, 5, 2),
    )
)
NAMES = sorted(
    name for name, cls in SCORES.module_dict.items() if cls.__module__.startswith('pisnas_mm.')
)
SAMPLED = [name for name in NAMES if issubclass(SCORES.module_dict[name], SampledScore)]


def score_of(name, **arguments):
    cheap = dict(image_size=64, batch_size=2)
    return build(SCORES, dict(type=name, **arguments), 'score', **cheap)


def test_all_are_here():
    assert {'ZenScore', 'NASWOTScore', 'SynFlowScore', 'GradientNormScore'} <= set(SAMPLED)
    assert {'MACsScore', 'ParamsScore', 'RandomScore', *SAMPLED} <= set(NAMES)


@pytest.mark.parametrize('name', NAMES)
def test_a_score_is_one_number_whenever_it_is_asked_for(name):
    score = score_of(name)
    score.check(BACKBONE)
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = score(BACKBONE)
    assert isfinite(first)
    assert torch.equal(torch.get_rng_state(), state)
    score(Genotype((*BACKBONE.blocks[:-1], BottleneckStage(24, 40, 8, 1, 5, 2))))
    torch.manual_seed(2)
    again = Genotype.from_list(json.loads(json.dumps(BACKBONE.to_list())))
    assert score_of(name)(again) == first == score.unless_below(BACKBONE, -1e99)


@pytest.mark.parametrize('name', NAMES)
def test_the_penalty_on_depths_goes_with_any_of_them(name):
    if name == 'PISScore':
        return
    inner = dict(type=name, **({'batch_size': 2} if name in takers('batch_size') else {}))
    score = PISScore(64, inner, omega=3.0)
    penalty = score.depth_penalty(BACKBONE.depths)
    assert score(BACKBONE) == pytest.approx(score_of(name)(BACKBONE) - 3 * penalty)


def takers(argument):
    return [n for n in NAMES if argument in signature(SCORES.module_dict[n].__init__).parameters]


@pytest.mark.parametrize('name', takers('seed'))
def test_another_seed_gives_another_number(name):
    if name != 'MonteCarloPRScore':  # whose radii have few values
        assert score_of(name)(BACKBONE) != score_of(name, seed=1)(BACKBONE)


@pytest.mark.parametrize('name', SAMPLED)
def test_a_score_is_the_mean_of_its_draws_which_do_not_depend_on_how_many(name):
    three = score_of(name, num_draws=3).draws(BACKBONE)
    assert score_of(name, num_draws=3)(BACKBONE) == pytest.approx(sum(three) / 3, rel=1e-12)
    assert score_of(name, num_draws=2).draws(BACKBONE) == three[:2]
    assert len(set(three)) == 3


@pytest.mark.parametrize('name', SAMPLED)
def test_threads_change_nothing(name):
    before = torch.get_num_threads()
    try:
        scores = []
        for threads in (1, 3):
            torch.set_num_threads(threads)
            scores.append(score_of(name)(BACKBONE))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert scores[0] == scores[1]


def test_another_process_finds_the_same():
    code = (
        'from tests.test_scores.test_every_score import BACKBONE, SAMPLED, score_of\n'
        'print([score_of(name)(BACKBONE) for name in SAMPLED])'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [score_of(name)(BACKBONE) for name in SAMPLED]


@pytest.mark.parametrize(
    ('name', 'argument', 'value', 'message'),
    [
        *((n, 'num_draws', 0, 'num_draws and batch_size should be >= 1') for n in SAMPLED),
        *((n, 'seed', -1, 'seed should be a whole number >= 0') for n in takers('seed')),
        *((n, 'device', 0, 'device should be a text') for n in takers('device')),
        *((n, 'image_size', 16, 'image_size should be a whole') for n in takers('image_size')),
        ('ZenScore', 'batch_size', 1, 'batch_size should be a whole number >= 2'),
        ('NASWOTScore', 'batch_size', 1, 'batch_size should be a whole number >= 2'),
        ('GradientNormScore', 'batch_size', 1, 'batch_size should be a whole number >= 2'),
        ('SynFlowScore', 'batch_size', 4, 'SynFlowScore takes no `batch_size`'),
        ('ZenScore', 'alpha', 0, 'alpha should be greater than 0, but got 0'),
        ('ParamsScore', 'image_size', 64, 'ParamsScore takes no `image_size`'),
    ],
)
def test_a_mistake_is_one_line(name, argument, value, message):
    with pytest.raises(ValueError, match=message) as error:
        score_of(name, **{argument: value})
    assert str(error.value).startswith('score: ')
    assert '\n' not in str(error.value)


def test_size_and_cost_are_the_measures_own():
    assert MACsScore(96)(BACKBONE) == measures.macs(BACKBONE, 96) > MACsScore(64)(BACKBONE)
    assert ParamsScore()(BACKBONE) == measures.params(BACKBONE)


def test_chance_is_uniform():
    scores = sorted(RandomScore()(Genotype((ConvBNAct(3, 8 * i),))) for i in range(1, 201))
    assert all(abs(score - i / 200) < 0.12 for i, score in enumerate(scores))
    assert len(set(scores)) == 200


def test_no_score_imports_torch_before_it_needs_it():
    code = 'import sys, pisnas_mm.scores; print("torch" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == 'False'
