"""A trained detector made ready for deployment."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pisnas_mm.detectors.runner import build_detector
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.configs import load_detector, name_of
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed, check_writable

if TYPE_CHECKING:
    from mmengine.config import Config


class Fused(NamedTuple):
    """Config and checkpoint of a fused detector, and its params before and after."""

    config: Path
    checkpoint: Path
    before: int
    after: int


def fuse_detector(
    config: 'str | Path | Mapping[str, Any] | Config',
    checkpoint: str | Path,
    out: Path,
    *,
    options: Mapping[str, Any] | None = None,
) -> Fused:
    """Fuse the branches of a detector's RepVGG blocks into one convolution each.

    Args:
        config: The detector's config, or its file.
        checkpoint: Weights that were trained with it.
        out: The folder for ``NAME_deploy.py`` and ``NAME_deploy.pth``.
        options: Changes of the config.

    Raises:
        ValueError: The backbone is none of this package, or a file or a package is missing.
    """
    cfg = load_detector(config, options)
    check_checkpoint(checkpoint, 'give that of a training with this config')
    kind = cfg.model.backbone.type
    if kind != 'PISBackbone':
        raise ValueError(f'{config} has a {kind} and no PISBackbone')
    check_installed('torch', 'mmcv', 'mmdet')
    check_writable(out, 'another folder')
    model = build_detector(cfg)

    import torch
    from mmengine.runner import load_checkpoint

    from pisnas_mm.models.fuse import fuse

    loaded = load_checkpoint(model, str(checkpoint), map_location='cpu', strict=True)
    before = sum(p.numel() for p in model.parameters())
    fuse(model.eval())
    cfg.model.backbone.deploy = True
    name = f'{name_of(cfg)}_deploy'
    fused = out / f'{name}.py', out / f'{name}.pth'
    write_text(fused[0], config_text(cfg.to_dict()))
    torch.save({'state_dict': model.state_dict(), 'meta': loaded.get('meta', {})}, fused[1])
    return Fused(*fused, before, sum(p.numel() for p in model.parameters()))
