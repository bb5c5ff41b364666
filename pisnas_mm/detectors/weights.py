"""Whether a checkpoint is that of a model: name by name, and shape by shape."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.hooks import Hook
from mmengine.model import BaseTTAModel, is_model_wrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import CheckpointLoader
from torch import Tensor, nn

from pisnas_mm.models.safe_globals import allow_checkpoint_types


class Mismatch(NamedTuple):
    """What a checkpoint and a model do not have in common."""

    shapes: tuple[str, ...]  # of another shape, said with both
    missing: tuple[str, ...]  # that the checkpoint lacks
    surplus: tuple[str, ...]  # that the model lacks
    matching: int  # how many fit

    @property
    def first(self) -> str:
        if self.shapes:
            return self.shapes[0]
        if self.missing:
            return f'{self.missing[0]} is missing'
        return f'{self.surplus[0]} is no weight of the model'

    def __bool__(self) -> bool:
        return bool(self.shapes or self.missing or self.surplus)

    def __str__(self) -> str:
        return (
            f'{self.first} (in all: {len(self.shapes)} of another shape, {len(self.missing)} '
            f'missing, {len(self.surplus)} surplus, {self.matching} that fit)'
        )


def mismatch(model: nn.Module, weights: Mapping[str, Any]) -> Mismatch:
    """Compare a model with the weights of a checkpoint."""
    own = model.state_dict()
    given = _named(weights)
    both = [name for name in own if name in given]
    shapes = [
        f'{name} is {tuple(given[name].shape)} and should be {tuple(own[name].shape)}'
        for name in both
        if given[name].shape != own[name].shape
    ]
    # Batch norms of old checkpoints do not count their batches; torch takes them as they are.
    missing = [n for n in own if n not in given and not n.endswith('num_batches_tracked')]
    surplus = [name for name in given if name not in own]
    return Mismatch(tuple(shapes), tuple(missing), tuple(surplus), len(both) - len(shapes))


def weights_of(checkpoint: Mapping[str, Any]) -> Mapping[str, Any]:
    """The weights in what a checkpoint's file holds."""
    weights: Mapping[str, Any] = checkpoint.get('state_dict', checkpoint)
    return weights


def _named(weights: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors, by the names that they have where no wrapper is around the model."""
    tensors = {name: value for name, value in weights.items() if isinstance(value, Tensor)}
    return {name.removeprefix('module.'): value for name, value in tensors.items()}


def check_weights(model: nn.Module, checkpoint: Mapping[str, Any], path: object) -> None:
    """Raise ``ValueError`` where a checkpoint is not one of this very model."""
    if found := mismatch(model, weights_of(checkpoint)):
        raise ValueError(
            f'checkpoint {path} is not of this config: {found}; give the config that it was '
            f'trained with, or its own checkpoint'
        )


def load_weights(model: nn.Module, path: str | Path) -> dict[str, Any]:
    """Load a checkpoint of this very model, and give what its file holds.

    Raises:
        ValueError: It cannot be read, or is another config's.
    """
    allow_checkpoint_types()
    try:
        checkpoint: dict[str, Any] = CheckpointLoader.load_checkpoint(str(path), 'cpu', 'silent')
    except Exception as error:  # torch raises this and that for a broken file
        raise ValueError(f'checkpoint {path} cannot be read: it is broken or none') from error
    check_weights(model, checkpoint, path)
    model.load_state_dict(_named(weights_of(checkpoint)))
    return checkpoint


class FittingWeights(Hook):
    """Refuses a checkpoint of another config, which MMEngine would load as far as it goes.

    A training may start from weights that fit in part, such as those of other classes: which ones
    do not is said aloud.

    Args:
        strict: Whether all have to fit, as they have to where a training is resumed.
    """

    def __init__(self, strict: bool) -> None:
        self.strict = strict

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        path = runner._load_from or 'to resume from'
        model = runner.model
        if is_model_wrapper(model) or isinstance(model, BaseTTAModel):
            model = model.module
        if self.strict or runner._resume:
            check_weights(model, checkpoint, path)
        elif found := mismatch(model, weights_of(checkpoint)):
            if not found.matching:
                raise ValueError(
                    f'load_from {path}: no weight fits, {found.first}; weights of a backbone alone '
                    f'go to model.backbone.init_cfg=dict(type="Pretrained", checkpoint=...)'
                )
            runner.logger.warning(f'load_from {path} fits in part, the rest starts anew: {found}')
