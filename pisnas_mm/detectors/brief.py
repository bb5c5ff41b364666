"""A detector's config with a shortened schedule, in rounds of steps after which it may pause."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from mmengine.config import Config

from pisnas_mm.checks import shown
from pisnas_mm.detectors.detector import with_ours

WARM_UP = 0.1
"""Share of all steps that schedulers in iterations (warm-ups) may take: longer ones shrink."""

STEPS_OF_PACE = 20
"""Of each of two rounds, of which the second is measured."""

_LENGTHS = ('begin', 'end', 'T_max', 'step_size', 'total_steps')
_SAMPLERS = ('DefaultSampler', 'InfiniteSampler')


def brief(cfg: Config, rounds: int, steps: int) -> Config:
    """Train ``rounds`` rounds of ``steps`` steps, each a checkpoint and an evaluation.

    Everything is as in the config but the length: the schedule of the learning rate is the same
    curve over fewer steps, and so is when pipelines switch. It spans all rounds, and who leaves
    after the first has seen only its beginning: then one ranks by how trainings stand, and whoever
    goes on does so as if there had been no rungs.

    Raises:
        ValueError: The config's training cannot be cut into rounds.
    """
    cfg = deepcopy(cfg)
    loop = cfg.train_cfg
    by_epoch = 'max_epochs' in loop
    length = loop.get('max_epochs') or loop.get('max_iters')
    if not length:
        raise ValueError(
            f'verify: train_cfg should have max_epochs or max_iters, got {shown(loop)}'
        )
    total = rounds * steps
    schedulers = cfg.get('param_scheduler') or []
    several = schedulers if isinstance(schedulers, list | tuple) else [schedulers]
    cfg.param_scheduler = [_rescaled(dict(one), by_epoch, length, total) for one in several]
    cfg.train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=rounds, val_interval=1)
    _cut(cfg.train_dataloader, steps)
    hooks = [_moved(dict(hook), rounds / length) for hook in cfg.get('custom_hooks') or []]
    cfg.custom_hooks = [*hooks, dict(type='SeededRounds')]
    default_hooks = cfg.setdefault('default_hooks', {})
    # One checkpoint, to go on from; the metric is the last one's, with no choice of the best.
    default_hooks['checkpoint'] = dict(type='CheckpointHook', interval=1, max_keep_ckpts=1)
    default_hooks.setdefault('sampler_seed', dict(type='DistSamplerSeedHook'))
    cfg.setdefault('log_processor', {})['by_epoch'] = True
    cfg.custom_imports = with_ours(cfg.get('custom_imports'))
    cfg.pop('resume', None)
    return cfg


def paced(cfg: Config) -> Config:
    """The beginning of a long training, which leaves ``pace.json`` if it ends after two rounds.

    Raises:
        ValueError: The config's training cannot be cut into rounds.
    """
    cfg = brief(cfg, 100, STEPS_OF_PACE)  # so long that the learning rate is still low
    cfg.train_cfg.val_begin = 2
    cfg.custom_hooks = [*cfg.custom_hooks, dict(type='PaceHook')]
    return cfg


def _rescaled(scheduler: dict[str, Any], by_epoch: bool, length: int, total: int) -> dict[str, Any]:
    """The same curve over ``total`` steps, in steps."""
    in_epochs = scheduler.pop('by_epoch', True)
    scheduler.pop('convert_to_iter_based', None)
    if in_epochs == by_epoch:
        scale = total / length
    else:  # a warm-up of so many iterations in a training of so many epochs
        scale = min(1.0, WARM_UP * total / max(scheduler.get('end', 1), 1))
    for key in _LENGTHS:
        if key in scheduler:
            scheduler[key] = max(round(scheduler[key] * scale), 0 if key == 'begin' else 1)
    if 'milestones' in scheduler:
        scheduler['milestones'] = [round(of * scale) for of in scheduler['milestones']]
    if 'end' in scheduler and scheduler['end'] <= scheduler.get('begin', 0):
        scheduler['end'] = scheduler.get('begin', 0) + 1
    return scheduler | {'by_epoch': False}


def _cut(loader: Any, steps: int) -> None:
    sampler: Mapping[str, Any] = loader.get('sampler') or {'type': 'DefaultSampler'}
    if sampler.get('type') not in _SAMPLERS or not loader.get('batch_size'):
        raise ValueError(
            f'verify: train_dataloader should have a batch_size and one of the samplers '
            f'{", ".join(_SAMPLERS)} to be cut into rounds, but got {shown(dict(sampler))}'
        )
    loader.sampler = dict(type='RoundSampler', steps=steps, batch_size=loader.batch_size)
    if loader.get('num_workers'):
        loader.persistent_workers = False  # they are seeded anew with every round


def _moved(hook: dict[str, Any], scale: float) -> dict[str, Any]:
    """A hook that switches something at an epoch, at the same share of the training."""
    keys = ('switch_epoch', 'num_last_epochs')  # MMDetection's for pipelines, and YOLOX's
    return hook | {key: round(hook[key] * scale) for key in keys if key in hook}
