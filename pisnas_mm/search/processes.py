"""The processes that run one search, and how they talk.

They are started by torchrun or slurm and talk through ``mmengine.dist``, in JSON: what comes from
another process is data and never code. torch is imported by those that join only.
"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pisnas_mm.checks import Problems, lines_of
from pisnas_mm.search.signals import Lost


class Processes:
    """A process alone, and what others of them add to it."""

    rank = 0
    size = 1

    def gather(self, value: Any) -> list[Any]:
        """What every process gives, in the order of their ranks.

        Args:
            value: JSON-able data.

        Raises:
            Lost: Another process has gone, or does not answer.
        """
        return [value]

    def leave(self) -> None:
        """Wait until all processes have come here; from now on each is alone."""

    def first(self, call: Callable[[], object]) -> None:
        """Let the first process do something; what is refused there is refused in all."""
        refusal = None
        if self.rank == 0:
            try:
                call()
            except ValueError as error:
                refusal = error
        lines = self.gather(lines_of(refusal) if refusal else [])[0]
        if refusal:
            raise refusal
        if lines:
            raise Problems(lines)


class Joined(Processes):
    """The processes of a distributed run.

    Args:
        launcher: ``'pytorch'`` (torchrun) or ``'slurm'``.
        timeout: Seconds to wait for another process.
    """

    def __init__(self, launcher: str, timeout: float) -> None:
        import torch
        from torch import distributed
        from torch.distributed import PrefixStore, rendezvous  # type: ignore[attr-defined]

        if launcher == 'slurm':
            os.environ.update(slurm_group(os.environ))
        self.timeout = timeout
        gpus = torch.cuda.device_count()
        own_gpu = gpus >= int(os.environ.get('LOCAL_WORLD_SIZE', gpus + 1))
        if gpus:
            torch.cuda.set_device(int(os.environ['LOCAL_RANK']) % gpus)
        wait = timedelta(seconds=timeout)
        try:
            store, self.rank, self.size = next(rendezvous('env://', timeout=wait))
            distributed.init_process_group(
                'nccl' if own_gpu else 'gloo',
                # torchrun keeps the store of processes that it starts again, and what is in it
                store=PrefixStore(f'start {restarts()}', store),
                rank=self.rank,
                world_size=self.size,
                timeout=wait,
            )
        except RuntimeError as error:
            raise Lost(timeout, error) from error

    def leave(self) -> None:
        self.gather(None)

    def gather(self, value: Any) -> list[Any]:
        import torch
        from mmengine import dist

        data = torch.frombuffer(bytearray(json.dumps(value).encode()), dtype=torch.uint8)
        try:
            sizes = [int(size) for size in dist.all_gather(torch.tensor([len(data)]))]
            padded = torch.zeros(max(sizes), dtype=torch.uint8)
            padded[: len(data)] = data
            parts = dist.all_gather(padded)
        except RuntimeError as error:
            raise Lost(self.timeout, error) from error
        return [
            json.loads(bytes(part[:size].tolist())) for part, size in zip(parts, sizes, strict=True)
        ]


def restarts() -> int:
    """How often torchrun has started these processes again."""
    return int(os.environ.get('TORCHELASTIC_RESTART_COUNT', '0'))


def slurm_group(environment: Mapping[str, str]) -> dict[str, str]:
    """What torchrun would set, from what slurm sets."""
    nodes = ['scontrol', 'show', 'hostnames', environment['SLURM_NODELIST']]
    address = subprocess.run(nodes, capture_output=True, text=True, check=True).stdout.split()[0]
    group = {
        'MASTER_ADDR': address,
        'MASTER_PORT': '29500',
        'LOCAL_WORLD_SIZE': environment['SLURM_NTASKS_PER_NODE'],
    }
    group = {name: environment.get(name, value) for name, value in group.items()}
    return group | slurm_ranks(environment)


def slurm_ranks(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of torchrun's variables that say which process this is, and of how many."""
    return {
        'RANK': environment['SLURM_PROCID'],
        'LOCAL_RANK': environment['SLURM_LOCALID'],
        'WORLD_SIZE': environment['SLURM_NTASKS'],
    }
