"""PIS-NAS: zero-shot search of detection backbones, as an MMDetection plug-in."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pisnas_mm.app.search import search_backbone
    from pisnas_mm.detectors.training import train_detector

__version__ = '0.1.0'
__all__ = ['search_backbone', 'train_detector']

_HOMES = {
    'search_backbone': 'pisnas_mm.app.search',
    'train_detector': 'pisnas_mm.detectors.training',
}


def __getattr__(name: str) -> Any:
    """A pipeline, imported when it is asked for: this package alone imports nothing."""
    if name not in _HOMES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(_HOMES[name]), name)
