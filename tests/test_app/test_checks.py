import re
from pathlib import Path

import pytest

from pisnas_mm import search_backbone
from pisnas_mm.app.checks import check_search
from pisnas_mm.checks import Problems
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
NEEDS_A_TABLE = 'pis_yolov8_s_cpu'
NAMES = sorted({path.stem for path in CONFIGS.glob('*.py')} - {NEEDS_A_TABLE})


@pytest.mark.parametrize('name', NAMES)
def test_every_search_config_passes(name: str) -> None:
    check_search(load_config(CONFIGS / f'{name}.py'))


def test_a_budget_of_latency_needs_only_its_table() -> None:
    with pytest.raises(Problems) as raised:
        check_search(load_config(CONFIGS / f'{NEEDS_A_TABLE}.py'))
    (table,) = raised.value.lines
    assert re.match(r'constraints\.latency: latency table .* cannot be read \(No such file', table)
    assert 'measure it with tools/analysis_tools/measure_latency.py' in table


def test_all_that_is_wrong_in_any_entry_is_told_before_anything_is_written(tmp_path: Path) -> None:
    options = {
        'detector.backbone.out_indicess': 1,
        'ranking.num_arch': 7,
        'ranking.scores.mine': dict(type='PISScore', omgea=1),
        'verify': dict(type='ZenScor'),
        'score.omega': 'x',
        'constraints.mcas.max': 1e9,
        'search.tie_breakers': ['layer'],
        'space.max_chanels': 8,
        'vis_backends': ['LocalVisBackends'],
        'image_size': 8,
    }
    with pytest.raises(Problems) as raised:
        search_backbone(CONFIGS / 'pis_coco.py', options=options, work_dir=tmp_path / 'out')
    starts = [
        "space: ResidualSpace takes no `max_chanels`; did you mean 'max_channels'?",
        'image_size should be a whole number >= 32',
        "constraints.mcas should be a dict with a `type`, but got {'max': 1000000000.0}; did you "
        'mean `constraints.macs`?',
        'tie_breakers should be among',
        "score: omega should be a number, but got 'x'",
        "verify: score 'ZenScor' is unknown; did you mean 'ZenScore'?",
        "vis_backends: 'LocalVisBackends' is unknown; did you mean 'LocalVisBackend'?",
        "unknown key `ranking.num_arch` in the search config; did you mean 'num_architectures'?",
        "ranking.scores.mine: PISScore takes no `omgea`; did you mean 'omega'?",
        "unknown key `detector.backbone.out_indicess`; did you mean 'out_indices'?",
    ]
    told = raised.value.lines
    assert [line[: len(start)] for line, start in zip(told, starts, strict=True)] == starts
    assert list(tmp_path.iterdir()) == []


def test_a_trial_that_fails_leaves_nothing(tmp_path: Path) -> None:
    options = {'verify': dict(type='MonteCarloPRScore', device='gpu', top_k=1)}
    with pytest.raises(Problems, match=r'^verify: .*gpu'):
        search_backbone(CONFIGS / 'pis_digits.py', options=options, work_dir=tmp_path / 'out')
    assert list(tmp_path.iterdir()) == []
