"""What MMDetection builds: import it with ``custom_imports=dict(imports=['pisnas_mm.models'])``."""

from pisnas_mm.models.backbones import PISBackbone, SpineNet, SPNet
from pisnas_mm.models.dense_heads import (
    SpineNetHead,
    YOLOv5Head,
    YOLOv6Head,
    YOLOv7Head,
    YOLOv8Head,
)
from pisnas_mm.models.fuse import fuse
from pisnas_mm.models.hooks import PaceHook, PaintedImagesHook, RoundSampler, SeededRounds
from pisnas_mm.models.losses import CompleteIoULoss
from pisnas_mm.models.necks import YOLOv5PAFPN, YOLOv6PAFPN, YOLOv7PAFPN, YOLOv8PAFPN
from pisnas_mm.models.safe_globals import allow_checkpoint_types
from pisnas_mm.models.task_modules import YOLOv8Assigner

allow_checkpoint_types()

__all__ = [
    'CompleteIoULoss',
    'PISBackbone',
    'PaceHook',
    'PaintedImagesHook',
    'RoundSampler',
    'SPNet',
    'SeededRounds',
    'SpineNet',
    'SpineNetHead',
    'YOLOv5Head',
    'YOLOv5PAFPN',
    'YOLOv6Head',
    'YOLOv6PAFPN',
    'YOLOv7Head',
    'YOLOv7PAFPN',
    'YOLOv8Assigner',
    'YOLOv8Head',
    'YOLOv8PAFPN',
    'fuse',
]
