"""The comparison on the embedded digits as tables and as a page."""

from collections.abc import Sequence

from pisnas_mm.reproduction.comparison import METRICS, Difference, Row, Rows, Spread, differences
from pisnas_mm.utils.table import NOTHING, Table, markdown


def model_table(groups: Rows) -> Table:
    """A line a model."""
    head = ['detector', 'backbone', 'params (M)', 'backbone MACs (M)', 'MACs (M)']
    for metric in METRICS:
        head += [f'{metric} (%)', f'{metric} sd', f'{metric} min', f'{metric} max']
    head += ['mAP by seed', 'config']
    return [head, *(_line(row) for group in groups.values() for row in group)]


def difference_table(found: Sequence[Difference]) -> Table:
    """A line a searched backbone and metric."""
    head = ['detector', 'searched', 'metric', 'minus plain', 'standard error', "seeds' ranges"]
    lines = [
        [
            one.detector,
            one.backbone,
            one.metric,
            f'{one.points:+.2f}',
            f'{one.error:.2f}',
            'overlap' if one.overlap else 'apart',
        ]
        for one in found
    ]
    return [head, *lines]


def page(groups: Rows) -> str:
    """Both tables in Markdown; the drawing is a file beside it."""
    seeds = sorted({seed for group in groups.values() for row in group for seed in row.seeds})
    parts = [
        '# The embedded digits: plain and searched backbones',
        'Written by `python tools/dev/compare_digits.py`. Seeds: '
        f'{", ".join(map(str, seeds)) or "none yet"}.',
        '![mAP and mAP50 of every seed](digits.png)',
        markdown(model_table(groups)).rstrip(),
        'After the last epoch, on held-out digits, MACs at 128 x 128; sd is the standard deviation '
        'of the seeds. Differences of the means, in points:',
        markdown(difference_table(differences(groups))).rstrip(),
    ]
    return '\n\n'.join(parts) + '\n'


def _line(row: Row) -> list[str]:
    cells = [row.detector, row.model.backbone, f'{row.cost.params / 1e6:.3f}']
    cells += [f'{macs / 1e6:.1f}' for macs in (row.cost.backbone_macs, row.cost.macs)]
    for metric in METRICS:
        cells += _cells(row.spread(metric))
    by_seed = [f'{value:.1f}' for value in row.values['mAP']]
    return [*cells, ' '.join(by_seed) or NOTHING, row.model.config]


def _cells(spread: Spread | None) -> list[str]:
    if spread is None:
        return [NOTHING] * len(Spread._fields)
    return [NOTHING if number is None else f'{number:.1f}' for number in spread]
