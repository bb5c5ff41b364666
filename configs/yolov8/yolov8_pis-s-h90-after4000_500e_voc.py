"""YOLOv8-s on Pascal VOC: what the released search with H_btn >= 9.0 has found in 4000 candidates."""

_base_ = [
    '../_base_/detectors/yolov8_s.py',
    '../searched/pis_yolov8_s_h90_released_after4000/backbone.py',
    '../_base_/yolov8_500e_voc.py',
]

model = dict(
    backbone=_base_.backbone,
    neck=dict(in_channels=_base_.neck_channels),
    bbox_head=dict(num_classes=20),
)
