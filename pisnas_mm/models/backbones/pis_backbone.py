"""The backbone that a search found, as MMDetection builds it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from math import gcd
from typing import Any

from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks.graph import Conv, Norm
from pisnas_mm.checks import shown
from pisnas_mm.models.graph_block import Config, GraphBlock


@MODELS.register_module()
class PISBackbone(BaseModule):
    """A backbone from a genotype; it behaves like MMDetection's ResNet.

    ``out_channels`` and ``out_strides`` are those of the outputs, for whoever wires a neck. Stages
    above the last output are not built; a checkpoint that has them is read all the same.

    Args:
        arch: The architecture as a list of block dicts, as a search writes it.
        in_channels: Channels of the image.
        out_indices: Stages to return. Stage i has stride 2^(i+1): 0 is the stem, 1 to 4 are C2
            to C5.
        frozen_stages: Stages up to this one get no gradient and keep their statistics; -1: none.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer. The ``num_groups`` of a ``GN`` should divide every width.
        norm_eval: Whether batch norms keep their statistics while training.
        with_cp: Whether to trade speed for memory by recomputing activations block by block.
        zero_init_residual: Whether residual blocks start as their shortcuts.
        append: Blocks to put after the last one for training, for example ``[dict(type='SPPF')]``;
            channels that they don't name are those that the architecture gives. The last stage
            is then an output.
        deploy: Whether the branches of RepVGG blocks are one convolution each, for the weights that
            ``fuse`` gives.
        init_cfg: Initialisation, for example ``dict(type='Pretrained', checkpoint=...)``.

    Raises:
        ValueError: The architecture is not valid, a stage does not exist, or a norm does not fit.
    """

    def __init__(
        self,
        arch: Sequence[Mapping[str, Any]],
        in_channels: int = 3,
        out_indices: Sequence[int] = (1, 2, 3, 4),
        frozen_stages: int = -1,
        conv_cfg: Config | None = None,
        norm_cfg: Config | None = None,
        norm_eval: bool = False,
        with_cp: bool = False,
        zero_init_residual: bool = True,
        append: Sequence[Mapping[str, Any]] = (),
        deploy: bool = False,
        init_cfg: Config | list[Config] | None = None,
    ) -> None:
        super().__init__(
            init_cfg
            or [
                dict(type='Kaiming', layer='Conv2d'),
                dict(type='Constant', val=1, layer=['_BatchNorm', 'GroupNorm']),
            ]
        )
        genotype = Genotype.from_list(arch, in_channels).extended(append)
        last = len(genotype.stages) - 1
        if not out_indices or not all(0 <= i <= last for i in out_indices):
            raise ValueError(
                f'out_indices should be stages from 0 to {last}, but got {tuple(out_indices)}'
            )
        if not -1 <= frozen_stages <= last:
            raise ValueError(f'frozen_stages should be from -1 to {last}, but got {frozen_stages}')
        if append and max(out_indices) < last:
            raise ValueError(
                f'append puts blocks on stage {last}, which out_indices {tuple(out_indices)} leave '
                f'out: add {last} to them, or drop append'
            )
        self.out_indices = tuple(out_indices)
        self.out_channels = tuple(genotype.out_channels[i] for i in out_indices)
        self.out_strides = tuple(genotype.out_strides[i] for i in out_indices)
        self.frozen_stages = frozen_stages
        self.norm_eval = norm_eval
        self.with_cp = with_cp
        self.zero_init_residual = zero_init_residual
        self.deploy = deploy
        norm_cfg = norm_cfg or dict(type='BN', requires_grad=True)
        used = genotype.stages[: max(out_indices) + 1]
        _check_groups(used, norm_cfg)
        self.stages = nn.ModuleList(
            nn.ModuleList(_built(block, i, conv_cfg, norm_cfg, deploy) for block in stage)
            for i, stage in enumerate(used)
        )
        self._unused = tuple(f'stages.{i}.' for i in range(len(used), last + 1))
        self._register_load_state_dict_pre_hook(self._drop_unused)
        self._freeze()

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(N, in_channels, H, W) to the outputs of the stages ``out_indices``."""
        outputs = {}
        for i, stage in enumerate(self.stages):
            for block in stage.children():
                recompute = self.with_cp and x.requires_grad
                x = _recomputed(block, x) if recompute else block(x)
            if i in self.out_indices:
                outputs[i] = x
        return tuple(outputs[i] for i in self.out_indices)

    def init_weights(self) -> None:
        """Initialise as ``init_cfg`` says; residual branches end in zero unless pretrained."""
        again = self.is_init
        super().init_weights()
        cfgs = [self.init_cfg] if isinstance(self.init_cfg, dict) else self.init_cfg
        pretrained = any(cfg['type'] == 'Pretrained' for cfg in cfgs)
        if self.zero_init_residual and not (pretrained or again):
            for module in self.modules():
                if isinstance(module, GraphBlock):
                    for norm in module.residual_norms():
                        if getattr(norm, 'weight', None) is not None:  # as with affine=False
                            nn.init.zeros_(norm.weight)

    def train(self, mode: bool = True) -> 'PISBackbone':
        """Switch the mode; what is frozen stays frozen."""
        super().train(mode)
        self._freeze()
        if mode and self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self

    def _freeze(self) -> None:
        for stage in self.stages[: self.frozen_stages + 1]:
            stage.eval()
            for parameter in stage.parameters():
                parameter.requires_grad = False

    def _drop_unused(self, state_dict: dict[str, Tensor], prefix: str, *_: Any) -> None:
        """Forget the weights of stages that exist in the architecture and are not built."""
        for key in [key for key in state_dict if key.startswith(prefix)]:
            if key.removeprefix(prefix).startswith(self._unused):
                del state_dict[key]


