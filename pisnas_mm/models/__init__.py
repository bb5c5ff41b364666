"""What MMDetection builds: import it with ``custom_imports=dict(imports=['pisnas_mm.models'])``."""

from pisnas_mm.models.backbones import PISBackbone
from pisnas_mm.models.safe_globals import allow_checkpoint_types

allow_checkpoint_types()

__all__ = ['PISBackbone']
