"""The programs that run a model file: ONNX Runtime on its devices, and OpenVINO."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.deployment.card import KEY, Card
from pisnas_mm.utils.openvino_core import openvino_core

Run = Callable[[NDArray[np.float32]], list[NDArray[Any]]]
"""Of pixels (N, 3, H, W) to the graph's outputs."""


class Session(NamedTuple):
    """A model that was opened."""

    run: Run
    card: Card


def open_model(path: str | Path, runtime: str = 'cpu', threads: int = 0) -> Session:
    """Open a model file with one of ``RUNTIMES``.

    Args:
        path: The file.
        runtime: Its program and device.
        threads: How many to use on the CPU; 0 leaves it to the program.

    Raises:
        ValueError: The file is missing or broken, or the runtime is not there.
    """
    if runtime not in RUNTIMES:
        raise ValueError(f'runtime should be one of {", ".join(RUNTIMES)}, but got {runtime!r}')
    if not Path(path).is_file():
        raise ValueError(f'model {path} not found; looked for {Path(path).absolute()}')
    return RUNTIMES[runtime](Path(path), threads)


def _onnxruntime(provider: str, path: Path, threads: int) -> Session:
    ort = _module('onnxruntime')
    there = ort.get_available_providers()
    if provider not in there:
        raise ValueError(
            f'this onnxruntime has no {provider}, only {", ".join(there)}; on an NVIDIA GPU '
            f'install onnxruntime-gpu in its place, or take another runtime'
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors only
    try:
        session = ort.InferenceSession(path, options, providers=[provider])
    except Exception as error:  # its exceptions have no common base of their own
        raise _broken(path, error) from error
    (image,) = session.get_inputs()
    card = Card.from_metadata(session.get_modelmeta().custom_metadata_map, path)
    return Session(lambda pixels: session.run(None, {image.name: pixels}), card)


def _openvino(path: Path, threads: int) -> Session:
    _module('openvino')
    core = openvino_core()
    options = {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY'}
    if threads:
        options['INFERENCE_NUM_THREADS'] = str(threads)
    try:
        model = core.read_model(path)
        compiled = core.compile_model(model, 'CPU', options)
    except Exception as error:  # likewise
        raise _broken(path, error) from error
    request = compiled.create_infer_request()

    def run(pixels: NDArray[np.float32]) -> list[NDArray[Any]]:
        found = request.infer([pixels])
        return [np.array(found[output]) for output in compiled.outputs]

    return Session(run, Card.from_metadata(_openvino_metadata(model), path))


def _openvino_metadata(model: Any) -> Mapping[str, str]:
    """ONNX's metadata, which OpenVINO keeps among its own."""
    place = ['framework', KEY]
    return {KEY: str(model.get_rt_info(place).value)} if model.has_rt_info(place) else {}


RUNTIMES: Mapping[str, Callable[[Path, int], Session]] = {
    'cpu': lambda path, threads: _onnxruntime('CPUExecutionProvider', path, threads),
    'cuda': lambda path, threads: _onnxruntime('CUDAExecutionProvider', path, threads),
    'tensorrt': lambda path, threads: _onnxruntime('TensorrtExecutionProvider', path, threads),
    'openvino': _openvino,
}
"""By name. ``cuda`` and ``tensorrt`` are ONNX Runtime's, and need its build for NVIDIA GPUs."""


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ValueError(f'{name} is not installed, but needed here: pip install {name}') from error


def _broken(path: Path, error: Exception) -> ValueError:
    said = ' '.join(str(error).split())[-300:] or type(error).__name__
    return ValueError(
        f'model {path} cannot be run: it is broken, no ONNX model, or not for this runtime: {said}'
    )
