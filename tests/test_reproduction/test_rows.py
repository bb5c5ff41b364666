"""What is ours, what is claimed, and that neither is ever taken for the other."""

from dataclasses import replace
from pathlib import Path

import pytest

from pisnas_mm.reproduction import rows, tables
from pisnas_mm.reproduction.claims import correlation_claims
from pisnas_mm.reproduction.plan import FLOORS, ITEMS, METHODS, SEARCHES, config_of
from pisnas_mm.reproduction.report import Report, own_configs
from pisnas_mm.reproduction.searched import read_all
from pisnas_mm.utils.table import NOTHING, csv_text, markdown
from tests.test_reproduction import paper

CONFIGS = Path(__file__).parents[2] / 'configs'
FOUND = read_all(CONFIGS / 'searched')


def test_the_plan_names_configs_and_searches_that_exist() -> None:
    assert {search for search, _ in METHODS.values() if search} | set(FLOORS) <= set(SEARCHES)
    assert METHODS.keys() == {claim.method for claim in paper.METHODS}
    for item in ITEMS:
        for config in own_configs(item, paper.PAPER):
            assert (CONFIGS / f'{config}.py').is_file()
    assert [len(own_configs(item, paper.PAPER)) for item in ITEMS] == [6, 12, 8, 16, 15]


def test_a_point_finds_its_config() -> None:
    configs = {(p.dataset, p.detector, p.backbone): config_of(p) for p in paper.POINTS[2]}
    assert configs['VOC', 'FCOS', 'PIS-NAS-L'] == 'fcos/fcos_pis-l_fpn_scratch-ms-6x_voc0712'
    yolos = {p.backbone: config_of(p) for p in paper.POINTS[4]}
    assert yolos['PIS-NAS-m'] == 'yolov8/yolov8_pis-m_500e_coco'
    assert yolos['YOLOv8-n'] == 'yolov8/yolov8_n_500e_coco'
    assert yolos['YOLOv7-tiny'] == 'yolov7/yolov7_tiny_300e_coco'
    assert yolos['YOLOv6-s'] == 'yolov6/yolov6_s_400e_coco'
    assert yolos['YOLOv6-m'] == 'yolov6/yolov6_m_300e_coco'
    assert config_of(replace(paper.POINTS[4][0], detector='YOLOX')) is None


def test_nothing_measured_leaves_every_cell_of_ours_empty() -> None:
    points = rows.point_rows(paper.POINTS[2], paper.unmeasured, paper.untrained)
    methods = rows.method_rows(paper.METHODS, {}, paper.unmeasured, paper.untrained)
    for table in (tables.point_table(points), tables.method_table(methods)):
        ours = [i for i, head in enumerate(table[0]) if 'ours' in head]
        assert len(ours) >= 4
        assert {row[i] for row in table[1:] for i in ours} == {NOTHING}
        claims = [i for i, head in enumerate(table[0]) if 'claimed' in head]
        assert NOTHING not in {row[i] for row in table[1:] for i in claims}


def test_our_figures_stand_beside_the_claims() -> None:
    points = rows.point_rows(paper.POINTS[2], paper.measured, paper.trained)
    head, first, *_ = tables.point_table(points)
    assert dict(zip(head, first, strict=True)) == {
        'detector': 'FCOS',
        'backbone': 'PIS-NAS-S',
        'MACs claimed (G)': '86.5',
        'MACs ours (G)': '56.8',
        'params claimed (M)': '18.4',
        'params ours (M)': '12.34',
        'budget ours': 'another: -34% MACs',
        'mAP claimed': '35.7',
        'mAP ours': '34.6 (epoch 72)',
        'AP50 ours': '78.9 (epoch 72)',
        'config': 'fcos/fcos_pis-s_fpn_scratch-ms-6x_voc0712',
    }
    assert (
        'AP50 ours'
        not in tables.point_table(rows.point_rows(paper.POINTS[3], paper.measured, paper.trained))[
            0
        ]
    )


def test_methods_that_were_not_searched_here_have_no_search() -> None:
    found = rows.method_rows(paper.METHODS, FOUND, paper.measured, paper.trained)
    table = tables.method_table(found)
    by_method = {row[0]: dict(zip(table[0], row, strict=True)) for row in table[1:]}
    for method in ('DetNAS', 'SP-NAS', 'SpineNet'):
        assert by_method[method]['search ours (CPU core s)'] == NOTHING
        assert by_method[method]['budget ours'] == NOTHING
        assert by_method[method]['MACs ours (G)'] == '56.8'
        assert (CONFIGS / f'{by_method[method]["config"]}.py').is_file()
    ours = by_method['PIS-NAS']
    assert ours['budget ours'] == 'another: -35% MACs'
    assert by_method['MAE-DET']['config'].startswith('gfl/gfl_maedet-r50')
    assert tables._budget(56, found[-1].ours, True) == "the claim's"
    assert ours['search ours (CPU core s)'] == f'{FOUND["pis_coco"].seconds:.1f}'
    assert (ours['AP test claimed'], ours['AP val ours']) == ('48.8', '34.6 (epoch 72)')


def test_figure_5_by_floor() -> None:
    groups = rows.groups(correlation_claims(paper.PAPER), FOUND, paper.trained)
    assert [group.floor for group in groups] == [8.5, 8.8, 9.0]
    for group in groups:
        # The points were read off a figure, where ties may have been none.
        assert group.computed_tau == pytest.approx(group.tau, abs=0.06)
        assert len(group.ours) >= 5
        assert len({ours.search.pr_score for ours in group.ours}) >= 5  # architectures of their own
        for ours in group.ours:
            assert ours.search.bottleneck_entropy >= group.floor
            assert rows.ap50(ours.ours) == pytest.approx(78.9)
    lines = [row for row in tables.group_table(groups) if row[0] == '8.8' and row[1] == 'ours']
    assert {line[3] for line in lines} == {'78.90'}
    groups = rows.groups(correlation_claims(paper.PAPER), {}, paper.untrained)
    assert all(group.ours == () for group in groups)


def test_tables_are_written_as_markdown_and_csv() -> None:
    table = [['a', 'b', 'c'], ['x', '1.5', '-'], ['y', '2 (epoch 1)', '-']]
    assert markdown(table).splitlines() == [
        *('| a | b | c |', '| --- | ---: | ---: |', '| x | 1.5 | - |', '| y | 2 (epoch 1) | - |')
    ]
    assert csv_text(table) == 'a,b,c\nx,1.5,\ny,2 (epoch 1),\n'


@pytest.mark.parametrize('item', ITEMS)
def test_a_page_tells_the_doubts(item: str) -> None:
    page = Report(item, [['a'], ['1']], None).markdown()
    assert page.startswith(f'# {Report(item, [], None).title}')
    assert page.count('\n* ') == len(Report(item, [], None).doubts) >= 3
    assert '.png' not in page
