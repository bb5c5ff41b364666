"""YOLOv7 without its sizes; 80 classes.

Whoever inherits adds what depends on the size, as `yolov7_l.py` does.
"""

_base_ = './yolov5.py'

model = dict(
    backbone=dict(append=[]),  # its pyramid pooling is in the neck
    neck=dict(type='YOLOv7PAFPN'),
    bbox_head=dict(
        type='YOLOv7Head',
        anchors=(
            ((12, 16), (19, 36), (40, 28)),
            ((36, 75), (76, 55), (72, 146)),
            ((142, 110), (192, 243), (459, 401)),
        ),
        topk=10,
        overlap=3.0,
    ),
)
