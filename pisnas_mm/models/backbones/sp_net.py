"""SP-NAS's backbone: a chain of stages and, beside some of them, the same stages run once more.

Source: SP-NAS (Jiang et al., CVPR 2020), section 3.3; the order of computation is that of the
authors' code (huawei-noah/vega), where sub-networks have their stage's own weights.
"""

from collections.abc import Sequence
from typing import Any

import torch.nn.functional as F
from mmcv.cnn import ConvModule
from mmdet.registry import MODELS
from torch import Tensor, nn

from pisnas_mm.checks import shown
from pisnas_mm.models.backbones.pis_backbone import PISBackbone


@MODELS.register_module()
class SPNet(PISBackbone):
    """A ``PISBackbone`` whose stages may run several times: SP-NAS's parallel form.

    A stage with n sub-networks runs n times before it runs on the main path, with the same weights.
    Each time it is given what the last stage's sub-network of that number gave (or the last of them
    there was, or the main path's value) and, through a 1×1 and enlarged, what the sub-network
    before it has just given; so is the main path.

    Args:
        parallel: Sub-networks of each stage in ``out_indices``, such as ``(1, 0, 2, 1, 2)``. What
            runs again is the last block of the stage.
        kwargs: As for ``PISBackbone``.

    Raises:
        ValueError: ``parallel`` does not fit, or what ``PISBackbone`` raises.
    """

    def __init__(self, *args: Any, parallel: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fits = len(parallel) == len(self.out_indices) and all(
            type(number) is int and number >= 0 for number in parallel
        )
        if not fits:
            raise ValueError(
                f'parallel should have a number from 0 on for each of the {len(self.out_indices)} '
                f'stages in out_indices, but got {shown(parallel)}'
            )
        self.parallel = dict(zip(self.out_indices, parallel, strict=True))
        norm_cfg = kwargs.get('norm_cfg') or dict(type='BN', requires_grad=True)
        self.connections = nn.ModuleDict()
        stages: Any = self.stages  # lists of blocks
        for i, number in self.parallel.items():
            if number:
                graph = stages[i][-1].graph
                taken, given = graph.in_channels, graph.ops[-1].channels
                self.connections[str(i)] = ConvModule(
                    given, taken, 1, norm_cfg=norm_cfg, act_cfg=None
                )

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """(N, in_channels, H, W) to the outputs of the stages ``out_indices``."""
        outputs: list[Tensor] = []
        before: list[Tensor] = []  # what the last stage's sub-networks gave
        stages: Any = self.stages  # lists of blocks
        for i, stage in enumerate(stages):
            *first, block = stage
            for other in first:
                x = other(x)
            added: Tensor | float = 0.0
            given: list[Tensor] = []
            for j in reversed(range(self.parallel.get(i, 0))):
                own = before[min(j, len(before) - 1)] if before else x
                given.insert(0, block(own + added))
                back: Tensor = self.connections[str(i)](given[0])
                added = F.interpolate(back, size=x.shape[2:], mode='nearest')
            x, before = block(x + added), given[: self.parallel.get(i + 1, 0)]
            if i in self.out_indices:
                outputs.append(x)
        return tuple(outputs)
