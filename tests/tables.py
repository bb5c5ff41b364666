"""Latency tables that nobody measured: their times follow a formula."""

from pathlib import Path
from typing import Any

from pisnas_mm.latency.kernels import Kernel, Widths, work
from pisnas_mm.latency.table import Conditions, Correction, LatencyTable, Timed, read_table
from pisnas_mm.timing.plan import points

CONDITIONS = dict(
    device='cpu', backend='onnxruntime', threads=1, precision='fp32', image_size=64, batch=1
)
FACTORS = {'conv': 1.25, 'pointwise': 0.5, 'depthwise': 2.0, 'other': 1.0}
OFFSET = 0.125


def formula(kernel: Kernel, widths: Widths) -> float:
    """Milliseconds in proportion to the work, a little more for larger sides."""
    return 1e-6 * work(widths) * kernel.side**1.5


def made_up(path: Path, genotypes: Any, **changes: Any) -> LatencyTable:
    """A complete table of all that these architectures are made of, as read from a file."""
    conditions = Conditions(**{**CONDITIONS, **changes})
    table = LatencyTable(conditions, {'hardware': 'none', 'versions': {}})
    for kernel, widths, _ in points(genotypes, conditions.image_size):
        times = table.kernels.setdefault(str(kernel), {})
        times[widths] = Timed(formula(kernel, widths), 0.01)
    table.correction = Correction(OFFSET, FACTORS)
    table.write(path)
    return read_table(path)
