"""Trainings in rounds of a given number of steps, each of which is seeded by itself.

A training that was interrupted, or told to pause, after some rounds comes to the very same result
as one that was not: MMEngine restores weights, optimizer and schedule, but no random numbers.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count, islice
from math import isfinite
from typing import Any

import numpy as np
import torch
from mmengine.dist import get_dist_info, sync_random_seed
from mmengine.hooks import Hook
from mmengine.registry import DATA_SAMPLERS, HOOKS
from torch.utils.data import Sampler

CHECKED = 10  # steps between two looks at the loss, each of which waits for the device


@DATA_SAMPLERS.register_module()
class RoundSampler(Sampler[int]):
    """Goes on through the shuffled data where the round before ended, so many steps a round.

    Args:
        dataset: What is drawn from.
        steps: Of a round (which is an epoch to MMEngine).
        batch_size: Of a step, in each process.
        seed: Of all shuffling; None draws one.
    """

    def __init__(
        self, dataset: Sequence[Any], steps: int, batch_size: int, seed: int | None = None
    ) -> None:
        self.rank, self.processes = get_dist_info()
        self.length = len(dataset)
        self.size = steps * batch_size
        self.seed: int = sync_random_seed() if seed is None else seed
        self.epoch = 0

    def __iter__(self) -> Iterator[int]:
        whole = self.size * self.processes
        first = self.epoch * whole
        start, skipped = divmod(first, self.length)
        return islice(self._from(start), skipped + self.rank, skipped + whole, self.processes)

    def _from(self, start: int) -> Iterator[int]:
        """Permutations of the data, one after the other, from number ``start`` on."""
        for number in count(start):
            generator = torch.Generator().manual_seed(self.seed + number)
            yield from torch.randperm(self.length, generator=generator).tolist()

    def __len__(self) -> int:
        return self.size

    def set_epoch(self, epoch: int) -> None:
        """Which round comes next; MMEngine says so."""
        self.epoch = epoch


@HOOKS.register_module()
class SeededRounds(Hook):
    """Seeds every round by the run's seed and its own number; stops a training that diverges.

    Raises:
        FloatingPointError: The loss is not finite.
    """

    def before_train_epoch(self, runner: Any) -> None:
        seed = (runner.seed + 1_000_003 * (runner.epoch + 1)) % 2**32
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002  (the generator that transforms draw from)
        torch.manual_seed(seed)
        loader = runner.train_dataloader
        if isinstance(loader.worker_init_fn, partial):  # MMEngine's, where there are workers
            given = loader.worker_init_fn
            loader.worker_init_fn = partial(given.func, **{**given.keywords, 'seed': seed})

    def after_train_iter(
        self,
        runner: Any,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        last = batch_idx + 1 == len(runner.train_dataloader)
        if not outputs or 'loss' not in outputs or (batch_idx % CHECKED and not last):
            return
        loss = float(outputs['loss'])
        if not isfinite(loss):
            raise FloatingPointError(f'diverged: the loss is {loss} at step {runner.iter + 1}')
