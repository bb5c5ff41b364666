"""SpineNet: whose outputs are where, connections, and stochastic depth."""

import pytest
import torch

from pisnas_mm.models import SpineNet, SpineNetHead
from pisnas_mm.models.backbones.spinenet import NODES, STEM, Connection, DroppingBlock


@pytest.mark.parametrize(('height', 'width'), [(128, 256), (100, 130)])
def test_outputs_are_a_pyramid_at_any_size(height: int, width: int) -> None:
    backbone = SpineNet('49S').eval()
    with torch.no_grad():
        outputs = backbone(torch.randn(2, 3, height, width))
    assert backbone.out_strides == (8, 16, 32, 64, 128)
    shapes = [(2, 128, -(-height // s), -(-width // s)) for s in backbone.out_strides]
    assert [tuple(y.shape) for y in outputs] == shapes


def test_every_block_is_read_or_an_output() -> None:
    """An output takes in what nobody else reads, and only that."""
    nodes = (*STEM, *NODES)
    read = {1, *(i for node in NODES for i in node.parents)}
    unread = [i for i, node in enumerate(nodes) if i not in read and not node.output and i > 0]
    extras = [(node.extra, node) for node in NODES if node.extra is not None]
    assert unread == [extra for extra, _ in extras]
    for extra, node in extras:
        assert extra is not None
        assert (nodes[extra].level, nodes[extra].bottleneck) == (node.level, node.bottleneck)
    assert all(i < at for at, node in enumerate(NODES, start=2) for i in node.parents)
    assert sorted(node.level for node in NODES if node.output) == [3, 4, 5, 6, 7]


def test_every_parameter_learns() -> None:
    backbone = SpineNet('49S', act='silu', zero_init_residual=False).train()
    backbone.init_weights()
    outputs = backbone(torch.randn(2, 3, 256, 256))
    sum((y * torch.randn_like(y)).sum() for y in outputs).backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in backbone.parameters())


@pytest.mark.parametrize(('levels', 'side'), [(3, 2), (1, 8), (0, 16), (-2, 64)])
def test_a_connection_changes_the_level(levels: int, side: int) -> None:
    layers = dict(norm_cfg=dict(type='BN'), act_cfg=dict(type='ReLU'))
    connection = Connection(8, 4, 12, levels, layers).eval()
    assert connection(torch.randn(1, 8, 16, 16), (side, side)).shape == (1, 12, side, side)
    assert hasattr(connection, 'down') == (levels > 0)
    assert not connection.expand.with_activation


def test_residual_branches_are_left_out_the_more_the_later() -> None:
    backbone = SpineNet('49S', drop_prob=0.3)
    drops = [block.drop_prob for block in backbone.blocks]
    assert drops[:2] == [0, 0]  # the stem's
    assert drops[2:] == pytest.approx([0.3 * i / 15 for i in range(1, 16)])


def test_a_dropped_branch_leaves_the_shortcut() -> None:
    torch.manual_seed(0)
    block: DroppingBlock = SpineNet('49S').blocks[3]
    x = torch.rand(64, block.graph.in_channels, 8, 8)
    block.drop_prob = 0.5
    left_out = (block.train()(x) == x).flatten(1).all(dim=1)  # rectified, and x is positive
    assert 10 < left_out.sum() < 54
    assert not (block.eval()(x) == x).flatten(1).all(dim=1).any()


def test_blocks_start_as_their_shortcuts() -> None:
    backbone = SpineNet('49S')
    backbone.init_weights()
    block = backbone.blocks[3].eval()
    x = torch.rand(1, block.graph.in_channels, 8, 8)
    torch.testing.assert_close(block(x), x)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(size='50'), r"size should be one of \('49S', '49', .*\), but got '50'"),
        (dict(act='tanh'), r"act should be one of \('relu', .*\), but got 'tanh'"),
        (dict(drop_prob=1), 'drop_prob should be from 0 to below 1, but got 1'),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SpineNet(**arguments)


def test_the_head_has_the_activation_that_is_asked_for() -> None:
    def head(act: str) -> SpineNetHead:
        torch.manual_seed(0)
        return SpineNetHead(2, 1, 8, feat_channels=8, norm_cfg=dict(type='BN'), act=act)

    x = torch.randn(1, 8, 8, 8)
    relu, silu = head('relu'), head('silu')
    conv = silu.cls_convs[0][0]
    torch.testing.assert_close(conv(x), torch.nn.functional.silu(conv.norm(conv.conv(x))))
    assert not torch.equal(relu([x])[0][0], silu([x])[0][0])
