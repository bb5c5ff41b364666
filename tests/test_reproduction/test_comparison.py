"""The comparison on the embedded digits: what is equal, and what is made of the seeds."""

from pathlib import Path
from statistics import mean, stdev

import pytest
from matplotlib.colors import to_hex

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.models.complexity import build_on_meta, count
from pisnas_mm.reproduction.comparison import (
    COMPARISONS,
    DIGITS,
    SEARCHES,
    Cost,
    Rows,
    differences,
    rows,
)
from pisnas_mm.reproduction.comparison_figure import draw
from pisnas_mm.reproduction.comparison_tables import difference_table, model_table, page
from pisnas_mm.reproduction.searched import read_all
from pisnas_mm.reproduction.work_dirs import COCO_AP, COCO_AP50, Trained
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.student import difference_interval

CONFIGS = Path(__file__).parents[2] / 'configs'
GROUPS = DIGITS.groups
COSTS = dict.fromkeys(DIGITS.configs, Cost(2_000_000, 90_500_000, 140_000_000))
RESNET, PIS = (model.config for model in GROUPS['GFL'][:2])


def made(results: dict[str, dict[int, Trained]]) -> Rows:
    return rows(DIGITS, COSTS, results)


def trained(*aps: float) -> dict[int, Trained]:
    """A training for each seed, the last one first."""
    found = {
        seed: Trained({COCO_AP: ap, COCO_AP50: (1 + ap) / 2}, 5) for seed, ap in enumerate(aps)
    }
    return dict(reversed(found.items()))


def test_rows_by_hand() -> None:
    plain, searched, _ = made({RESNET: trained(0.6, 0.63, 0.66)})['GFL']
    assert plain.seeds == (0, 1, 2)
    assert plain.values['mAP'] == pytest.approx((60, 63, 66))
    assert plain.spread('mAP') == pytest.approx((63, 3, 60, 66))
    assert plain.spread('mAP50') == pytest.approx((81.5, 1.5, 80, 83))
    assert plain.cost == COSTS[RESNET]
    assert searched.model.config == PIS
    assert searched.spread('mAP') is None


def test_one_seed_has_no_deviation_and_no_difference() -> None:
    groups = made({RESNET: trained(0.6), PIS: trained(0.7, 0.8)})
    spread = groups['GFL'][0].spread('mAP')
    assert spread is not None
    assert spread.deviation is None
    assert differences(groups) == []
    assert model_table(groups)[1][5:9] == ['60.0', '-', '60.0', '60.0']


@pytest.mark.parametrize(
    ('searched', 'overlap'),
    [((0.7, 0.75), False), ((0.5, 0.55), False), ((0.66, 0.7), True), ((0.5, 0.9), True)],
)
def test_differences_by_hand(searched: tuple[float, ...], overlap: bool) -> None:
    a, b = (0.6, 0.63, 0.66), searched
    found, found50 = differences(made({RESNET: trained(*a), PIS: trained(*b)}))
    assert (found.detector, found.backbone) == ('GFL', 'PIS-NAS, 94 layers')
    assert (found.metric, found50.metric) == ('mAP', 'mAP50')
    assert found.points.value == pytest.approx(100 * (mean(b) - mean(a)))
    assert found.points == pytest.approx(difference_interval([100 * x for x in b], [60, 63, 66]))
    error = 100 * (stdev(a) ** 2 / 3 + stdev(b) ** 2 / 2) ** 0.5
    assert (found.error, found50.error) == pytest.approx((error, error / 2))
    assert found.overlap is overlap
    cells = difference_table([found])[1]
    assert cells[6] == ('overlap' if overlap else 'apart')
    assert cells[4] == f'{found.points.low:+.2f} to {found.points.high:+.2f}'
    assert cells[3][0] == ('+' if mean(b) > mean(a) else '-')


def test_the_page_has_a_line_a_model_and_says_which_seeds() -> None:
    text = page(DIGITS, made({RESNET: trained(0.6, 0.63), PIS: trained(0.5)}))
    assert 'Seeds: 0, 1.' in text
    assert text.count('_5e_digits |') == 5
    assert '| 60.0 63.0 | 80.0 81.5 | gfl/gfl_r50-w16_fpn_5e_digits |' in text
    assert 'Seeds: none yet.' in page(DIGITS, made({}))


