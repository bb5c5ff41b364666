"""A budget of milliseconds on a device, by a table that was measured there."""

from pathlib import Path

from pisnas_mm.checks import check_image_size, check_whole, shown
from pisnas_mm.constraints.budgets import OnMeasure
from pisnas_mm.latency import LatencyTable, read_table
from pisnas_mm.measures.table import Measure
from pisnas_mm.registry import CONSTRAINTS


@CONSTRAINTS.register_module()
class Latency(OnMeasure):
    """Bounds on the predicted latency of the backbone, in milliseconds.

    While a search has it, ``latency`` is one of its measures.

    Args:
        table: What ``tools/analysis_tools/measure_latency.py`` wrote; relative to the config.
        image_size: In pixels, which the table should have, as it should have the device, the
            backend, the threads, the precision and the batch where they are given.
        max: The budget.
        min: What it should at least take.
        finalists: How many of the best are measured after the search, and more until one keeps the
            budget. None is where this machine is not what the table is of.

    Raises:
        ValueError: The table cannot be read, is not complete, or is of other conditions.
    """

    def __init__(
        self,
        *,
        table: str,
        image_size: int,
        max: float | None = None,
        min: float | None = None,
        device: str | None = None,
        backend: str | None = None,
        threads: int | None = None,
        precision: str | None = None,
        batch: int | None = None,
        finalists: int = 3,
    ) -> None:
        super().__init__(min=min, max=max)
        self.finalists = check_whole(finalists, 'finalists', 0)
        if not isinstance(table, str) or not table:
            raise ValueError(f'table should be a file, but got {shown(table)}')
        self.table = read_table(Path(table))
        asked = dict(
            image_size=check_image_size(image_size),
            device=device,
            backend=backend,
            threads=threads,
            precision=precision,
            batch=batch,
        )
        if others := self.table.conditions.differences(asked):
            raise ValueError(
                f'latency table {table} has {", ".join(others)}: name the table that was measured '
                f'so, or measure one with tools/analysis_tools/measure_latency.py'
            )
        self.table.check_complete()
        self.image_size = image_size
        self.of = latency_of(self.table)

    @property
    def contents(self) -> dict[str, str]:
        return {'table': file_name(self.table)}


def latency_of(table: LatencyTable) -> Measure:
    """The measure that a table makes."""
    return Measure('latency', table, 'latency', 'ms', only_at=table.conditions.image_size)


def file_name(table: LatencyTable) -> str:
    """By its content: what a search keeps a copy under, and resumes by."""
    return f'latency_{table.digest[:16]}.json'
