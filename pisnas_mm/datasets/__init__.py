"""Embedded data for first runs and tests: handwritten digits as a detection data set."""

from pisnas_mm.datasets.digits import CLASSES, DigitsSettings, make_digits

__all__ = ['CLASSES', 'DigitsSettings', 'make_digits']