def _check_groups(stages: Sequence[Sequence[Block]], norm_cfg: Config) -> None:
    """Raise ``ValueError`` where a group norm's groups do not divide a width that is normalised."""
    if norm_cfg.get('type') != 'GN':
        return
    ops = [(i, op) for i, stage in enumerate(stages) for b in stage for op in b.graph().ops]
    widths = [(i, op.channels) for i, op in ops if type(op) in (Conv, Norm)]
    remedy = f'choose a divisor of {gcd(*(width for _, width in widths))}, which divides all widths'
    groups = norm_cfg.get('num_groups')
    if type(groups) is not int or groups < 1:
        raise ValueError(f'norm_cfg: GN needs `num_groups`, but got {shown(groups)}; {remedy}')
    for i, width in widths:
        if width % groups:
            raise ValueError(
                f'norm_cfg.num_groups should divide every width, but stage {i} has a width of '
                f'{width}, and got {groups}; {remedy}'
            )


def _built(
    block: Block, stage: int, conv_cfg: Config | None, norm_cfg: Config, deploy: bool
) -> GraphBlock:
    try:
        return GraphBlock(block, conv_cfg, norm_cfg, deploy)
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        raise ValueError(
            f'stage {stage}: {type(block).__name__} of width {block.out_channels} cannot be built '
            f'with norm_cfg {shown(dict(norm_cfg))} and conv_cfg {shown(conv_cfg)}: '
            f'{" ".join(str(error).split())}'
        ) from error


def _recomputed(block: nn.Module, x: Tensor) -> Tensor:
    """The block's output; the backward pass computes it once more instead of remembering it.

    The second time is no further step: statistics of norms stay as the first one left them.
    """
    first = True

    def run(x: Tensor) -> Tensor:
        nonlocal first
        again, first = not first, False
        with _buffers_kept(block) if again else nullcontext():
            output: Tensor = block(x)
            return output

    output: Tensor = checkpoint(run, x, use_reentrant=False)
    return output


@contextmanager
def _buffers_kept(module: nn.Module) -> Iterator[None]:
    """Let a module work on copies of its buffers."""
    owned = [
        (part, name, buffer)
        for part in module.modules()
        for name, buffer in part._buffers.items()
        if buffer is not None
    ]
    for part, name, buffer in owned:
        part._buffers[name] = buffer.clone()
    try:
        yield
    finally:
        for part, name, buffer in owned:
            part._buffers[name] = buffer
