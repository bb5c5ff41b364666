from mmdet.datasets import CocoDataset, VOCDataset

from pisnas_mm.datasets.class_names import COCO, VOC


def test_they_are_mmdetections() -> None:
    assert CocoDataset.METAINFO['classes'] == COCO
    assert VOCDataset.METAINFO['classes'] == VOC
