"""What a user has, in the user's own detector and data: the baselines of a verification."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.datasets.sources import heads
from pisnas_mm.detectors.bases import base_file
from pisnas_mm.detectors.detector import detector_config, with_ours
from pisnas_mm.detectors.necks import drop_checkpoints, wire
from pisnas_mm.utils.configs import import_modules, load_detector

_WHOLE = 256  # a side at which every level of a pyramid has a whole number of cells


def baseline_config(
    baseline: Mapping[str, Any] | str,
    detector: Mapping[str, Any],
    folder: Path,
    seed: Genotype,
    custom_imports: Mapping[str, Any] | None = None,
) -> Config:
    """A detector config with a baseline, trained from scratch like those that were searched.

    Args:
        baseline: An MMDetection backbone, whose channels the neck is given; or the file of a
            detector's config, whose whole model is taken, with the user's classes.
        detector: The entry ``detector`` of the search config: data, schedule, and all else.
        folder: What files are looked up beside that are not there from the current folder.
        seed: An architecture of the space, in whose place the baseline comes.
        custom_imports: What the search config imports.

    Raises:
        ValueError: It is not there, or does not fit.
    """
    cfg = detector_config(seed, detector, folder, custom_imports)
    if isinstance(baseline, str):
        here = Path(baseline)
        own = load_detector(here if here.is_file() else base_file(folder, baseline))
        classes = [head['num_classes'] for _, head in heads(cfg.model)]
        cfg.model = own.model
        for _, head in heads(cfg.model) if classes else ():
            head['num_classes'] = classes[0]
        cfg.custom_imports = with_ours(cfg.custom_imports, own.get('custom_imports'))
    else:
        levels: Sequence[int] = cfg.model.backbone.out_indices
        cfg.model.backbone = dict(baseline)
    drop_checkpoints(cfg)
    if not isinstance(baseline, str):
        import_modules(cfg)
        channels = _channels(cfg)
        if len(channels) != len(levels):
            raise ValueError(
                f'it gives {len(channels)} levels, but the neck takes {len(levels)}; set its '
                f'out_indices'
            )
        wire(cfg.model, channels, levels)
    return cfg


def _channels(cfg: Config) -> list[int]:
    """Of every level that the backbone gives."""
    import torch
    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    init_default_scope(cfg.get('default_scope', 'mmdet'))
    with torch.device('meta'), torch.no_grad():
        backbone = MODELS.build(cfg.model.backbone)
        backbone.eval()  # which a ResNet of MMDetection gives nothing back from
        found = backbone(torch.zeros(1, 3, _WHOLE, _WHOLE))
    return [level.shape[1] for level in found]
