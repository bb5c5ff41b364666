"""How long a training takes, measured on its second round: by that, hours become steps."""

import json
import time
from pathlib import Path
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS


@HOOKS.register_module()
class PaceHook(Hook):
    """Writes ``pace.json`` where a training goes that ends with its second round, evaluated.

    In seconds: ``step``, the mean of the round's steps but the first, for which workers start;
    ``round``, what the round took besides, evaluation and checkpoint included; and ``rounds``, what
    both together took: the rest of the process's time went into its start.
    """

    priority = 'VERY_LOW'  # after the checkpoint

    def before_train(self, runner: Any) -> None:
        self.begun = _now()

    def before_train_epoch(self, runner: Any) -> None:
        self.round = _now()

    def after_train_iter(self, runner: Any, batch_idx: int, *args: Any, **kwargs: Any) -> None:
        if batch_idx == 0:
            self.first = _now()
        elif batch_idx + 1 == len(runner.train_dataloader):
            self.step = (_now() - self.first) / batch_idx

    def after_train(self, runner: Any) -> None:
        end, steps = _now(), len(runner.train_dataloader)
        found = {
            'step': self.step,
            'round': max(end - self.round - steps * self.step, 0.0),
            'rounds': end - self.begun,
        }
        Path(runner.work_dir, 'pace.json').write_text(json.dumps(found), encoding='utf-8')


def _now() -> float:
    """When everything has been done that was begun."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.monotonic()
