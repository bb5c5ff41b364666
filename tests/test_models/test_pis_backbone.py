import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from mmdet.registry import MODELS
from mmengine.analysis import FlopAnalyzer, parameter_count
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn

from pisnas_mm import measures
from pisnas_mm.architectures.tinynas import genotype_from_tinynas
from pisnas_mm.models import PISBackbone

ARCH = [
    dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
    dict(
        type='BottleneckStage',
        in_channels=8,
        out_channels=16,
        mid_channels=8,
        num_blocks=3,
        stride=2,
    ),
    dict(type='ConvBNAct', in_channels=16, out_channels=24, stride=2, act='silu'),
    dict(type='C2f', in_channels=24, out_channels=32),
    dict(type='BottleneckStage', in_channels=32, out_channels=48, mid_channels=8, stride=2),
    dict(type='BottleneckStage', in_channels=48, out_channels=40, mid_channels=8),
    dict(type='ConvBNAct', in_channels=40, out_channels=56, stride=2),
]
CHANNELS = (8, 16, 32, 40, 56)

RELEASED = {
    record['id']: record
    for line in (Path(__file__).parents[1] / 'data/released_code.jsonl').read_text().splitlines()
    for record in [json.loads(line)]
}


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def make(**options: Any) -> PISBackbone:
    """Initialised, with statistics and norms unlike any default; in training mode."""
    backbone = PISBackbone(ARCH, **options)
    backbone.init_weights()
    randomise_norms(backbone)
    return backbone


def randomise_norms(backbone: nn.Module) -> None:
    for name, value in backbone.state_dict().items():
        if '.bn.' in name and value.is_floating_point():
            nn.init.uniform_(value, 0.5, 1.5)


def arch_with(place: int, **changes: object) -> list[dict[str, Any]]:
    return [spec | changes if i == place else spec for i, spec in enumerate(ARCH)]


def train_a_step(backbone: PISBackbone) -> None:
    trained = [p for p in backbone.parameters() if p.requires_grad]
    outputs = backbone(torch.randn(2, 3, 64, 64))
    sum((y * torch.randn_like(y)).sum() for y in outputs).backward()
    torch.optim.SGD(trained, lr=0.1).step()


def changed_tensors(backbone: PISBackbone) -> set[str]:
    """Names of what one step of training changes."""
    before = copy.deepcopy(backbone.state_dict())
    train_a_step(backbone)
    return {k for k, value in backbone.state_dict().items() if not torch.equal(value, before[k])}


def names(backbone: nn.Module, *stages: int) -> set[str]:
    prefixes = tuple(f'stages.{i}.' for i in stages)
    return {name for name in backbone.state_dict() if name.startswith(prefixes)}


def is_statistic(name: str) -> bool:
    return name.endswith(('running_mean', 'running_var', 'num_batches_tracked'))


