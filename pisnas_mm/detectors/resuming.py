"""What a resumed training keeps of the run before, said aloud where the config says otherwise."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

# MMEngine takes schedules and the optimizer from the checkpoint, whatever the config says of them.
_KEPT = ('param_scheduler', 'optim_wrapper')
_LENGTH = ('max_epochs', 'max_iters')


class KeptOnResume(Hook):
    """Warns when a run is resumed with another length, schedule or optimizer than it began with."""

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        if not runner._resume:
            return
        before = _config_of(checkpoint)
        changed = _changed(before, runner.cfg) if before else []
        if changed:
            runner.logger.warning(
                f'resumed, but {" and ".join(changed)} changed since: the learning rate goes on as '
                f'the checkpoint has it, and is constant beyond the end of that schedule; for a '
                f'schedule of its own start from the weights instead, without --resume: '
                f'--cfg-options load_from=CHECKPOINT'
            )


def _config_of(checkpoint: Mapping[str, Any]) -> Config | None:
    """The config that a checkpoint was trained with; None where it does not say."""
    text = checkpoint.get('meta', {}).get('cfg')
    try:
        return Config.fromstring(text, '.py') if isinstance(text, str) else None
    except Exception:  # a config is a program, and this one is only for a comparison
        return None


def _changed(before: Config, now: Config) -> list[str]:
    lengths = [
        f'train_cfg.{key} ({before.train_cfg.get(key)} -> {now.train_cfg.get(key)})'
        for key in _LENGTH
        if before.get('train_cfg') and before.train_cfg.get(key) != now.train_cfg.get(key)
    ]
    return [*lengths, *(key for key in _KEPT if _plain(before, key) != _plain(now, key))]


def _plain(cfg: Config, key: str) -> Any:
    return cfg.to_dict().get(key)
