"""The old place of the reader of TinyNAS's texts, for scripts that still import it from here."""

from pisnas_mm.architectures.tinynas import genotype_from_tinynas

__all__ = ['genotype_from_tinynas']
