"""What an architecture is made of: one file a block family, each described once."""

from pisnas_mm.blocks.basic import BasicStage, PointwiseBasicStage
from pisnas_mm.blocks.bep_c3 import BepC3
from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.bottleneck import BottleneckStage
from pisnas_mm.blocks.c2f import C2f, PlainC2f
from pisnas_mm.blocks.c3 import C3, BottleneckCSP
from pisnas_mm.blocks.conv import ConvBNAct
from pisnas_mm.blocks.convnext import ConvNeXtStage
from pisnas_mm.blocks.cspnext import CSPNeXtStage
from pisnas_mm.blocks.damo_yolo import (
    MobileStage,
    PointwiseResConvStage,
    ResConvCSP,
    ResConvStage,
)
from pisnas_mm.blocks.darknet import DarknetStage
from pisnas_mm.blocks.elan import ELAN
from pisnas_mm.blocks.focus import Focus
from pisnas_mm.blocks.inverted_residual import InvertedResidualStage
from pisnas_mm.blocks.max_pool_transition import MaxPoolTransition
from pisnas_mm.blocks.repvgg import RepVGGBlock, RepVGGStage
from pisnas_mm.blocks.resnext import ResNeXtStage
from pisnas_mm.blocks.shufflenet import ShuffleNetStage, ShuffleXceptionStage
from pisnas_mm.blocks.sppf import SPPF

__all__ = [
    'C3',
    'ELAN',
    'SPPF',
    'BasicStage',
    'BepC3',
    'Block',
    'BottleneckCSP',
    'BottleneckStage',
    'C2f',
    'CSPNeXtStage',
    'ConvBNAct',
    'ConvNeXtStage',
    'DarknetStage',
    'Focus',
    'InvertedResidualStage',
    'MaxPoolTransition',
    'MobileStage',
    'PlainC2f',
    'PointwiseBasicStage',
    'PointwiseResConvStage',
    'RepVGGBlock',
    'RepVGGStage',
    'ResConvCSP',
    'ResConvStage',
    'ResNeXtStage',
    'ShuffleNetStage',
    'ShuffleXceptionStage',
]
