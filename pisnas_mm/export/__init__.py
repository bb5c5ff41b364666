"""From a genotype to a config that trains."""

from pisnas_mm.export.backbone import backbone_config, neck_channels
from pisnas_mm.export.detector import check_detector, detector_config
from pisnas_mm.export.files import Exported, export, search_result
from pisnas_mm.export.table import comparison
from pisnas_mm.export.text import config_text

__all__ = [
    'Exported',
    'backbone_config',
    'check_detector',
    'comparison',
    'config_text',
    'detector_config',
    'export',
    'neck_channels',
    'search_result',
]
