import io
import weakref
from collections.abc import Callable, Iterator
from math import gcd

import numpy as np
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from mmengine.analysis import FlopAnalyzer, parameter_count
from torch import Tensor, nn

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import (
    C3,
    ELAN,
    SPPF,
    BasicStage,
    BepC3,
    Block,
    BottleneckCSP,
    BottleneckStage,
    C2f,
    ConvBNAct,
    ConvNeXtStage,
    CSPNeXtStage,
    DarknetStage,
    Focus,
    InvertedResidualStage,
    MaxPoolTransition,
    MobileStage,
    PlainC2f,
    PointwiseBasicStage,
    PointwiseResConvStage,
    RepVGGBlock,
    RepVGGStage,
    ResConvCSP,
    ResConvStage,
    ResNeXtStage,
    ShuffleNetStage,
    ShuffleXceptionStage,
)
from pisnas_mm.blocks.graph import Conv
from pisnas_mm.models.graph_block import GraphBlock
from tests.samples import SAMPLES, own_blocks, samples_of

Weights = dict[str, Tensor]

all_samples = pytest.mark.parametrize('spec', SAMPLES, ids=repr)


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def module_of(spec: Block) -> GraphBlock:
    """In evaluation mode and double precision, with weights and statistics unlike any default."""
    module = GraphBlock(spec, None, dict(type='BN')).double().eval()
    for name, value in module.state_dict().items():
        if value.is_floating_point():
            nn.init.uniform_(value, 0.5, 1.5) if 'var' in name else nn.init.normal_(value, std=0.5)
    return module


def image(spec: Block, height: int, width: int, count: int = 2) -> Tensor:
    return torch.randn(count, spec.in_channels, height, width, dtype=torch.float64)


@pytest.mark.parametrize('cls', own_blocks())
def test_every_block_has_samples(cls: type[Block]) -> None:
    assert samples_of(cls)


@all_samples
@pytest.mark.parametrize('side', [8, 13])
def test_params_and_macs_are_those_that_mmengine_counts(spec: Block, side: int) -> None:
    module, genotype = module_of(spec), Genotype((spec,), spec.in_channels)
    analysis = FlopAnalyzer(module, image(spec, side, side, count=1))
    assert analysis.by_operator()['conv'] == measures.macs(genotype, side)
    assert parameter_count(module)[''] == measures.params(genotype)


