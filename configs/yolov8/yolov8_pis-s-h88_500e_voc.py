"""YOLOv8-s on VOC: what the released search with H_btn >= 8.8 finds."""

_base_ = [
    '../_base_/detectors/yolov8_s.py',
    '../searched/pis_yolov8_s_coco_released/backbone.py',
    '../_base_/yolov8_500e_voc.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=20),
)
