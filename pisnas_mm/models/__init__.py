"""What MMDetection builds: import it with ``custom_imports=dict(imports=['pisnas_mm.models'])``."""

from pisnas_mm.models.backbones import PISBackbone, SPNet, SpineNet
from pisnas_mm.models.dense_heads import YOLOv8Head
from pisnas_mm.models.fuse import fuse
from pisnas_mm.models.hooks import PaintedImagesHook
from pisnas_mm.models.losses import CompleteIoULoss
from pisnas_mm.models.necks import YOLOv8PAFPN
from pisnas_mm.models.safe_globals import allow_checkpoint_types
from pisnas_mm.models.task_modules import YOLOv8Assigner

allow_checkpoint_types()

__all__ = [
    'CompleteIoULoss',
    'PISBackbone',
    'PaintedImagesHook',
    'SPNet',
    'SpineNet',
    'YOLOv8Assigner',
    'YOLOv8Head',
    'YOLOv8PAFPN',
    'fuse',
]
