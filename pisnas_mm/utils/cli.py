"""The old place of what reads configs, for scripts that still import it from here."""

from pisnas_mm.utils.configs import import_modules, load_config, load_detector

__all__ = ['import_modules', 'load_config', 'load_detector']
