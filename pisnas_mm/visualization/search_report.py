"""From a search's work directory to its report."""

from importlib.util import find_spec
from pathlib import Path

from pisnas_mm.utils.files import write_text
from pisnas_mm.visualization.work_dir import read_search


def check_report() -> None:
    """Raise ``ValueError`` where the charting library is missing."""
    if find_spec('vl_convert') is None:
        raise ValueError(
            "vl-convert-python is not installed, but a report needs it: pip install -e '.[report]'"
        )


def write_report(work_dir: Path, out: Path) -> Path:
    """Write the page of a search, and say where it lies.

    Raises:
        ValueError: There is no search in the folder, or the charting library is not installed.
    """
    check_report()
    search = read_search(work_dir)

    from pisnas_mm.visualization.page import page

    write_text(out, page(search))
    return out


def write_overview(work_dir: Path, out: Path) -> Path:
    """Write a search as one PNG, and say where it lies.

    Raises:
        ValueError: See ``write_report``.
    """
    check_report()
    search = read_search(work_dir)

    from pisnas_mm.visualization.overview import overview
    from pisnas_mm.visualization.vega import png

    out.write_bytes(png(overview(search)))
    return out
