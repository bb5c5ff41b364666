"""PIS-NAS: zero-shot search of detection backbones, as an MMDetection plug-in."""

__version__ = '0.1.0'
