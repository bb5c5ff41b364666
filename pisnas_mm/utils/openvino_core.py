"""OpenVINO's core: one a process, which is never closed."""

from functools import cache
from typing import Any


@cache
def openvino_core() -> Any:
    """The process's ``openvino.Core``.

    Its CPU plug-in gives the thread that first compiles a model another stack for signals, and
    takes that memory away in whichever thread closes the core. If it is another one, as the
    garbage collector may have it, the next signal ends the process (OpenVINO 2026.4).
    """
    import openvino

    return openvino.Core()
