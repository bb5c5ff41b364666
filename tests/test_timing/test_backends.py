import re
import time

import pytest
import torch
from torch import nn

from pisnas_mm.timing.backends import BACKENDS, open_backend

HERE = ['torch', 'onnxruntime', 'openvino']


def opened(name: str, **changes):
    given = dict(device='cpu', threads=1, precision='fp32') | changes
    if name == 'openvino':
        pytest.importorskip('openvino')
    return open_backend(name, **given)


@pytest.mark.parametrize('name', HERE)
def test_it_runs_a_module_and_knows_what_it_is(name) -> None:
    seen: list[torch.Size] = []
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    if name == 'torch':
        module.register_forward_hook(lambda m, x, y: seen.append(y.shape))
    backend = opened(name)
    run = backend.runner(module, torch.randn(2, 3, 8, 8))
    run()
    run()
    assert seen == ([(2, 4, 6, 6)] * 2 if name == 'torch' else seen)
    assert not module.training
    assert set(backend.versions()) == {'torch', *backend.packages}
    assert backend.hardware()


@pytest.mark.parametrize('name', HERE)
def test_small_numbers_stay_what_they_are(name) -> None:
    """Flushing them to zero is the whole process's."""
    opened(name).runner(nn.Conv2d(3, 4, 3), torch.randn(1, 3, 8, 8))()
    assert 5e-324 * 1.0 > 0
    assert (torch.tensor([1e-310], dtype=torch.float64) * 1.0).item() > 0


def test_one_thread_is_timed_by_its_work_and_several_by_the_wall() -> None:
    assert opened('torch').clock is time.process_time
    assert opened('torch', threads=2).clock is time.perf_counter


@pytest.mark.parametrize('name', HERE)
def test_more_work_takes_longer(name) -> None:
    backend = opened(name)
    from pisnas_mm.timing.clock import timed

    small, large = [backend.runner(nn.Conv2d(c, c, 3), torch.randn(1, c, 32, 32)) for c in (8, 128)]
    one, other = timed([small, large], 5)
    assert one.ms < other.ms


def test_int8_runs_convolutions_in_8_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnx
    import onnxruntime

    models = []
    real = onnxruntime.InferenceSession

    def session(model, *args, **options):
        if isinstance(model, bytes):  # else a step of quantising, on a file
            models.append(onnx.load_model_from_string(model))
        return real(model, *args, **options)

    backend = opened('onnxruntime', precision='int8')
    monkeypatch.setattr(onnxruntime, 'InferenceSession', session)
    x = torch.randn(1, 4, 8, 8)
    for module in (nn.Sequential(nn.Conv2d(4, 4, 3), nn.SiLU()), nn.MaxPool2d(2)):
        backend.runner(module, x)()
    convolution, pooling = models[-2:]
    assert onnx.TensorProto.INT8 in {weight.data_type for weight in convolution.graph.initializer}
    assert [node.op_type for node in pooling.graph.node] == ['MaxPool']


@pytest.mark.parametrize(
    ('name', 'changes', 'message'),
    [
        ('torch', dict(device='gpu'), "device should be cpu or cuda for torch, but got 'gpu'"),
        ('torch', dict(device='cuda:77'), "device 'cuda:77' is not there"),
        ('torch', dict(device='cpu:x'), "device 'cpu:x' is not there"),
        ('openvino', dict(device='cuda'), "device should be cpu for openvino, but got 'cuda'"),
        ('torch', dict(precision='int8'), "fp32 for torch on cpu, but got 'int8'"),
        (
            'onnxruntime',
            dict(precision='fp16'),
            "fp32 or int8 for onnxruntime on cpu, but got 'fp16'",
        ),
        ('tensorrt', dict(device='cuda'), 'tensorrt is not installed'),
        ('tvm', {}, "backend 'tvm' is unknown; known: torch, onnxruntime, openvino, tensorrt"),
    ],
)
def test_what_is_not_there_is_one_line(name, changes, message) -> None:
    if name == 'tensorrt':
        from importlib.util import find_spec

        if find_spec('tensorrt'):
            pytest.skip('TensorRT is installed')
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        opened(name, **changes)
    assert '\n' not in str(error.value)


def test_all_are_known_by_name() -> None:
    assert list(BACKENDS) == ['torch', 'onnxruntime', 'openvino', 'tensorrt']
