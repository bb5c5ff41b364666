"""From a checkpoint to a detector that needs neither torch nor MMDetection.

``Detector`` runs an exported model with NumPy, OpenCV and ONNX Runtime (or OpenVINO); the modules
that write models (``exporting``, ``quantisation``) and judge them (``evaluation``) need the rest.
"""

from pisnas_mm.deployment.detector import Detections, Detector

__all__ = ['Detections', 'Detector']
