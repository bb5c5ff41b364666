import subprocess
import sys

import pytest

PROGRAM = """
import gc, os, signal, threading

import torch

from pisnas_mm.timing.backends import open_backend

caught = []
signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
backend = open_backend('openvino', 'cpu', 1, 'fp32')
runs = [backend.runner(torch.nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8))]
other = threading.Thread(target=lambda: (runs.clear(), gc.collect()))
other.start()
other.join()
os.kill(os.getpid(), signal.SIGUSR1)
print(caught)
"""


def test_a_signal_after_a_model_was_dropped_in_another_thread_is_survived() -> None:
    pytest.importorskip('openvino')
    done = subprocess.run([sys.executable, '-c', PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, '[1]\n'), done.stderr
