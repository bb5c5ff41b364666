"""How a process ends that has joined a group: after the others, and without torch's threads."""

import atexit
import os
import sys
from typing import NoReturn


def leave_group() -> None:
    """End this process when all of its group have come here; do nothing where there is no group."""
    import torch.distributed as dist

    if dist.is_available() and dist.is_initialized():
        dist.barrier()
        end_at_once()


def end_at_once() -> NoReturn:
    """End this process, successfully, without taking torch's threads down.

    Where processes have joined a group, that aborts one of them now and then, and torchrun then
    stops the others.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
