"""`pis_yolov8_n_224.py` with no more layers than YOLOv8-n has: its depths in other widths."""

_base_ = ['./pis_yolov8_n_224.py']

constraints = dict(layers=dict(max=25))
search = dict(num_candidates=200_000)
