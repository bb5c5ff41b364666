"""From a detector's config to the model, and to the runner that trains or evaluates it."""

import os
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from pisnas_mm.utils.configs import import_modules
from pisnas_mm.utils.preconditions import check_installed

if TYPE_CHECKING:
    from mmengine.config import Config
    from mmengine.model import BaseModel
    from mmengine.runner import Runner


def build_detector(cfg: 'Config') -> 'BaseModel':
    """Import what the config asks for and build its model, on the CPU.

    Raises:
        ValueError: A package of the detector stack is not installed, or the device has no mixed
            precision.
    """
    check_installed('torch', 'mmcv', 'mmdet')
    import_modules(cfg)

    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    init_default_scope(cfg.get('default_scope', 'mmdet'))
    return MODELS.build(cfg.model)


def build_runner(
    cfg: 'Config', launcher: str = 'none', local_rank: int = 0, *, strict: bool = False
) -> 'Runner':
    """Import what the config asks for and build its runner, on CPU where there is no GPU.

    Args:
        cfg: A detector's config.
        launcher: What has started this process.
        local_rank: Of this process on its machine, where the launcher does not set it.
        strict: Whether weights that are loaded have to be this very model's.

    Raises:
        ValueError: A package of the detector stack is not installed, or the device has no mixed
            precision.
    """
    check_installed('torch', 'mmcv', 'mmdet')

    import torch
    from mmengine.registry import RUNNERS
    from mmengine.runner import Runner

    from pisnas_mm.detectors.resuming import KeptOnResume
    from pisnas_mm.detectors.weights import FittingWeights
    from pisnas_mm.models.safe_globals import allow_checkpoint_types

    allow_checkpoint_types()
    import_modules(cfg)
    cfg.launcher = launcher
    os.environ.setdefault('LOCAL_RANK', str(local_rank))
    left_out = launcher == 'pytorch' and not torch.cuda.is_available() and _distribute_on_cpu(cfg)
    if 'Amp' in str((cfg.get('optim_wrapper') or {}).get('type')):
        _mix_precision(cfg)
    runner = RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)
    if left_out:
        runner.logger.warning('without a GPU, processes do not share the statistics of batch norms')
    runner.register_hook(KeptOnResume())
    runner.register_hook(FittingWeights(strict), priority='VERY_HIGH')  # before others load them
    return runner


def _mix_precision(cfg: 'Config') -> None:
    """Where there is no GPU: in bfloat16, without scaling the loss.

    Raises:
        ValueError: The device has no mixed precision that MMEngine knows.
    """
    from mmengine.device import get_device

    from pisnas_mm.models.amp import BFloat16OptimWrapper

    device = get_device()
    if device == 'cpu':
        kept = {k: v for k, v in cfg.optim_wrapper.items() if k not in ('loss_scale', 'dtype')}
        cfg.optim_wrapper = dict(kept, type=BFloat16OptimWrapper.__name__)
    elif device not in ('cuda', 'npu', 'mlu', 'musa'):
        raise ValueError(
            f'mixed precision (--amp, AmpOptimWrapper) does not run on {device}; train without it'
        )


def _distribute_on_cpu(cfg: 'Config') -> bool:
    """MMEngine would ask for a GPU both when it joins the group and when it wraps the model.

    Returns:
        Whether batch norms were to be synchronised, which needs a GPU, too.
    """
    import torch.distributed as dist

    shared = bool(_unshare(cfg.model) or cfg.get('sync_bn'))
    cfg.sync_bn = None
    if not dist.is_initialized():
        dist.init_process_group('gloo')
    cfg.setdefault(
        'model_wrapper_cfg',
        dict(
            type='MMDistributedDataParallel',
            device_ids=None,
            broadcast_buffers=False,
            find_unused_parameters=cfg.get('find_unused_parameters', False),
        ),
    )
    return shared


def _unshare(entry: Any) -> int:
    """Make plain batch norms of a model's synchronised ones, in place, and count them."""
    if isinstance(entry, MutableMapping):
        found = entry.get('type') in ('SyncBN', 'MMSyncBN')
        if found:
            entry['type'] = 'BN'
        return found + sum(map(_unshare, list(entry.values())))
    return sum(map(_unshare, entry)) if isinstance(entry, list | tuple) else 0
