"""From a genotype to a config that trains."""

from pisnas_mm.detectors.backbone import backbone_config, neck_channels
from pisnas_mm.detectors.detector import check_detector, detector_config
from pisnas_mm.detectors.files import export, search_result
from pisnas_mm.detectors.table import comparison
from pisnas_mm.utils.config_text import config_text

__all__ = [
    'backbone_config',
    'check_detector',
    'comparison',
    'config_text',
    'detector_config',
    'export',
    'neck_channels',
    'search_result',
]
