import re
import sys
from random import Random

import pytest

from pisnas_mm.checks import Problems
from pisnas_mm.measures import MEASURES
from pisnas_mm.registry import CONSTRAINTS, SPACES, build
from pisnas_mm.search import check_config, search_settings, validation
from tests.test_search import small


def lines(cfg, *also):
    with pytest.raises(Problems) as raised:
        check_config(cfg, *also)
    assert str(raised.value).splitlines() == raised.value.lines
    return raised.value.lines


def test_all_problems_are_told_at_once():
    cfg = small.config(seed=-1, top_k='3', sed=4, generation_size=10**7, tie_breakers=('layer',))
    cfg |= dict(image_size=16, serch={}, verify=dict(type='MonteCarloPRScore', num_draw=2, top_k=0))
    cfg['space'] |= dict(max_chanels=24, max_deph=3)
    cfg['constraints'] |= dict(
        macs=dict(type='MAC', max=1), layers=dict(type='Layers'), params=dict(type='Params', max=-1)
    )
    cfg['score'] |= dict(pr_score=dict(type='PRScore', weigths=(1, 1), treshold=1), omgea=1)

    def also(seed):
        assert seed is None  # the space is not valid
        raise Problems(['detector.base: a.py not found', 'detector.base: b.py not found'])

    assert lines(cfg, also) == [
        "unknown key `serch` in the search config; did you mean 'search'?",
        "space: C2fSpace takes no `max_chanels`; did you mean 'max_channels'?",
        "space: C2fSpace takes no `max_deph`; did you mean 'max_depth'?",
        'image_size should be a whole number >= 32 (pixels), but got 16',
        'constraints.params: max should be a number > 0, but got -1',
        "constraints.macs: constraint 'MAC' is unknown; did you mean 'MACs'?",
        'constraints.layers: Layers needs `min`, `max` or both',
        "unknown key `search.sed` in the search config; did you mean 'seed'?",
        'search.generation_size should be at most 1000000, but got 10000000',
        f'tie_breakers should be among {", ".join(MEASURES)} (with a leading - for less), but got '
        "'layer'; did you mean 'layers'?",
        'search.seed should be a whole number >= 0, but got -1',
        "search.top_k should be a whole number >= 1, but got '3'",
        "score: PISScore takes no `omgea`; did you mean 'omega'?",
        "unknown key `verify.num_draw` in the search config; did you mean 'num_draws'?",
        'verify.top_k should be a whole number >= 1, but got 0',
        'detector.base: a.py not found',
        'detector.base: b.py not found',
    ]


def test_a_latency_table_that_is_not_there_is_told_once():
    cfg = small.config(tie_breakers=('bottleneck_entropy', '-latency'))
    cfg['constraints'] |= dict(latency=dict(type='Latency', max=1.0, table='none.json'))
    (line,) = lines(cfg)
    assert line.startswith('constraints.latency: latency table none.json cannot be read')
    cfg['search']['tie_breakers'] = ('-latency', 'layer')
    assert [line.split()[0] for line in lines(cfg)] == ['constraints.latency:', 'tie_breakers']


@pytest.mark.parametrize(
    ('changes', 'why'),
    [
        ({}, 'blocks of C2fSpace differ in more than widths and depths'),
        (dict(objectives=('score', '-macs')), 'there is one for a single objective only'),
    ],
)
def test_a_bound_that_nobody_knows_is_refused_before_the_search(changes, why):
    cfg = small.config(bound=True, **changes)
    assert lines(cfg) == [f'search.bound asks for a bound that is not known: {why}; leave it out']


def test_a_bound_of_an_objective_that_is_no_sum_is_refused():
    cfg = small.config(bound=True)
    cfg['space'] |= dict(kernel_sizes=(3,))
    check_config(cfg)
    cfg['score'] = dict(type='PyramidCapacityScore')
    assert any('PyramidCapacityScore is no sum over stages' in line for line in lines(cfg))
    assert lines(small.config(bound=1)) == ['search.bound should be True or False, but got 1']


def test_nested_problems_keep_their_places():
    cfg = small.config()
    cfg['score'] |= dict(pr_score=dict(type='PRScore', weigths=(1, 1), treshold=1))
    assert lines(cfg) == [
        "score: score.pr_score: PRScore takes no `weigths`; did you mean 'weights'?",
        "score: score.pr_score: PRScore takes no `treshold`; did you mean 'threshold'?",
    ]


@pytest.mark.parametrize(
    ('score', 'message'),
    [
        (dict(pr_score=dict(type='PRScore', weights=(1, 1, 1))), 'weights should be one for each'),
        (dict(gamma=(1, 2, 2, 1)), 'gamma has 4 entries, but the architecture only 2 depths'),
        (dict(type='MAEDETScore'), 'weights should be one for each of the 3 stages from the stem'),
        (dict(omega='8'), "omega should be a number, but got '8'"),
        (dict(omega=float('nan')), 'omega should be a number, but got nan'),
        (dict(gamma=(1, float('inf'))), r'gamma\[1\] should be a number, but got inf'),
    ],
)
def test_a_score_that_does_not_fit_the_space_is_told_before_anything_starts(score, message):
    cfg = small.config()
    cfg['score'] = (cfg['score'] if 'type' not in score else {}) | score
    with pytest.raises(Problems, match=f'^score: {message}'):
        check_config(cfg)


