import numpy as np
import onnxruntime
import pytest
import torch

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.graph import Input
from pisnas_mm.latency.kernels import block_calls
from pisnas_mm.models.graph_block import GraphBlock
from pisnas_mm.timing.backends import onnx_bytes
from pisnas_mm.timing.modules import COPIES, backbone_module, image_of, kernel_module
from tests.samples import SAMPLES
from tests.test_search import small

CALLS = {str(call.kernel): call for spec in SAMPLES for call in block_calls(spec, 9)}


def test_the_samples_have_every_operation() -> None:
    found = {type(call.op) for call in CALLS.values()}
    assert {op for op in COPIES if op.__name__ not in ('Norm',)} == found
    assert COPIES.refused == {Input}


@pytest.mark.parametrize('name', CALLS)
def test_every_kernel_runs_at_other_widths_as_often_as_it_says(name) -> None:
    kernel, _, _, op = CALLS[name]
    widths = (16, 32) if len(CALLS[name].widths) == 2 else (16,)
    module, channels, times = kernel_module(op, widths)
    x = image_of(channels, kernel.side, 2)
    assert module.eval()(x).shape[:1] + module(x).shape[2:] == (2, 1, 1)
    drawn = [
        one for one in module.graph.ops if type(one) is type(op) and one.channels == widths[-1]
    ]
    if name.startswith(('conv', 'depthwise', 'dense')):
        assert [one.in_channels for one in drawn] == [widths[0]] * times
    elif not name.startswith(('mean', 'concat')):
        assert len(drawn) == times


@pytest.mark.parametrize('name', CALLS)
@pytest.mark.filterwarnings('ignore::DeprecationWarning')
def test_onnx_runtime_computes_the_same_of_every_kernel(name) -> None:
    kernel, _, _, op = CALLS[name]
    module, channels, _ = kernel_module(op, (8, 8) if len(CALLS[name].widths) == 2 else (8,))
    x = image_of(channels, kernel.side, 1)
    session = onnxruntime.InferenceSession(
        onnx_bytes(module, x), providers=['CPUExecutionProvider']
    )
    (y,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    with torch.inference_mode():
        np.testing.assert_allclose(y, module(x).numpy(), rtol=1e-3, atol=1e-4)


def test_a_backbone_is_deployed_and_its_numbers_stay_of_a_size() -> None:
    genotype = Genotype.from_list(
        [
            dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
            *[
                dict(type='RepVGGStage', in_channels=8, out_channels=8, num_blocks=30, stride=1)
                for _ in range(2)
            ],
        ]
    )
    module = backbone_module(genotype, (0,)).eval()
    blocks = [block for block in module.modules() if isinstance(block, GraphBlock)]
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for b in blocks[1:] for m in b.modules())
    with torch.inference_mode():
        (y,) = module(image_of(3, 32, 1))
    assert 1e-6 < float(y.abs().max()) < 1e6


def test_outputs_are_those_asked_for() -> None:
    genotype = small.everything()[-1]
    with torch.inference_mode():
        shapes = [y.shape for y in backbone_module(genotype, (1, 2)).eval()(image_of(3, 64, 2))]
    assert shapes == [(2, 24, 16, 16), (2, 24, 8, 8)]
