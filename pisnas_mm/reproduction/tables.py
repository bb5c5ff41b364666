"""Rows as tables of text."""

from collections.abc import Sequence

from pisnas_mm.reproduction.rows import Group, MethodRow, Ours, PointRow, ap50
from pisnas_mm.reproduction.work_dirs import COCO_AP, VOC_AP50
from pisnas_mm.utils.table import NOTHING, Table

ALIKE = 0.05  # MACs by which a detector may differ from the claim's within the same budget


def method_table(rows: Sequence[MethodRow]) -> Table:
    """Table 1."""
    head = [
        *('method', 'venue', 'training-free', 'searched', 'weights', 'epochs claimed'),
        *(
            'search claimed (GPU h)',
            'search ours (CPU core s)',
            'MACs claimed (G)',
            'MACs ours (G)',
        ),
        *('params ours (M)', 'budget ours', 'AP test claimed', 'AP val ours', 'config'),
    ]
    return [head, *(_method(row) for row in rows)]


def _method(row: MethodRow) -> list[str]:
    claim = row.claim
    return [
        claim.method,
        claim.venue,
        'yes' if claim.training_free else 'no',
        claim.search_part,
        claim.weights,
        str(claim.epochs),
        claim.search_cost,
        _number(row.search.seconds if row.search else None, 1),
        _claimed(claim.macs_g),
        _macs(row.ours),
        _params(row.ours),
        _budget(claim.macs_g, row.ours, row.search is not None),
        _claimed(claim.ap),
        _ap(row.ours),
        row.ours.config,
    ]


def point_table(rows: Sequence[PointRow]) -> Table:
    """Figure 2, 3 or 4."""
    head = [
        *('detector', 'backbone', 'MACs claimed (G)', 'MACs ours (G)'),
        *('params claimed (M)', 'params ours (M)', 'budget ours', 'mAP claimed', 'mAP ours'),
    ]
    on_voc = any(row.claim.dataset == 'VOC' for row in rows)
    head += ['AP50 ours', 'config'] if on_voc else ['config']
    return [head, *(_point(row, on_voc) for row in rows)]


def _point(row: PointRow, on_voc: bool) -> list[str]:
    claim = row.claim
    return [
        claim.detector,
        claim.backbone,
        _claimed(claim.macs_g),
        _macs(row.ours),
        _claimed(claim.params_m),
        _params(row.ours),
        _budget(claim.macs_g, row.ours, 'PIS-NAS' in claim.backbone),
        _claimed(claim.ap),
        _ap(row.ours),
        *([_ap(row.ours, VOC_AP50)] if on_voc else []),
        row.ours.config if row.ours else NOTHING,
    ]


def group_table(groups: Sequence[Group]) -> Table:
    """Figure 5: the paper's points and ours, by floor."""
    head = ['H_btn >=', 'whose', 'PR score', 'AP50', 'tau claimed', 'tau of the points', 'config']
    table = [head]
    for group in groups:
        floor, tau = _number(group.floor, 1), _number(group.computed_tau, 2)
        for claim in group.claims:
            cells = [_number(claim.pr_score, 1), _number(claim.ap, 2), _number(group.tau, 2), tau]
            table.append([floor, 'claimed', *cells, NOTHING])
        for row in group.ours:
            cells = [_number(row.search.pr_score, 1), _number(ap50(row.ours), 2)]
            table.append([floor, 'ours', *cells, NOTHING, NOTHING, row.ours.config])
    return table


def _macs(ours: Ours | None) -> str:
    size = ours.size if ours else None
    return _number(size.macs / 1e9 if size else None, 1)


def _params(ours: Ours | None) -> str:
    size = ours.size if ours else None
    return _number(size.params / 1e6 if size else None, 2)


def _budget(claimed_macs_g: float, ours: Ours | None, searched: bool) -> str:
    """Of a backbone that was searched here: whether the detector has the MACs of the claim's."""
    if not searched or ours is None or ours.size is None:
        return NOTHING
    more = ours.size.macs / 1e9 / claimed_macs_g - 1
    return "the claim's" if abs(more) < ALIKE else f'another: {more:+.0%} MACs'


def _ap(ours: Ours | None, metric: str = COCO_AP) -> str:
    """In percent, and after which epoch, as the schedule may not be at its end."""
    ap = ours.ap(metric) if ours else None
    if ap is None or ours is None or ours.trained is None:
        return NOTHING
    return f'{ap:.1f} (epoch {ours.trained.epoch})'


def _claimed(value: float | None) -> str:
    """With the digits that it is claimed with."""
    return NOTHING if value is None else f'{value:g}'


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f'{value:.{digits}f}'