@pytest.mark.parametrize(
    ('space', 'message'),
    [
        (dict(max_channels=28), 'max_channels should be a multiple of 8, but got 28'),
        (dict(kernel_sizes=(3, 4)), r'kernel_sizes\[1\] should be odd, but got 4'),
        (dict(depth_steps=(1, 0.5)), r'depth_steps\[1\] should be a whole number other than 0'),
        (dict(channel_factors=(2, float('inf'))), r'channel_factors\[1\] should be a number'),
        (dict(channel_factors=7), 'channel_factors should be a list of numbers, but got 7'),
        (dict(max_depth=10**9), 'max_depth should be at most 1000, but got 1000000000'),
    ],
)
def test_what_would_fail_in_a_mutation_only_is_told_before_anything_starts(space, message):
    cfg = small.config()
    cfg['space'] |= space
    with pytest.raises(Problems, match=f'^space: {message}'):
        check_config(cfg)


@pytest.mark.parametrize('error', [TypeError, KeyError, AttributeError, ZeroDivisionError])
def test_a_type_that_refuses_its_arguments_in_any_way_is_named(monkeypatch, error):
    def refuse(max):
        raise error('two\nlines')

    cfg = small.config()
    monkeypatch.setitem(CONSTRAINTS.module_dict, 'Params', refuse)
    (line,) = lines(cfg)
    assert line.startswith('constraints.params: ')
    assert 'two' in line


def test_a_kernel_named_twice_is_one():
    cfg = small.config()
    space = build(SPACES, cfg['space'] | dict(kernel_sizes=(3, 3)), 'space')
    assert space.mutate(space.seed, Random(0), 200).blocks


def test_budgets_out_of_reach_are_told_together():
    cfg = small.config()
    cfg['constraints']['params']['max'] = 1000
    cfg['constraints']['bottleneck_entropy']['min'] = 9
    found = lines(cfg)
    assert [line.split(' ')[0] for line in found] == [
        'constraints.params',
        'constraints.bottleneck_entropy',
    ]


def test_a_valid_config_has_none_and_the_seed_is_given_on():
    seeds = []
    check_config(small.config(), seeds.append)
    assert seeds[0].to_list() == small.config()['space']['seed']
    assert search_settings(small.config(tie_breakers=['layers'])).tie_breakers == ('layers',)


def test_a_message_is_one_short_line_whatever_the_value():
    cfg = small.config(seed='x\n' * 10**6)
    cfg['image_size'] = 10**5000
    cfg['constraints']['params']['max'] = ['y'] * 10**6
    cfg['constraints']['z' * 10**6] = {'type': 'Params', 'q' * 10**6: 1}
    found = lines(cfg)
    assert len(found) == 4
    assert max(map(len, found)) < 10**7
    for line in found:
        assert '\n' not in line


def test_a_second_judge_and_the_score_are_told_of_together():
    cfg = small.config() | dict(verify=dict(type='MonteCarloPRScore', threshold=2, treshold=1))
    cfg['score'] |= dict(omega='x')
    assert lines(cfg) == [
        "score: omega should be a number, but got 'x'",
        "unknown key `verify.treshold` in the search config; did you mean 'threshold'?",
        'verify: threshold should be between 0 and 1, but got 2',
    ]


@pytest.mark.parametrize(
    ('score', 'verify', 'message'),
    [
        ({}, dict(type='ZenScore'), 'verify: torch is not installed, but ZenScore needs it'),
        ({}, dict(type='ZenScore', seed=-1), 'verify.*'),
        (
            {},
            dict(type='MonteCarloPRScore', weights=(1, 1, 1)),
            'verify: weights should be one for each of the 2 stages',
        ),
        (
            dict(type='ParamsScore'),
            dict(type='MonteCarloPRScore'),
            'verify: weights should be one for each of the 2 stages',
        ),
    ],
)
def test_a_second_judge_that_does_not_fit_is_told_before_anything_starts(
    monkeypatch, score, verify, message
):
    monkeypatch.setitem(sys.modules, 'torch', None)  # nor is it needed for that
    cfg = small.config() | dict(verify=verify)
    cfg['score'] = score or cfg['score']
    assert re.match(message, lines(cfg)[0])


def test_an_entry_that_was_meant_to_change_another_names_it():
    cfg = small.config()
    cfg['constraints'] |= dict(parms=dict(max=1e9), other=dict(max=1e9))
    assert lines(cfg) == [
        "constraints.parms should be a dict with a `type`, but got {'max': 1000000000.0}; did you "
        'mean `constraints.params`?',
        "constraints.other should be a dict with a `type`, but got {'max': 1000000000.0}",
    ]


def test_back_ends_are_those_of_mmengine():
    cfg = small.config() | dict(
        vis_backends=[dict(type='LocalVisBackend', save_di='x'), 'TensorboardVisBackends']
    )
    assert lines(cfg) == [
        "vis_backends: LocalVisBackend takes no `save_di`; did you mean 'save_dir'?",
        "vis_backends: 'TensorboardVisBackends' is unknown; did you mean 'TensorboardVisBackend'?",
    ]
    cfg['vis_backends'] = ['LocalVisBackend', dict(type='WandbVisBackend', init_kwargs={})]
    check_config(cfg)


def test_a_trial_comes_last(monkeypatch):
    tried = []
    monkeypatch.setattr(validation, 'try_verify', lambda *parts: tried.append(parts))
    cfg = small.config() | dict(verify=dict(type='MonteCarloPRScore'))
    check_config(cfg)
    assert [parts[0] for parts in tried] == [cfg['verify']]
    cfg['search']['seed'] = -1
    lines(cfg)
    assert len(tried) == 1
