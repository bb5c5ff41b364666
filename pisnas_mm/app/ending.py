"""How a process ends that has joined a group: after the others, and without torch's threads."""

import atexit
import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def end_on_sigterm() -> None:
    """Have SIGTERM end this process as an exception does, so that what it trains ends, too."""
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)


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
