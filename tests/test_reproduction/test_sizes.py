from pathlib import Path

import pytest

from pisnas_mm.reproduction.sizes import size

CONFIGS = Path(__file__).parents[2] / 'configs'


def test_voc_is_counted_with_cocos_head_and_its_own_area() -> None:
    name = 'retinanet/retinanet_r50_fpn_scratch-ms-6x'
    voc, coco = (
        size(CONFIGS / f'{name}_voc0712.py', 'VOC'),
        size(CONFIGS / f'{name}_coco.py', 'COCO'),
    )
    assert voc.params == coco.params
    assert voc.macs / 527 == pytest.approx(coco.macs / 919, rel=1e-6)
    assert voc.macs == pytest.approx(123e9, abs=1e9)  # the paper's Figure 2
