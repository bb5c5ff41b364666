"""A detector as one tensor function, from pixels to boxes and scores, made ready for export."""

from typing import Any

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pisnas_mm.deployment.card import Card
from pisnas_mm.models.decoding import decode
from pisnas_mm.models.fuse import fuse


class Network(nn.Module):
    """Takes images as the card describes them, and gives what ``decode`` does.

    Branches are fused and batch norms folded. The detector itself is changed, and runs in half
    precision where the card says so; images, boxes and scores are single precision anyhow.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, model: Any, card: Card, takes_rgb: bool) -> None:
        super().__init__()
        fuse(model.eval())
        fold_norms(model)
        self.half_precision = card.precision == 'fp16'
        self.detector = model.half() if self.half_precision else model
        self.takes_rgb = takes_rgb
        self.register_buffer('mean', torch.tensor(card.mean).reshape(-1, 1, 1))
        self.register_buffer('std', torch.tensor(card.std).reshape(-1, 1, 1))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) to boxes (N, P, 4) and scores (N, P, C)."""
        x = (images - self.mean) / self.std
        if not self.takes_rgb:
            x = torch.stack([x[:, 2], x[:, 1], x[:, 0]], dim=1)
        if self.half_precision:
            x = x.half()
        head = self.detector.bbox_head
        outputs = head(self.detector.extract_feat(x))
        levels = [[level.float() for level in levels] for levels in outputs]
        return decode(head, levels, (images.shape[2], images.shape[3]))


def fold_norms(model: nn.Module) -> None:
    """Put the batch norms behind convolutions into them, in place; outputs in eval mode stay.

    It is done in mmcv's ``ConvModule``, where the order is known, also of those that are shared.
    """
    for module in model.modules():
        if not isinstance(module, ConvModule) or not module.with_norm:
            continue
        norm = module.norm
        fixed = isinstance(norm, _BatchNorm) and norm.running_mean is not None
        if fixed and type(module.conv) is nn.Conv2d and module.order[:2] == ('conv', 'norm'):
            module.conv = fuse_conv_bn_eval(module.conv, norm)
            delattr(module, module.norm_name)
            module.with_norm = False
