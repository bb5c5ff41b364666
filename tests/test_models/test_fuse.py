"""RepVGG's deployed form computes what its training form does."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.config import Config
from torch import nn

from pisnas_mm.blocks import BottleneckStage, RepVGGStage
from pisnas_mm.models import PISBackbone, fuse
from pisnas_mm.models.graph_block import GraphBlock

ROOT = Path(__file__).parents[2]
ARCH = [
    dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
    dict(type='RepVGGStage', in_channels=8, out_channels=8, num_blocks=2, stride=2),
    dict(type='RepVGGStage', in_channels=8, out_channels=16, num_blocks=3, stride=2),
    dict(type='BottleneckStage', in_channels=16, out_channels=16, mid_channels=8, stride=2),
    dict(type='RepVGGStage', in_channels=16, out_channels=16, kernel_size=5, stride=2),
]


def trained(module: nn.Module) -> nn.Module:
    """With statistics and affine weights as training leaves them."""
    torch.manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.normal_(layer.weight, 1, 0.3)
            nn.init.normal_(layer.bias)
    return module.eval()


@pytest.mark.parametrize(
    'block',
    [
        RepVGGStage(6, 8, 1),
        RepVGGStage(8, 8, 3, act='silu'),
        RepVGGStage(6, 8, 2, kernel_size=5, stride=2),
    ],
    ids=str,
)
def test_a_block_is_one_convolution_each(block: RepVGGStage) -> None:
    whole = nn.Sequential(trained(GraphBlock(block, None, dict(type='BN'))))
    x = torch.randn(2, block.in_channels, 13, 13)
    before = whole(x)
    fuse(whole)
    torch.testing.assert_close(whole(x), before, rtol=1e-5, atol=1e-5)
    layers = [layer for layer in whole.modules() if not list(layer.children())]
    convs = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
    assert len(layers) == len(convs) == block.num_blocks
    k = block.kernel_size
    assert [conv.weight.shape[2:] for conv in convs] == [(k, k)] * block.num_blocks


@pytest.mark.parametrize(
    'norm_cfg',
    [
        dict(type='BN', eps=1e-2),
        dict(type='BN', affine=False),
        dict(type='IN', affine=True, track_running_stats=True),
    ],
    ids=str,
)
def test_every_norm_with_statistics_is_fused(norm_cfg: dict[str, object]) -> None:
    backbone = PISBackbone(ARCH, norm_cfg=norm_cfg)
    torch.manual_seed(0)
    for name, value in backbone.state_dict().items():
        if value.is_floating_point() and 'conv.weight' not in name:
            nn.init.uniform_(value, 0.5, 1.5)
    x = torch.randn(1, 3, 64, 64)
    before = backbone.eval()(x)
    for _ in range(2):  # the second time there is nothing left to do
        fuse(backbone)
        for one, other in zip(backbone(x), before, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(norm_cfg=dict(type='BN', track_running_stats=False)), 'a BatchNorm2d without runn'),
        (dict(norm_cfg=dict(type='IN')), 'InstanceNorm2d without running statistics'),
        (dict(norm_cfg=dict(type='GN', num_groups=4)), 'GroupNorm without running statistics'),
        (dict(conv_cfg=dict(type='ConvWS')), 'a ConvWS2d is no plain convolution'),
    ],
)
def test_what_is_no_fixed_linear_map_is_refused(options: dict[str, Any], message: str) -> None:
    backbone = PISBackbone(ARCH, **options)
    before = set(backbone.state_dict())
    with pytest.raises(ValueError, match=rf'^stages.1.0.*{message}') as refused:
        fuse(backbone)
    assert '\n' not in str(refused.value)
    assert set(backbone.state_dict()) == before


def test_shortcuts_are_no_branches() -> None:
    whole = nn.Sequential(GraphBlock(BottleneckStage(8, 8, 4, 2), None, dict(type='BN')))
    block = whole[0]
    assert fuse(whole)[0] is block


def test_a_backbone_that_is_built_deployed_takes_the_fused_weights() -> None:
    backbone = trained(PISBackbone(ARCH))
    x = torch.randn(1, 3, 64, 64)
    before = backbone(x)
    params = sum(p.numel() for p in backbone.parameters())
    assert not backbone.deploy
    assert fuse(nn.Sequential(backbone))[0].deploy  # a backbone in a detector, too
    built = PISBackbone(ARCH, deploy=True).eval()
    built.load_state_dict(backbone.state_dict())
    assert sum(p.numel() for p in built.parameters()) < params
    for outputs in (backbone(x), built(x)):
        for one, other in zip(outputs, before, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_as_a_program(tmp_path: Path, tiny_config: Path) -> None:
    cfg = Config.fromfile(tiny_config)
    cfg.model.backbone = dict(type='PISBackbone', arch=ARCH, out_indices=(2, 3, 4))
    cfg.model.neck.in_channels = [16, 16, 16]
    config, checkpoint = tmp_path / 'rep.py', tmp_path / 'rep.pth'
    cfg.dump(config)
    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    init_default_scope('mmdet')
    torch.save({'state_dict': trained(MODELS.build(cfg.model)).state_dict()}, checkpoint)

    def run(tool: str, *args: object) -> str:
        command = [sys.executable, str(ROOT / 'tools' / tool), *map(str, args)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    said = run('model_converters/fuse.py', config, checkpoint, tmp_path / 'out')
    assert 'test it with  python tools/test.py' in said
    said = run('test.py', tmp_path / 'out/rep_deploy.py', tmp_path / 'out/rep_deploy.pth')
    assert 'unexpected key' not in said
    assert 'missing keys' not in said


def test_another_backbone_is_refused_in_a_line(tmp_path: Path, tiny_config: Path) -> None:
    checkpoint = tmp_path / 'a.pth'
    checkpoint.touch()
    tool = ROOT / 'tools/model_converters/fuse.py'
    command = [*map(str, (sys.executable, tool, tiny_config, checkpoint, tmp_path / 'out'))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f'error: {tiny_config} has a ResNet and no PISBackbone\n'
    assert not (tmp_path / 'out').exists()
