"""What runs a module: PyTorch itself, ONNX Runtime, OpenVINO or TensorRT, on one device."""

import io
import time
import warnings
from abc import ABC, abstractmethod
from importlib.metadata import version
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from pisnas_mm.timing.clock import Clock, Run
from pisnas_mm.utils.machine import processor
from pisnas_mm.utils.openvino_core import openvino_core
from pisnas_mm.utils.preconditions import check_installed


class Backend(ABC):
    """Makes a module runnable on a device.

    Args:
        device: As torch calls it: ``cpu``, ``cuda``, ``cuda:1``.
        threads: How many the CPU uses.
        precision: One of those that the class knows for the kind of device.

    Raises:
        ValueError: The device is not there, a package is missing, or the precision is not known.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    precisions: ClassVar[dict[str, tuple[str, ...]]]  # by kind of device

    def __init__(self, device: str = 'cpu', threads: int = 1, precision: str = 'fp32') -> None:
        kind = device.partition(':')[0]
        if kind not in self.precisions:
            known = ' or '.join(self.precisions)
            raise ValueError(f'device should be {known} for {self.name}, but got {device!r}')
        check_installed(*self.packages)
        if precision not in self.precisions[kind]:
            known = ' or '.join(self.precisions[kind])
            raise ValueError(
                f'precision should be {known} for {self.name} on {kind}, but got {precision!r}'
            )
        self.device, self.threads, self.precision = _device(device), threads, precision
        torch.set_num_threads(threads)

    @abstractmethod
    def runner(self, module: nn.Module, x: Tensor) -> Run:
        """What runs the module, in eval mode, on an input like ``x``, and waits for its end."""

    @property
    def clock(self) -> Clock:
        """That on the wall; for one thread of a CPU that of its work, which others do not slow."""
        alone = self.device.type == 'cpu' and self.threads == 1
        return time.process_time if alone else time.perf_counter

    def versions(self) -> dict[str, str]:
        """What a time depends on, too."""
        return {package: version(package) for package in ('torch', *self.packages)}

    def hardware(self) -> str:
        """The name of the device."""
        if self.device.type == 'cuda':
            return torch.cuda.get_device_name(self.device)
        return processor()


class TorchBackend(Backend):
    """PyTorch as it is."""

    name = 'torch'
    packages = ('torch',)
    precisions: ClassVar = {'cpu': ('fp32',), 'cuda': ('fp32', 'fp16')}

    def runner(self, module: nn.Module, x: Tensor) -> Run:
        dtype = torch.float16 if self.precision == 'fp16' else torch.float32
        module, x = module.eval().to(self.device, dtype), x.to(self.device, dtype)

        @torch.inference_mode()
        def run() -> None:
            torch.set_flush_denormal(True)  # random weights make numbers that trained ones do not
            module(x)
            torch.set_flush_denormal(False)
            if self.device.type == 'cuda':
                torch.cuda.synchronize(self.device)

        return run


class OnnxRuntimeBackend(Backend):
    """ONNX Runtime; on a GPU its build for CUDA."""

    name = 'onnxruntime'
    packages = ('onnxruntime', 'onnx')
    precisions: ClassVar = {'cpu': ('fp32', 'int8'), 'cuda': ('fp32',)}

    def runner(self, module: nn.Module, x: Tensor) -> Run:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        options.add_session_config_entry('session.set_denormal_as_zero', '1')
        options.add_session_config_entry('session.force_spinning_stop', '1')  # others take turns
        providers: list[Any] = ['CPUExecutionProvider']
        if self.device.type == 'cuda':
            if 'CUDAExecutionProvider' not in onnxruntime.get_available_providers():
                raise ValueError('onnxruntime is built without CUDA: install onnxruntime-gpu')
            providers = [('CUDAExecutionProvider', {'device_id': self.device.index or 0})]
        model = onnx_bytes(module, x)
        if self.precision == 'int8':
            model = _int8_bytes(model, x)
        session = onnxruntime.InferenceSession(model, options, providers)
        # The input lies on the device before, and the outputs stay there.
        binding, place = session.io_binding(), (self.device.type, self.device.index or 0)
        value = onnxruntime.OrtValue.ortvalue_from_numpy(x.numpy(), *place)
        binding.bind_ortvalue_input(session.get_inputs()[0].name, value)
        for output in session.get_outputs():
            binding.bind_output(output.name, *place)
        return lambda: session.run_with_iobinding(binding)


class OpenVinoBackend(Backend):
    """OpenVINO on the CPU."""

    name = 'openvino'
    packages = ('openvino', 'onnx')
    precisions: ClassVar = {'cpu': ('fp32', 'fp16')}

    def runner(self, module: nn.Module, x: Tensor) -> Run:
        import openvino

        core = openvino_core()
        model = core.read_model(io.BytesIO(onnx_bytes(module, x)))
        config = {
            'INFERENCE_NUM_THREADS': self.threads,
            'INFERENCE_PRECISION_HINT': 'f16' if self.precision == 'fp16' else 'f32',
            'PERFORMANCE_HINT': 'LATENCY',
        }
        request = core.compile_model(model, 'CPU', config).create_infer_request()
        request.set_input_tensor(openvino.Tensor(x.numpy()))
        return request.infer


class TensorRTBackend(Backend):
    """TensorRT on an NVIDIA GPU."""

    name = 'tensorrt'
    packages = ('tensorrt', 'onnx')
    precisions: ClassVar = {'cuda': ('fp32', 'fp16')}

    def runner(self, module: nn.Module, x: Tensor) -> Run:
        import tensorrt as trt

        logger = trt.Logger(trt.Logger.ERROR)
        builder = trt.Builder(logger)
        network = builder.create_network(0)
        parser = trt.OnnxParser(network, logger)
        if not parser.parse(onnx_bytes(module, x)):
            raise ValueError(f'TensorRT does not read the model: {parser.get_error(0)}')
        config = builder.create_builder_config()
        if self.precision == 'fp16':
            config.set_flag(trt.BuilderFlag.FP16)
        engine = trt.Runtime(logger).deserialize_cuda_engine(
            builder.build_serialized_network(network, config)
        )
        context, stream = engine.create_execution_context(), torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
        tensors = []  # kept by `run`: TensorRT has only their addresses
        for name in map(engine.get_tensor_name, range(engine.num_io_tensors)):
            tensors.append(torch.zeros(tuple(engine.get_tensor_shape(name)), device=self.device))
            context.set_tensor_address(name, tensors[-1].data_ptr())

        def run() -> None:
            assert tensors
            context.execute_async_v3(stream.cuda_stream)
            stream.synchronize()

        return run


BACKENDS: dict[str, type[Backend]] = {
    cls.name: cls for cls in (TorchBackend, OnnxRuntimeBackend, OpenVinoBackend, TensorRTBackend)
}


def open_backend(name: str, device: str, threads: int, precision: str) -> Backend:
    """The backend of this name, ready.

    Raises:
        ValueError: See ``Backend``.
    """
    if name not in BACKENDS:
        raise ValueError(f'backend {name!r} is unknown; known: {", ".join(BACKENDS)}')
    return BACKENDS[name](device, threads, precision)


def onnx_bytes(module: nn.Module, x: Tensor) -> bytes:
    """The module, in eval mode, as an ONNX model for inputs of exactly this shape."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        # The newer exporter takes a second where this one takes 20 ms, and there are hundreds.
        torch.onnx.export(module.eval().cpu(), (x,), file, dynamo=False)  # type: ignore[arg-type]
    return file.getvalue()


def _int8_bytes(model: bytes, x: Tensor) -> bytes:
    """Convolutions in 8 bits, by the ranges that ``x`` gives: times do not depend on them."""
    import onnx

    from pisnas_mm.utils.int8 import in_int8

    proto = onnx.load_model_from_string(model)
    if not any(node.op_type == 'Conv' for node in proto.graph.node):
        return model
    return in_int8(proto, [{proto.graph.input[0].name: x.numpy()}]).SerializeToString()


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (AssertionError, RuntimeError) as error:
        reason = str(error).strip().partition('\n')[0]
        raise ValueError(f'device {name!r} is not there: {reason}') from error
    return device
