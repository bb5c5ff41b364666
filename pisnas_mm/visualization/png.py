"""Matplotlib's figures as PNG files."""

from pathlib import Path

from matplotlib.figure import Figure

DPI = 150


def save(figure: Figure, path: Path) -> None:
    """Write a PNG, the same bytes for the same figure."""
    figure.savefig(path, dpi=DPI, metadata={'Software': None})