@all_samples
@pytest.mark.parametrize(('height', 'width'), [(8, 12), (7, 9), (5, 8), (1, 1)])
def test_shape(spec: Block, height: int, width: int) -> None:
    expected = (2, spec.out_channels, -(-height // spec.stride), -(-width // spec.stride))
    assert module_of(spec)(image(spec, height, width)).shape == expected


@all_samples
def test_stride(spec: Block) -> None:
    """An output is one pixel further where the input is one stride further."""
    module, x = module_of(spec), F.pad(image(spec, 16, 16, count=1), [40] * 4)
    y, shifted = module(x), module(x.roll(spec.stride, dims=3))
    center = slice(16, -16)  # out of reach of the borders, which all that moves is, too
    torch.testing.assert_close(shifted[..., center, center], y.roll(1, dims=3)[..., center, center])
    assert not torch.allclose(shifted[..., center, center], y[..., center, center])


@all_samples
def test_every_parameter_gets_a_gradient(spec: Block) -> None:
    module = module_of(spec).train()
    y = module(image(spec, 9, 7))
    (y * torch.randn_like(y)).sum().backward()  # batch norm hides a plain sum
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        has_effect = name not in biases_taken_off(spec)
        assert (parameter.grad.abs().max() > 1e-6) == has_effect, name


def biases_taken_off(spec: Block) -> list[str]:
    """Of linear convolutions that only 1×1 ones read, whose batch norms take a mean off."""
    ops, names = spec.graph().ops, []
    for i, op in enumerate(ops[:-1]):
        readers = [other for other in ops if i in other.sources]
        pointwise = all(isinstance(other, Conv) and other.kernel_size == 1 for other in readers)
        if isinstance(op, Conv) and op.act is None and pointwise:
            names.append(f'{op.name}.bn.bias')
    return names


def conv_norm(x: Tensor, weights: Weights, name: str, size: int = 1, stride: int = 1) -> Tensor:
    kernels = weights[f'{name}.conv.weight']
    assert kernels.shape[2:] == (size, size)
    groups = x.shape[1] // kernels.shape[1]
    y = F.conv2d(x, kernels, stride=stride, padding=size // 2, groups=groups)
    return norm(y, weights, f'{name}.bn')


def norm(y: Tensor, weights: Weights, name: str) -> Tensor:
    mean, var, scale, shift = (
        weights[f'{name}.{key}'].view(-1, 1, 1)
        for key in ('running_mean', 'running_var', 'weight', 'bias')
    )
    return (y - mean) / (var + 1e-5).sqrt() * scale + shift


def conv_bn_act(spec: ConvBNAct, weights: Weights, x: Tensor) -> Tensor:
    return getattr(F, spec.act)(conv_norm(x, weights, 'conv', spec.kernel_size, spec.stride))


def bottleneck_stage(spec: BottleneckStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        y = act(conv_norm(x, weights, f'{i}.conv1'))
        y = act(conv_norm(y, weights, f'{i}.conv2', spec.kernel_size, stride))
        y = conv_norm(y, weights, f'{i}.conv3')
        if i == 0:
            x = conv_norm(x, weights, f'{i}.shortcut', 1, stride)
        x = act(x + y)
    return x


def c2f(spec: C2f, weights: Weights, x: Tensor, shortcut: bool = True) -> Tensor:
    act = getattr(F, spec.act)
    *parts, last = act(conv_norm(x, weights, 'main')).split(spec.out_channels // 2, dim=1)
    parts.append(last)
    for i in range(spec.num_blocks):
        y = act(conv_norm(last, weights, f'blocks.{i}.conv1', spec.kernel_size))
        y = act(conv_norm(y, weights, f'blocks.{i}.conv2', spec.kernel_size))
        last = last + y if shortcut else y
        parts.append(last)
    return act(conv_norm(torch.cat(parts, dim=1), weights, 'final'))


def plain_c2f(spec: PlainC2f, weights: Weights, x: Tensor) -> Tensor:
    return c2f(spec, weights, x, shortcut=False)


def sppf(spec: SPPF, weights: Weights, x: Tensor) -> Tensor:
    """Pools in a row are pools of larger windows: 5, 9 and 13 pixels for a kernel of 5."""
    act = getattr(F, spec.act)
    y = act(conv_norm(x, weights, 'main'))
    parts = [y]
    for reach in (n * (spec.kernel_size // 2) for n in (1, 2, 3)):
        padded = F.pad(y, [reach] * 4, value=-torch.inf)
        windows = padded.unfold(2, 2 * reach + 1, 1).unfold(3, 2 * reach + 1, 1)
        parts.append(windows.amax((-1, -2)))
    return act(conv_norm(torch.cat(parts, dim=1), weights, 'final'))


def basic_stage(spec: BasicStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        first = 1 if isinstance(spec, PointwiseBasicStage) else spec.kernel_size
        y = act(conv_norm(x, weights, f'{i}.conv1', first))
        y = conv_norm(y, weights, f'{i}.conv2', spec.kernel_size, stride)
        if i == 0 and (stride == 2 or spec.in_channels != spec.out_channels):
            x = conv_norm(x, weights, f'{i}.shortcut', 1, stride)
        x = act(x + y)
    return x


def repvgg(
    x: Tensor, weights: Weights, prefix: str, size: int, act: str, stride: int = 1
) -> Tensor:
    y = conv_norm(x, weights, f'{prefix}conv', size, stride)
    if stride == 1 and x.shape[1] == y.shape[1]:
        y = y + norm(x, weights, f'{prefix}identity')
    return getattr(F, act)(y + conv_norm(x, weights, f'{prefix}pointwise', 1, stride))


def repvgg_block(spec: RepVGGBlock, weights: Weights, x: Tensor) -> Tensor:
    return repvgg(x, weights, '', spec.kernel_size, spec.act, spec.stride)


def res_conv_stage(spec: ResConvStage, weights: Weights, x: Tensor) -> Tensor:
    """DAMO-YOLO's block: no shortcut at stride 2, a projection where only the width changes."""
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        first = 1 if isinstance(spec, PointwiseResConvStage) else spec.kernel_size
        y = act(conv_norm(x, weights, f'{i}.conv1', first))
        y = conv_norm(y, weights, f'{i}.conv2', spec.kernel_size, stride)
        if stride == 2:
            x = act(y)
        elif x.shape[1] == spec.out_channels:
            x = act(x + y)
        else:
            x = act(conv_norm(x, weights, f'{i}.shortcut') + y)
    return x


def res_conv_csp(spec: ResConvCSP, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    short, y = act(conv_norm(x, weights, 'short')), act(conv_norm(x, weights, 'main'))
    for i in range(spec.num_blocks):
        z = act(conv_norm(y, weights, f'blocks.{i}.conv1', spec.kernel_size))
        y = act(y + conv_norm(z, weights, f'blocks.{i}.conv2', spec.kernel_size))
    return act(conv_norm(torch.cat([y, short], dim=1), weights, 'final'))


def mobile_stage(spec: MobileStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        y = act(conv_norm(x, weights, f'{i}.expand'))
        assert y.shape[1] == spec.mid_channels
        y = act(conv_norm(y, weights, f'{i}.depthwise', spec.kernel_size, stride))
        y = conv_norm(y, weights, f'{i}.reduce')
        x = x + y if stride == 1 and x.shape[1] == spec.out_channels else y
    return x


def repvgg_stage(spec: RepVGGStage, weights: Weights, x: Tensor) -> Tensor:
    for i in range(spec.num_blocks):
        x = repvgg(x, weights, f'{i}.', spec.kernel_size, spec.act, 1 if i else spec.stride)
    return x


def darknet_stage(spec: DarknetStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    if spec.stride == 2 or spec.in_channels != spec.out_channels:
        x = act(conv_norm(x, weights, 'downsample', spec.kernel_size, spec.stride))
    for i in range(spec.num_blocks):
        y = act(conv_norm(x, weights, f'{i}.conv1'))
        x = x + act(conv_norm(y, weights, f'{i}.conv2', spec.kernel_size))
    return x


def bep_c3(spec: BepC3, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    main, short = (act(conv_norm(x, weights, name)) for name in ('main', 'short'))
    for i in range(spec.num_blocks):
        y = main
        for name in (f'blocks.{i}.conv1', f'blocks.{i}.conv2'):
            if spec.branched:
                y = repvgg(y, weights, f'{name}.', spec.kernel_size, spec.act)
            else:
                y = act(conv_norm(y, weights, name, spec.kernel_size))
        main = main + y
    return act(conv_norm(torch.cat([main, short], dim=1), weights, 'final'))


def max_pool_transition(spec: MaxPoolTransition, weights: Weights, x: Tensor) -> Tensor:
    """An odd side's last row and column are pooled with nothing."""
    act = getattr(F, spec.act)
    height, width = x.shape[2:]
    even = F.pad(x, [0, width % 2, 0, height % 2], value=-torch.inf)
    largest = even.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2))
    y = act(conv_norm(x, weights, 'main'))
    y = act(conv_norm(y, weights, 'strided', spec.kernel_size, 2))
    return torch.cat([y, act(conv_norm(largest, weights, 'pooled'))], dim=1)


def gate(x: Tensor, weights: Weights, name: str) -> Tensor:
    return F.conv2d(x, weights[f'{name}.weight'], weights[f'{name}.bias'])


def inverted_residual_stage(spec: InvertedResidualStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        y = act(conv_norm(x, weights, f'{i}.expand')) if spec.expansion > 1 else x
        y = act(conv_norm(y, weights, f'{i}.depthwise', spec.kernel_size, stride))
        if spec.attention:
            squeezed = gate(y.mean((2, 3), keepdim=True), weights, f'{i}.squeeze').clamp(min=0)
            y = y * ((gate(squeezed, weights, f'{i}.excite') + 3) / 6).clamp(0, 1)
        y = conv_norm(y, weights, f'{i}.reduce')
        x = x + y if i > 0 or (stride == 1 and spec.in_channels == spec.out_channels) else y
    return x


def side_by_side(x: Tensor) -> Tensor:
    """2×2 positions along the channels, column by column; odd sides are filled up with zeros."""
    x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
    n, c, h, w = x.shape
    cells = x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 5, 3, 1, 2, 4)  # n, column, row, c, h, w
    return cells.reshape(n, 4 * c, h // 2, w // 2)


def focus(spec: Focus, weights: Weights, x: Tensor) -> Tensor:
    return getattr(F, spec.act)(conv_norm(side_by_side(x), weights, 'conv', spec.kernel_size))


def convnext_stage(spec: ConvNeXtStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    if spec.stride == 2 or spec.in_channels != spec.out_channels:
        x = side_by_side(x) if spec.stride == 2 else x
        x = conv_norm(x, weights, 'downsample')
    for i in range(spec.num_blocks):
        y = conv_norm(x, weights, f'{i}.depthwise', spec.kernel_size)
        y = act(conv_norm(y, weights, f'{i}.expand'))
        x = x + conv_norm(y, weights, f'{i}.reduce')
    return x


def c3(spec: C3, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    main, short = (act(conv_norm(x, weights, name)) for name in ('main', 'short'))
    for i in range(spec.num_blocks):
        y = act(conv_norm(main, weights, f'blocks.{i}.conv1'))
        main = main + act(conv_norm(y, weights, f'blocks.{i}.conv2', spec.kernel_size))
    if isinstance(spec, BottleneckCSP):
        main = act(conv_norm(main, weights, 'transition'))
    return act(conv_norm(torch.cat([main, short], dim=1), weights, 'final'))


def cspnext_stage(spec: CSPNeXtStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    main, short = (act(conv_norm(x, weights, name)) for name in ('main', 'short'))
    for i in range(spec.num_blocks):
        y = main
        for name, size in (('conv', 3), ('depthwise', spec.kernel_size), ('pointwise', 1)):
            y = act(conv_norm(y, weights, f'blocks.{i}.{name}', size))
        main = main + y
    x = torch.cat([main, short], dim=1)
    if spec.attention:
        mean = x.mean((2, 3), keepdim=True)
        x = x * ((gate(mean, weights, 'attention') + 3) / 6).clamp(0, 1)
    return act(conv_norm(x, weights, 'final'))


def elan(spec: ELAN, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    short, last = (act(conv_norm(x, weights, name)) for name in ('short', 'main'))
    kept = [last, short]
    for i in range(spec.num_blocks):
        for name in ('conv1', 'conv2'):
            last = act(conv_norm(last, weights, f'blocks.{i}.{name}', spec.kernel_size))
        kept.insert(0, last)
    return act(conv_norm(torch.cat(kept, dim=1), weights, 'final'))


def resnext_stage(spec: ResNeXtStage, weights: Weights, x: Tensor) -> Tensor:
    act = getattr(F, spec.act)
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        y = act(conv_norm(x, weights, f'{i}.conv1'))
        assert y.shape[1] // weights[f'{i}.conv2.conv.weight'].shape[1] == gcd(4, y.shape[1])
        y = act(conv_norm(y, weights, f'{i}.conv2', spec.kernel_size, stride))
        y = conv_norm(y, weights, f'{i}.conv3')
        if stride == 2 or x.shape[1] != spec.out_channels:
            x = conv_norm(x, weights, f'{i}.shortcut', 1, stride)
        x = act(x + y)
    return x


def shufflenet_stage(spec: ShuffleNetStage, weights: Weights, x: Tensor) -> Tensor:
    act, size = getattr(F, spec.act), spec.kernel_size
    for i in range(spec.num_blocks):
        stride = spec.stride if i == 0 else 1
        if stride == 1 and x.shape[1] == spec.out_channels:
            short, y = x[:, ::2], x[:, 1::2]
        else:
            short = conv_norm(x, weights, f'{i}.short.depthwise', size, stride)
            short, y = act(conv_norm(short, weights, f'{i}.short.pointwise')), x
        if isinstance(spec, ShuffleXceptionStage):
            for j, step in ((1, stride), (2, 1), (3, 1)):
                y = conv_norm(y, weights, f'{i}.depthwise{j}', size, step)
                y = act(conv_norm(y, weights, f'{i}.conv{j}'))
        else:
            y = act(conv_norm(y, weights, f'{i}.conv1'))
            y = conv_norm(y, weights, f'{i}.depthwise', size, stride)
            y = act(conv_norm(y, weights, f'{i}.conv2'))
        x = torch.cat([short, y], dim=1)
    return x


PLAIN: dict[type[Block], Callable[..., Tensor]] = {
    ConvBNAct: conv_bn_act,
    BottleneckStage: bottleneck_stage,
    BasicStage: basic_stage,
    PointwiseBasicStage: basic_stage,
    ResConvStage: res_conv_stage,
    PointwiseResConvStage: res_conv_stage,
    ResConvCSP: res_conv_csp,
    MobileStage: mobile_stage,
    RepVGGStage: repvgg_stage,
    RepVGGBlock: repvgg_block,
    DarknetStage: darknet_stage,
    InvertedResidualStage: inverted_residual_stage,
    ConvNeXtStage: convnext_stage,
    Focus: focus,
    C2f: c2f,
    PlainC2f: plain_c2f,
    C3: c3,
    BottleneckCSP: c3,
    BepC3: bep_c3,
    MaxPoolTransition: max_pool_transition,
    CSPNeXtStage: cspnext_stage,
    ELAN: elan,
    ResNeXtStage: resnext_stage,
    ShuffleNetStage: shufflenet_stage,
    ShuffleXceptionStage: shufflenet_stage,
    SPPF: sppf,
}


def test_every_family_is_written_in_plain_pytorch() -> None:
    assert PLAIN.keys() == set(own_blocks())


@all_samples
@pytest.mark.parametrize(('height', 'width'), [(8, 10), (7, 9), (5, 6)])
def test_output_is_that_of_plain_pytorch(spec: Block, height: int, width: int) -> None:
    module, x = module_of(spec), image(spec, height, width)
    expected = PLAIN[type(spec)](spec, module.state_dict(), x)
    torch.testing.assert_close(module(x), expected)


@pytest.mark.parametrize(
    ('spec', 'convs'),
    [
        (ConvBNAct(3, 8), ['conv']),
        (
            BottleneckStage(8, 8, 4, num_blocks=2),
            ['0.shortcut', '0.conv1', '0.conv2', '0.conv3', '1.conv1', '1.conv2', '1.conv3'],
        ),
        (C2f(8, 8), ['main', 'blocks.0.conv1', 'blocks.0.conv2', 'final']),
        (SPPF(8, 8), ['main', 'final']),
    ],
    ids=repr,
)
def test_names_of_weights(spec: Block, convs: list[str]) -> None:
    tensors = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
    leaves = ['conv.weight', *(f'bn.{tensor}' for tensor in tensors)]
    expected = [f'{conv}.{leaf}' for conv in convs for leaf in leaves]
    assert list(GraphBlock(spec, None, dict(type='BN')).state_dict()) == expected


@all_samples
def test_compiles_without_a_break(spec: Block) -> None:
    torch.compiler.reset()
    module, x = module_of(spec), image(spec, 7, 9)
    compiled = torch.compile(module, fullgraph=True, backend='aot_eager')
    torch.testing.assert_close(compiled(x), module(x))


@pytest.mark.parametrize('cls', own_blocks())
@pytest.mark.filterwarnings('ignore::FutureWarning', 'ignore::DeprecationWarning')
def test_onnx_runtime_gives_the_same_at_any_size(cls: type[Block]) -> None:
    spec = samples_of(cls)[0]
    module, any_size = module_of(spec).float(), dict.fromkeys((0, 2, 3), torch.export.Dim.AUTO)
    example = image(spec, 13, 15).float()
    program = torch.onnx.export(module, (example,), dynamic_shapes=(any_size,), verbose=False)
    file = io.BytesIO()
    program.save(file)
    session = onnxruntime.InferenceSession(file.getvalue(), providers=['CPUExecutionProvider'])
    (name,) = (tensor.name for tensor in session.get_inputs())
    for count, height, width in [(2, 13, 15), (1, 8, 12), (3, 6, 5)]:
        x = image(spec, height, width, count).float()
        (y,) = session.run(None, {name: x.numpy()})
        np.testing.assert_allclose(y, module(x).detach().numpy(), rtol=1e-4, atol=1e-4)


def test_values_are_freed_after_their_last_use() -> None:
    """Deeper stages need no more memory: of all that convolutions gave, few are ever alive."""
    outputs: list[weakref.ref[Tensor]] = []
    alive: list[int] = []

    def remember(_: nn.Module, __: tuple[Tensor], output: Tensor) -> None:
        outputs.append(weakref.ref(output))
        alive.append(sum(ref() is not None for ref in outputs))

    spec = BottleneckStage(8, 8, 4, num_blocks=4)
    module = module_of(spec)
    for conv in spec.graph().convs():
        module.get_submodule(conv.name).register_forward_hook(remember)
    with torch.no_grad():
        module(image(spec, 6, 6))
    # Each convolution's own output and its input; in the first block the projection, too.
    assert alive == [1, 2, 3, 3, 1, 2, 2, 1, 2, 2, 1, 2, 2]