def test_the_drawing_has_a_dot_a_seed_and_panels_of_a_detector_have_one_height() -> None:
    groups = made({RESNET: trained(0.6, 0.61), PIS: trained(0.5, 0.54, 0.59)})
    panels = draw(groups, DIGITS.title).axes
    assert [axes.get_ylabel() for axes in panels] == 2 * ['mAP (%)', 'mAP50 (%)']
    plain, searched = panels[0].lines
    assert list(plain.get_ydata()) == pytest.approx([60, 61])
    assert list(searched.get_ydata()) == pytest.approx([50, 54, 59])
    assert plain.get_marker() != searched.get_marker()
    assert to_hex(plain.get_color()) != to_hex(searched.get_color())
    assert len(panels[0].collections) == 2  # bars at the means
    assert not panels[2].lines
    heights = [high - low for low, high in (axes.get_ylim() for axes in panels)]
    assert heights[0] == pytest.approx(heights[1])
    low, high = panels[0].get_ylim()
    assert low < 50 < 61 < high


@pytest.mark.parametrize('name', SEARCHES)
def test_a_searched_backbone_is_as_large_as_the_plain_one(name: str) -> None:
    found = read_all(CONFIGS / 'searched')[name]
    constraints = load_config(str(CONFIGS / f'{name}.py')).constraints
    assert found.image_size == DIGITS.image_size
    assert 0.97 < found.macs / constraints.macs.max <= 1
    assert found.params <= constraints.params.max


def test_the_budgets_are_the_plain_backbones_own() -> None:
    cfg = load_config(str(CONFIGS / f'{GROUPS["GFL"][0].config}.py'))
    cost = count(build_on_meta(cfg), (128, 128))['backbone']
    budget = load_config(str(CONFIGS / 'pis_r50_w16_digits.py')).constraints
    assert cost == (budget.macs.max, budget.params.max)
    yolo = load_config(str(CONFIGS / f'{GROUPS["YOLOv8"][0].config}.py'))
    arch = Genotype.from_list(yolo.model.backbone.arch)
    budget = load_config(str(CONFIGS / 'pis_yolov8_n_digits.py')).constraints
    assert (measures.macs(arch, 128), measures.params(arch)) == (budget.macs.max, budget.params.max)


@pytest.mark.parametrize('detector', GROUPS)
def test_all_but_the_backbone_is_equal(detector: str) -> None:
    plain, *others = (
        load_config(str(CONFIGS / f'{model.config}.py')) for model in GROUPS[detector]
    )
    for searched in others:
        for part in ('train_cfg', 'param_scheduler', 'optim_wrapper', 'train_dataloader'):
            assert plain[part] == searched[part]
        for key in ('init_cfg', 'append', 'zero_init_residual'):
            assert plain.model.backbone.get(key) == searched.model.backbone.get(key)
        assert plain.model.bbox_head == searched.model.bbox_head
        necks = [dict(cfg.model.neck, in_channels=None) for cfg in (plain, searched)]
        assert necks[0] == necks[1]


@pytest.mark.parametrize(
    ('name', 'side', 'amp', 'further'),
    [
        ('bloodcells', 224, True, ['yolov8_pis-l25']),
        ('bloodcells_320', 320, False, []),
        ('aquarium', 320, False, []),
    ],
)
def test_real_images_have_plain_and_searched_in_each_detector(
    name: str, side: int, amp: bool, further: list[str]
) -> None:
    comparison = COMPARISONS[name]
    assert (comparison.image_size, comparison.amp) == (side, amp)
    assert comparison.configs == tuple(
        f'{name}/{config}'
        for config in (
            *('yolov8_n', 'yolov8_pis-released', 'yolov8_pis', 'yolov8_capacity', *further),
            *('gfl_r50-w16', 'gfl_pis-released', 'gfl_pis', 'gfl_capacity'),
        )
    )
    text = page(comparison, rows(comparison, dict.fromkeys(comparison.configs, Cost(1, 2, 3)), {}))
    assert f'Written by `python tools/dev/compare.py {name}`' in text
    assert f'MACs at {side} x {side}' in text
