"""The comparison on the embedded digits as tables and as a page."""

from collections.abc import Mapping, Sequence

from pisnas_mm.reproduction.comparison import METRICS, Difference, Row, Spread, differences
from pisnas_mm.reproduction.tables import NOTHING, Table, markdown


def model_table(pairs: Mapping[str, tuple[Row, Row]]) -> Table:
    """A line a model."""
    head = ['detector', 'backbone', 'params (M)', 'backbone MACs (M)', 'MACs (M)']
    for metric in METRICS:
        head += [f'{metric} (%)', f'{metric} sd', f'{metric} min', f'{metric} max']
    head += ['mAP by seed', 'config']
    return [head, *(_line(row) for pair in pairs.values() for row in pair)]


def difference_table(found: Sequence[Difference]) -> Table:
    """A line a detector and metric."""
    head = ['detector', 'metric', 'PIS-NAS minus plain', 'standard error', "seeds' ranges"]
    lines = [
        [
            one.detector,
            one.metric,
            f'{one.points:+.2f}',
            f'{one.error:.2f}',
            'overlap' if one.overlap else 'apart',
        ]
        for one in found
    ]
    return [head, *lines]


def page(pairs: Mapping[str, tuple[Row, Row]]) -> str:
    """Both tables in Markdown; the drawing is a file beside it."""
    seeds = sorted({seed for pair in pairs.values() for row in pair for seed in row.seeds})
    parts = [
        '# The embedded digits: plain and searched backbones',
        'Written by `python tools/dev/compare_digits.py`. Seeds: '
        f'{", ".join(map(str, seeds)) or "none yet"}.',
        '![mAP and mAP50 of every seed](digits.png)',
        markdown(model_table(pairs)).rstrip(),
        'After the last epoch, on held-out digits, MACs at 128 x 128; sd is the standard deviation '
        'of the seeds. Differences of the means, in points:',
        markdown(difference_table(differences(pairs))).rstrip(),
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
