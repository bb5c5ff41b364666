"""How long things take on a device, measured there: kernels, backbones, detectors."""
