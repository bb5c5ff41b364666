"""The backbone that a search found, as MMDetection builds it."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.models.graph_block import Config, GraphBlock


@MODELS.register_module()
class PISBackbone(BaseModule):
    """A backbone from a genotype; it behaves like MMDetection's ResNet.

    ``out_channels`` and ``out_strides`` are those of the outputs, for whoever wires a neck.

    Args:
        arch: The architecture as a list of block dicts, as a search writes it.
        in_channels: Channels of the image.
        out_indices: Stages to return. Stage i has stride 2^(i+1): 0 is the stem, 1 to 4 are C2
            to C5.
        frozen_stages: Stages up to this one get no gradient and keep their statistics; -1: none.
        conv_cfg: Convolution layer; None is the plain one.
        norm_cfg: Norm layer.
        norm_eval: Whether batch norms keep their statistics while training.
        with_cp: Whether to trade speed for memory by recomputing activations block by block.
        zero_init_residual: Whether residual blocks start as their shortcuts.
        append: Blocks to put after the last one for training, for example ``[dict(type='SPPF')]``;
            channels that they don't name are those that the architecture gives.
        deploy: Whether the branches of RepVGG blocks are one convolution each, for the weights that
            ``fuse`` gives.
        init_cfg: Initialisation, for example ``dict(type='Pretrained', checkpoint=...)``.

    Raises:
        ValueError: The architecture is not valid, or a stage does not exist.
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
        self.out_indices = tuple(out_indices)
        self.out_channels = tuple(genotype.out_channels[i] for i in out_indices)
        self.out_strides = tuple(genotype.out_strides[i] for i in out_indices)
        self.frozen_stages = frozen_stages
        self.norm_eval = norm_eval
        self.with_cp = with_cp
        self.zero_init_residual = zero_init_residual
        self.deploy = deploy
        norm_cfg = norm_cfg or dict(type='BN', requires_grad=True)
        self.stages = nn.ModuleList(
            nn.ModuleList(GraphBlock(block, conv_cfg, norm_cfg, deploy) for block in stage)
            for stage in genotype.stages
        )
        self._freeze()

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(N, in_channels, H, W) to the outputs of the stages ``out_indices``."""
        outputs = {}
        for i, stage in enumerate(self.stages):
            for block in stage.children():
                if self.with_cp and x.requires_grad:
                    x = checkpoint(block, x, use_reentrant=False)
                else:
                    x = block(x)
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
