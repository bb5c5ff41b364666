"""Tables of text: the same cells for the screen, Markdown and CSV."""

import csv
import io
from collections.abc import Collection, Sequence

Table = list[list[str]]
"""A head and rows of cells."""

NOTHING = '-'
"""What stands where nothing was measured."""


def text_table(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """Rows of cells in aligned columns: those numbered in ``left`` to the left, others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return '\n'.join(
        '  '.join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def markdown(table: Table) -> str:
    """A table in Markdown, numbers to the right."""
    head, *rows = table
    numeric = [all(_is_number(row[i]) for row in rows) for i in range(len(head))]
    rule = ['---:' if right else '---' for right in numeric]
    return '\n'.join(f'| {" | ".join(row)} |' for row in (head, rule, *rows)) + '\n'


def csv_text(table: Table) -> str:
    """A table as CSV; nothing is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerows([['' if cell == NOTHING else cell for cell in row] for row in table])
    return text.getvalue()


def _is_number(cell: str) -> bool:
    try:
        float(cell.split(' ')[0])
    except ValueError:
        return cell == NOTHING
    return True