@pytest.mark.parametrize('out_indices', [(1, 2, 3, 4), (2, 3, 4), (0,), [3, 1]])
@pytest.mark.parametrize(('height', 'width'), [(64, 96), (33, 50)])
def test_outputs_are_as_published(out_indices: Any, height: int, width: int) -> None:
    backbone = make(out_indices=out_indices)
    assert backbone.out_channels == tuple(CHANNELS[i] for i in out_indices)
    assert backbone.out_strides == tuple(2 ** (i + 1) for i in out_indices)
    published = zip(backbone.out_channels, backbone.out_strides, strict=True)
    shapes = [(2, channels, -(-height // s), -(-width // s)) for channels, s in published]
    outputs = backbone(torch.randn(2, 3, height, width))
    assert isinstance(outputs, tuple)
    assert [tuple(y.shape) for y in outputs] == shapes


def test_outputs_are_those_of_the_blocks_in_a_row() -> None:
    backbone = make(out_indices=(1, 4)).eval()
    x, expected = torch.randn(1, 3, 64, 64), []
    y1, y4 = backbone(x)
    for stage in backbone.stages:
        for block in stage:
            x = block(x)
        expected.append(x)
    assert torch.equal(y1, expected[1])
    assert torch.equal(y4, expected[4])


@pytest.mark.parametrize(
    'id_', ['c2f-005', 'c2f-022', 'c2f-047', 'k1kxk1-009', 'k1kxk1-019', 'k1kxk1-024']
)
def test_params_and_macs_of_whole_backbones(id_: str) -> None:
    record = RELEASED[id_]
    genotype, side = genotype_from_tinynas(record['structure']), record['image_size']
    backbone = PISBackbone(genotype.to_list()).eval()
    analysis = FlopAnalyzer(backbone, torch.zeros(1, 3, side, side))
    assert analysis.by_operator()['conv'] == measures.macs(genotype, side)
    assert parameter_count(backbone)[''] == measures.params(genotype) == record['params']


def test_appended_blocks_end_the_last_stage() -> None:
    plain = PISBackbone(ARCH, out_indices=(3, 4)).eval()
    append = [dict(type='SPPF'), dict(type='ConvBNAct', out_channels=20)]
    longer = PISBackbone(ARCH, out_indices=(3, 4), append=append).eval()
    assert longer.out_channels == (40, 20)
    assert longer.out_strides == plain.out_strides
    assert longer.load_state_dict(plain.state_dict(), strict=False).unexpected_keys == []
    x = torch.randn(1, 3, 64, 64)
    (c4, c5), (same, after) = plain(x), longer(x)
    assert torch.equal(same, c4)
    sppf, conv = longer.stages[4][1:]
    assert torch.equal(after, conv(sppf(c5)))


@pytest.mark.parametrize('frozen', [-1, 0, 2])
def test_frozen_stages_stay_as_they_are(frozen: int) -> None:
    backbone = make(frozen_stages=frozen)
    backbone.eval().train()
    for i, stage in enumerate(backbone.stages):
        assert {p.requires_grad for p in stage.parameters()} == {i > frozen}
        assert {m.training for m in stage.modules()} == {i > frozen}
    assert changed_tensors(backbone) == names(backbone, *range(frozen + 1, 5))


@pytest.mark.parametrize('out_indices', [(1, 2), (0,), (3, 1)])
def test_no_stage_above_the_last_output_is_built(out_indices: Any) -> None:
    whole, part = make(), make(out_indices=out_indices).train()
    assert set(part.state_dict()) == names(whole, *range(max(out_indices) + 1))
    sum(y.sum() for y in part(torch.randn(2, 3, 64, 64))).backward()
    assert all(parameter.grad is not None for parameter in part.parameters())


def test_a_checkpoint_of_all_stages_is_read_where_some_are_not_built() -> None:
    whole, detector = make(), nn.ModuleDict({'backbone': make(out_indices=(1, 2))})
    state = {f'backbone.{name}': value for name, value in whole.state_dict().items()}
    detector.load_state_dict(state)  # strictly
    assert len(state) == len(whole.state_dict())  # which is the caller's, and stays
    x = torch.randn(1, 3, 64, 64)
    expected = whole.eval()(x)[:2]
    for y, other in zip(detector['backbone'].eval()(x), expected, strict=True):
        assert torch.equal(y, other)
    with pytest.raises(RuntimeError, match=r'stages\.7'):  # there is no such stage
        detector.load_state_dict(state | {'backbone.stages.7.0.conv.weight': x})


@pytest.mark.parametrize('norm_cfg', [dict(type='BN', affine=False), dict(type='IN')])
def test_norms_without_weights_are_initialised(norm_cfg: dict[str, Any]) -> None:
    backbone = PISBackbone(ARCH, norm_cfg=norm_cfg)
    backbone.init_weights()
    assert all(y.isfinite().all() for y in backbone(torch.randn(2, 3, 64, 64)))


def test_frozen_before_the_first_call_of_train() -> None:
    backbone = make(frozen_stages=2)
    assert not any(parameter.requires_grad for parameter in backbone.stages[:3].parameters())
    assert not any(module.training for stage in backbone.stages[:3] for module in stage.modules())


def test_norm_eval_keeps_statistics() -> None:
    backbone = make(norm_eval=True).train()
    norms = [module for module in backbone.modules() if isinstance(module, nn.BatchNorm2d)]
    assert not any(norm.training for norm in norms)
    assert backbone.stages[0].training
    assert changed_tensors(backbone) == {n for n in backbone.state_dict() if not is_statistic(n)}
    assert not any(module.training for module in backbone.eval().modules())


def outputs_and_gradients(backbone: PISBackbone, x: Tensor) -> list[Tensor]:
    outputs = backbone(x)
    functionals = [torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view_as(y) for y in outputs]
    parameters = [p for p in backbone.parameters() if p.requires_grad]
    return [*outputs, *torch.autograd.grad(outputs, parameters, functionals)]


@pytest.mark.parametrize(('frozen', 'run_twice'), [(-1, [1, 2, 3, 4]), (1, [3, 4])])
def test_checkpoints_change_nothing_but_memory(frozen: int, run_twice: list[int]) -> None:
    options = dict(out_indices=(2, 3, 4), frozen_stages=frozen)
    plain, frugal = (make(**options, with_cp=with_cp).double().train() for with_cp in (False, True))
    frugal.load_state_dict(plain.state_dict())
    runs = [0] * 5
    for i, stage in enumerate(frugal.stages):
        stage[0].register_forward_pre_hook(lambda _, __, i=i: runs.__setitem__(i, runs[i] + 1))
    x = torch.randn(2, 3, 64, 64, dtype=torch.float64)
    expected = outputs_and_gradients(plain, x)
    torch.testing.assert_close(outputs_and_gradients(frugal, x), expected)
    for name, value in frugal.state_dict().items():  # statistics are those of one step
        assert torch.equal(value, plain.state_dict()[name]), name
    assert runs == [2 if i in run_twice else 1 for i in range(5)]


def test_residual_blocks_start_as_their_shortcuts() -> None:
    deep, shallow = PISBackbone(ARCH), PISBackbone(arch_with(1, num_blocks=1))
    deep.init_weights()
    shallow.load_state_dict(deep.state_dict(), strict=False)
    x = torch.randn(1, 3, 64, 64)
    for y, expected in zip(deep.eval()(x), shallow.eval()(x), strict=True):
        assert torch.equal(y, expected)


def test_branches_side_by_side_do_not_start_at_zero() -> None:
    """Neither k×k nor 1×1 of RepVGG is the residual branch of the other, or of the identity."""
    arch = [dict(type='RepVGGStage', in_channels=3, out_channels=8, num_blocks=2, stride=2)]
    backbone = PISBackbone(arch, out_indices=(0,), zero_init_residual=True)
    backbone.init_weights()
    norms = [layer for layer in backbone.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert len(norms) == 5
    assert all((norm.weight == 1).all() for norm in norms)


@pytest.mark.parametrize('zero_init_residual', [True, False])
def test_norms_start_at_one_or_zero(zero_init_residual: bool) -> None:
    backbone = PISBackbone(ARCH, zero_init_residual=zero_init_residual)
    backbone.init_weights()
    norms = {k: v for k, v in backbone.named_parameters() if k.endswith('bn.weight')}
    zeros = {name for name, weight in norms.items() if (weight == 0).all()}
    ones = {name for name, weight in norms.items() if (weight == 1).all()}
    ends = {name for name in norms if 'conv3' in name}
    assert len(ends) == 5
    assert zeros == (ends if zero_init_residual else set())
    assert ones == norms.keys() - zeros


def test_convolutions_start_as_kaiming_he_says() -> None:
    torch.manual_seed(1)
    backbone = PISBackbone(ARCH)
    backbone.init_weights()
    weight = backbone.stages[4][0].conv.conv.weight
    assert weight.std().item() == pytest.approx((2 / (56 * 9)) ** 0.5, rel=0.05)  # fan out


@pytest.mark.parametrize('others', [None, [dict(type='Kaiming', layer='Conv2d')]])
@pytest.mark.parametrize('prefix', ['', 'backbone.'])
def test_pretrained_weights_are_kept(tmp_path: Path, others: Any, prefix: str) -> None:
    weights = make().state_dict()
    torch.save({prefix + name: value for name, value in weights.items()}, tmp_path / 'saved.pth')
    pretrained = dict(
        type='Pretrained', checkpoint=str(tmp_path / 'saved.pth'), prefix=prefix or None
    )
    backbone = PISBackbone(ARCH, init_cfg=[*others, pretrained] if others else pretrained)
    backbone.init_weights()
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, weights[name]), name


def test_initialising_twice_is_initialising_once() -> None:
    backbone = make()
    before = copy.deepcopy(backbone.state_dict())
    backbone.init_weights()
    assert all(torch.equal(value, before[k]) for k, value in backbone.state_dict().items())


@pytest.mark.parametrize(
    ('norm_cfg', 'cls'),
    [
        (dict(type='SyncBN'), nn.SyncBatchNorm),
        (dict(type='GN', num_groups=4), nn.GroupNorm),
        (dict(type='BN', eps=1e-3), nn.BatchNorm2d),
    ],
)
def test_other_norms(norm_cfg: dict[str, Any], cls: type[nn.Module]) -> None:
    backbone = PISBackbone(ARCH, norm_cfg=norm_cfg)
    backbone.init_weights()
    norms = [module for module in backbone.modules() if hasattr(module, 'eps')]
    assert all(isinstance(norm, cls) for norm in norms)
    assert {norm.eps for norm in norms} == {norm_cfg.get('eps', 1e-5)}
    assert sum((norm.weight == 0).all().item() for norm in norms) == 5
    assert len(backbone.eval()(torch.randn(1, 3, 64, 64))) == 4
    frozen = PISBackbone(ARCH, norm_cfg=norm_cfg, frozen_stages=4)
    assert not any(p.requires_grad for p in frozen.parameters())


def test_serves_a_detector(tiny_config: Path) -> None:
    init_default_scope('mmdet')
    model = Config.fromfile(tiny_config).model
    model.backbone = dict(type='PISBackbone', arch=ARCH, out_indices=(2, 3, 4))
    model.neck.in_channels = [32, 40, 56]
    detector = MODELS.build(model)
    detector.init_weights()
    assert detector.backbone.stages[1][0].get_submodule('0.conv3').norm.weight.eq(0).all()
    features = detector.extract_feat(torch.randn(1, 3, 64, 64))
    assert [tuple(y.shape[1:]) for y in features] == [(16, 8, 8), (16, 4, 4), (16, 2, 2)]


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            dict(arch=arch_with(1, type='BotleneckStage')),
            "arch[1]: block 'BotleneckStage' is unknown; did you mean 'BottleneckStage'?",
        ),
        (
            dict(arch=arch_with(1, kernelsize=3)),
            "arch[1]: BottleneckStage takes no `kernelsize`; did you mean 'kernel_size'?",
        ),
        (
            dict(arch=arch_with(4, in_channels=24)),
            'arch[4]: BottleneckStage.in_channels should be 32, because arch[3] gives 32 channels, '
            'but got 24',
        ),
        (
            dict(in_channels=1),
            'arch[0]: ConvBNAct.in_channels should be 1, because the input has 1 channels, '
            'but got 3',
        ),
        (
            dict(arch=arch_with(2, stride=3)),
            'arch[2]: ConvBNAct.stride should be one of (1, 2), but got 3',
        ),
        (
            dict(arch=arch_with(1, num_blocks=0)),
            'arch[1]: BottleneckStage.num_blocks should be a whole number >= 1, but got 0',
        ),
        (
            dict(arch=arch_with(3, num_blocks=-2)),
            'arch[3]: C2f.num_blocks should be a whole number >= 1, but got -2',
        ),
        (dict(arch=[]), 'an architecture should have at least one block, but got none'),
        (
            dict(append=[dict(type='SPPF', kernel_size=4)]),
            'append[0]: SPPF.kernel_size should be odd, but got 4',
        ),
        (
            dict(append=[dict(type='ConvBNAct', out_channels=9), dict(type='SPPF')]),
            'append[1]: SPPF.in_channels should be even, but got 9',
        ),
        (dict(append=dict(type='SPPF')), 'append should be a list of block dicts, but got {'),
        (dict(out_indices=(2, 5)), 'out_indices should be stages from 0 to 4, but got (2, 5)'),
        (dict(out_indices=(-1,)), 'out_indices should be stages from 0 to 4, but got (-1,)'),
        (dict(out_indices=()), 'out_indices should be stages from 0 to 4, but got ()'),
        (dict(frozen_stages=5), 'frozen_stages should be from -1 to 4, but got 5'),
        (
            dict(append=[dict(type='SPPF')], out_indices=(1, 2)),
            'append puts blocks on stage 4, which out_indices (1, 2) leave out: add 4 to them',
        ),
        (
            dict(norm_cfg=dict(type='GN', num_groups=16)),
            'norm_cfg.num_groups should divide every width, but stage 0 has a width of 8, '
            'and got 16; choose a divisor of 8, which divides all widths',
        ),
        (
            dict(norm_cfg=dict(type='GN')),
            'norm_cfg: GN needs `num_groups`, but got None; choose a divisor of 8',
        ),
        (
            dict(norm_cfg=dict(type='BatchNrm')),
            "stage 0: ConvBNAct of width 8 cannot be built with norm_cfg {'type': 'BatchNrm'}",
        ),
        (dict(frozen_stages=-2), 'frozen_stages should be from -1 to 4, but got -2'),
    ],
)
def test_errors_name_the_place(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        MODELS.build({'type': 'PISBackbone', 'arch': ARCH} | options)
