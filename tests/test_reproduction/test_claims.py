from collections import Counter
from pathlib import Path

import pytest

from pisnas_mm.reproduction.claims import correlation_claims, method_claims, point_claims
from tests.test_reproduction.paper import METHODS, PAPER, POINTS


def test_table_1_is_whole() -> None:
    assert [claim.method for claim in METHODS] == [
        *('DetNAS', 'SP-NAS', 'SpineNet', 'MAE-DET', 'DeepMAD', 'PIS-NAS')
    ]
    assert [claim.method for claim in METHODS if claim.training_free] == [
        *('MAE-DET', 'DeepMAD', 'PIS-NAS')
    ]
    ours = METHODS[-1]
    assert (ours.search_cost, ours.macs_g, ours.epochs, ours.ap) == ('8', 88, 450, 48.8)


def test_figures_are_whole() -> None:
    assert {n: len(points) for n, points in POINTS.items()} == {2: 12, 3: 8, 4: 16}
    for n, dataset in ((2, 'VOC'), (3, 'COCO'), (4, 'COCO')):
        assert {point.dataset for point in POINTS[n]} == {dataset}
        names = [(point.detector, point.backbone) for point in POINTS[n]]
        assert len(set(names)) == len(names)
    for points in POINTS.values():
        assert all(20 < point.ap < 60 for point in points)
        assert all(2 < point.macs_g < 300 for point in points)
    assert all(point.params_m for n in (2, 3) for point in POINTS[n])


def test_larger_backbones_are_claimed_to_be_better() -> None:
    ap = {(p.dataset, p.detector, p.backbone): p.ap for n in (2, 3) for p in POINTS[n]}
    for (dataset, detector, backbone), value in ap.items():
        for small, large in (('PIS-NAS-S', 'PIS-NAS-L'), ('ResNet-50', 'ResNet-101')):
            if backbone == small:
                assert ap[dataset, detector, large] > value


def test_figure_5_is_whole() -> None:
    claims = correlation_claims(PAPER)
    assert Counter(claim.floor for claim in claims) == {9.0: 6, 8.8: 5, 8.5: 6}
    assert {(claim.floor, claim.tau) for claim in claims} == {(9.0, 0.6), (8.8, 0.82), (8.5, 0.55)}
    assert all(77 < claim.ap < 80 and 180 < claim.pr_score < 240 for claim in claims)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'table1.csv not found'):
        method_claims(tmp_path)
    text = (PAPER / 'figures.csv').read_text()
    (tmp_path / 'figures.csv').write_text(text.replace('86.5', 'many'))
    with pytest.raises(ValueError, match=r'figures.csv:2 is no line .* float: .many'):
        point_claims(tmp_path, 2)
    (tmp_path / 'figures.csv').write_text(text.replace('macs_g', 'flops'))
    with pytest.raises(ValueError, match=r"figures.csv:2 .* KeyError: 'macs_g'"):
        point_claims(tmp_path, 2)
