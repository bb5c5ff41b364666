"""Training a detector, with MMDetection's flags and habits.

``python -m pisnas_mm.detectors.training CONFIG WORK_DIR SEED PARENT ARGUMENTS`` trains in a process
of its own, as comparisons do, until that is gone, with further arguments of ``train_detector`` in
JSON; for users there is ``tools/train.py``.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.datasets.broken import broken_images_named
from pisnas_mm.datasets.checking import check_annotations
from pisnas_mm.detectors.data import check_data, load_with_data
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.utils.configs import ConfigLike, set_work_dir
from pisnas_mm.utils.preconditions import check_checkpoint


def train_detector(
    config: ConfigLike,
    *,
    work_dir: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    resume: bool | str | Path = False,
    amp: bool = False,
    auto_scale_lr: bool = False,
    pause_after: int | None = None,
    launcher: str = 'none',
    local_rank: int = 0,
) -> Path:
    """Train as a config says, from scratch or from a checkpoint; what MMEngine leaves is left.

    Args:
        config: A detector's config, or its file.
        work_dir: Where results go, if not where the config says, or in ``work_dirs/<its name>``.
        options: Changes of the config, such as ``{'train_dataloader.batch_size': 8}``.
        resume: Whether to go on from the last checkpoint in the work directory, if there is one;
            or the checkpoint to go on from.
        amp: Whether to train in mixed precision.
        auto_scale_lr: Whether to scale the learning rate as the config describes.
        pause_after: After how many epochs of the training to end this run, evaluated; one that is
            resumed goes on as if it had not ended.
        launcher: What has started this process: ``'none'``, ``'pytorch'``, ``'slurm'``, ``'mpi'``.
        local_rank: Of this process on its machine, where the launcher does not set it.

    Returns:
        The work directory.

    Raises:
        ValueError: The config is not valid, data or a checkpoint are missing, a package is not
            installed.
    """
    cfg = load_with_data(config, options)
    if amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.loss_scale = 'dynamic'
    if auto_scale_lr:
        _scale_lr(cfg)
    check_data(cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    data = check_annotations(cfg, 'train', 'val')
    folder = set_work_dir(cfg, work_dir)
    _set_start(cfg, folder, resume)
    runner = build_runner(cfg, launcher, local_rank)
    if epochs := pause_after or cfg.train_cfg.get('max_epochs'):
        from pisnas_mm.detectors.ending import EndAfter

        runner.register_hook(EndAfter(epochs))
    with broken_images_named(data):
        runner.train()
    return folder


def _scale_lr(cfg: Config) -> None:
    """Switch on the scaling that the config describes."""
    if not {'enable', 'base_batch_size'} <= set(cfg.get('auto_scale_lr') or {}):
        raise ValueError(
            f'--auto-scale-lr needs auto_scale_lr=dict(enable=False, base_batch_size=N) '
            f'in {cfg.filename or "the config"}'
        )
    cfg.auto_scale_lr.enable = True


def _set_start(cfg: Config, work_dir: Path, resume: bool | str | Path) -> None:
    """Set what the run starts from and check that it is there."""
    if resume:
        cfg.resume = True
        cfg.load_from = None if resume is True else str(resume)
    start = cfg.get('load_from')
    last = work_dir / 'last_checkpoint'
    if start is None and cfg.get('resume') and last.is_file():
        start = last.read_text().strip()  # written by MMEngine, as the path at that time
        if not start:  # it was killed at that, after the checkpoint
            start = cfg.load_from = str(max(work_dir.glob('*.pth'), key=_written, default=last))
    if start is not None:
        check_checkpoint(start, 'give the path of one with --resume CHECKPOINT')


def _written(path: Path) -> float:
    return path.stat().st_mtime


def _end_with(parent: int) -> None:
    """End this process and its data loaders when the one is gone that wanted the training.

    Killed, that could not end it itself, and whoever comes next would train in the same folder.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == '__main__':
    file, folder, seed, parent, arguments = sys.argv[1:]
    _end_with(int(parent))
    seeded = {'randomness.seed': int(seed)}
    train_detector(file, work_dir=folder, options=seeded, **json.loads(arguments))
