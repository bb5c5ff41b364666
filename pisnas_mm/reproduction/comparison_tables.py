"""A trained comparison as tables and as a page."""

from collections.abc import Sequence

from pisnas_mm.reproduction.comparison import (
    METRICS,
    Comparison,
    Difference,
    Row,
    Rows,
    Spread,
    differences,
)
from pisnas_mm.utils.table import NOTHING, Table, markdown


def model_table(groups: Rows) -> Table:
    """A line a model."""
    head = ['detector', 'backbone', 'params (M)', 'backbone MACs (M)', 'MACs (M)']
    for metric in METRICS:
        head += [f'{metric} (%)', f'{metric} sd', f'{metric} min', f'{metric} max']
    head += [*(f'{metric} by seed' for metric in METRICS), 'config']
    return [head, *(_line(row) for group in groups.values() for row in group)]


def difference_table(found: Sequence[Difference]) -> Table:
    """A line a searched backbone and metric."""
    head = ['detector', 'searched', 'metric', 'minus plain', '95 % interval']
    head += ['standard error', "seeds' ranges"]
    lines = [
        [
            one.detector,
            one.backbone,
            one.metric,
            f'{one.points.value:+.2f}',
            f'{one.points.low:+.2f} to {one.points.high:+.2f}',
            f'{one.error:.2f}',
            'overlap' if one.overlap else 'apart',
        ]
        for one in found
    ]
    return [head, *lines]


def page(comparison: Comparison, groups: Rows) -> str:
    """Both tables in Markdown; the drawing is a file beside it."""
    seeds = sorted({seed for group in groups.values() for row in group for seed in row.seeds})
    size = comparison.image_size
    parts = [
        f'# {comparison.title}: plain and searched backbones',
        f'Written by `python tools/dev/compare.py {comparison.name}`. Seeds: '
        f'{", ".join(map(str, seeds)) or "none yet"}.',
        f'![mAP and mAP50 of every seed]({comparison.name}.png)',
        markdown(model_table(groups)).rstrip(),
        f'After the last epoch, on held-out images, MACs at {size} x {size}; sd is the standard '
        'deviation of the seeds. Differences of the means, in points, with intervals by '
        "Student's t (Welch):",
        markdown(difference_table(differences(groups))).rstrip(),
    ]
    return '\n\n'.join(parts) + '\n'


def _line(row: Row) -> list[str]:
    cells = [row.detector, row.model.backbone, f'{row.cost.params / 1e6:.3f}']
    cells += [f'{macs / 1e6:.1f}' for macs in (row.cost.backbone_macs, row.cost.macs)]
    for metric in METRICS:
        cells += _cells(row.spread(metric))
    for metric in METRICS:
        cells.append(' '.join(f'{value:.1f}' for value in row.values[metric]) or NOTHING)
    return [*cells, row.model.config]


def _cells(spread: Spread | None) -> list[str]:
    if spread is None:
        return [NOTHING] * len(Spread._fields)
    return [NOTHING if number is None else f'{number:.1f}' for number in spread]
