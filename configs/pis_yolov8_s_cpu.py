"""A backbone for YOLOv8-s as fast as its own one is on your device: a budget of milliseconds.

Measure the device first, in a few minutes, which writes the table that this config names:

    python tools/analysis_tools/measure_latency.py configs/pis_yolov8_s_coco.py \
        --threads 2 --out configs/latency/yolov8_s_cpu.json

and set `constraints.latency.max` to what YOLOv8-s itself takes (docs/how-to/latency.md).
"""

_base_ = ['./pis_yolov8_s_coco.py']

constraints = dict(
    _delete_=True,
    # Checked in this order: what rejects the most comes first, for speed only.
    params=dict(type='Params', max=4.8e6),
    latency=dict(type='Latency', max=50.0, table='latency/yolov8_s_cpu.json', batch=1),
    bottleneck_entropy=dict(type='BottleneckEntropy', min=8.8),
)
search = dict(tie_breakers=('bottleneck_entropy', '-latency'))
