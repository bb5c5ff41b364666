"""Resuming with another length or schedule is said aloud."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from mmengine.config import Config

from pisnas_mm.detectors.resuming import KeptOnResume


def said(cfg: Config, checkpoint: dict[str, Any], resume: bool = True) -> list[str]:
    warnings: list[str] = []
    logger = SimpleNamespace(warning=warnings.append)
    runner = SimpleNamespace(cfg=cfg, logger=logger, _resume=resume)
    KeptOnResume().after_load_checkpoint(runner, checkpoint)
    return warnings


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        ({}, None),
        ({'train_dataloader.batch_size': 4}, None),
        ({'train_cfg.max_epochs': 3}, 'train_cfg.max_epochs (2 -> 3) changed since'),
        ({'optim_wrapper.optimizer.lr': 1.0}, 'optim_wrapper changed since'),
        ({'param_scheduler.1.T_max': 3}, 'param_scheduler changed since'),
        (
            {'train_cfg.max_epochs': 3, 'param_scheduler.1.T_max': 3},
            '(2 -> 3) and param_scheduler changed since',
        ),
    ],
)
def test_what_the_checkpoint_keeps_is_named(
    tiny_config: Path, tiny_run: Path, options: dict[str, Any], words: str | None
) -> None:
    checkpoint = torch.load(tiny_run / 'epoch_2.pth', weights_only=False)
    cfg = Config.fromfile(tiny_config, import_custom_modules=False)
    cfg.merge_from_dict(options)
    found = said(cfg, checkpoint)
    if words is None:
        assert not found
    else:
        (line,) = found
        assert words in line
        assert 'without --resume' in line
        assert '\n' not in line
    assert said(cfg, checkpoint, resume=False) == []


@pytest.mark.parametrize('meta', [{}, dict(cfg=None), dict(cfg='('), dict(cfg='x = 1')])
def test_a_checkpoint_that_does_not_say_is_resumed(tiny_config: Path, meta: dict[str, Any]) -> None:
    said(Config.fromfile(tiny_config, import_custom_modules=False), dict(meta=meta))
