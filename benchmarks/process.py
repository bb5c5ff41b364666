"""Commands run to be measured."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    peak_mb: float  # resident set


def run(command: Sequence[str], folder: Path, threads: int | None = None) -> Run:
    """Run a command and measure it; its output is thrown away.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        threads: Threads of NumPy and torch; None leaves them as they are.

    Raises:
        RuntimeError: It failed; with the end of what it said.
    """
    environment = dict(os.environ)
    if threads:
        environment |= {'OMP_NUM_THREADS': str(threads), 'MKL_NUM_THREADS': str(threads)}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f'{" ".join(command)} failed:\n{said.decode()[-2000:]}')
    return Run(seconds, usage.ru_maxrss / 1024)
