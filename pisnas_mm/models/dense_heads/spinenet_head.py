"""RetinaNet's head with an activation of choice, as SpineNet's protocol C has Swish all over."""

from typing import Any

from mmcv.cnn import ConvModule, build_activation_layer
from mmdet.models.dense_heads import RetinaSepBNHead
from mmdet.registry import MODELS

from pisnas_mm.blocks.block import ACTIVATIONS
from pisnas_mm.checks import check_one_of
from pisnas_mm.models.graph_block import ACT_LAYERS


@MODELS.register_module()
class SpineNetHead(RetinaSepBNHead):
    """MMDetection's ``RetinaSepBNHead``, whose norms are each level's own, and an activation.

    Args:
        act: Activation between the convolutions.
        kwargs: As for ``RetinaSepBNHead``.
    """

    def __init__(self, *args: Any, act: str = 'relu', **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        check_one_of(act, 'act', ACTIVATIONS)
        for module in self.modules():
            if isinstance(module, ConvModule):
                module.activate = build_activation_layer(dict(ACT_LAYERS[act]))
