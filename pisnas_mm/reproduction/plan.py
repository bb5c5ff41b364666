"""What is compared with what: the items, the searches, and the config behind every claimed row."""

from pisnas_mm.reproduction.claims import PointClaim

ITEMS = {
    'table1': 'NAS methods for object detection: search cost, MACs, AP on COCO',
    'fig2': 'mAP over MACs and over params on VOC, PIS-NAS and ResNets, three detectors',
    'fig3': 'the same on COCO, two detectors',
    'fig4': 'AP over MACs on COCO, the YOLO family',
    'fig5': 'VOC AP50 over PR score at three floors of H_btn',
}

# Figure 5's floors of H_btn, the search at each, and its detector on VOC.
_FLOORS = {
    8.5: ('pis_yolov8_s_h85_released', 'yolov8/yolov8_pis-s-h85'),
    8.8: ('pis_yolov8_s_coco_released', 'yolov8/yolov8_pis-s-h88'),
    9.0: ('pis_yolov8_s_h90_released', 'yolov8/yolov8_pis-s-h90'),
}
_RANKS = (512, 384, 256, 128)  # in a search's last population, which is of 512

# Figure 5: five architectures at each floor, the best that a search has found and four more of its
# last population, at YOLOv8-s's budgets, and the detectors they are trained in on VOC.
FLOORS = {
    f'{search}{f"_rank{rank}" if rank else ""}': (
        floor,
        f'{detector}{f"-rank{rank}" if rank else ""}_500e_voc',
    )
    for floor, (search, detector) in _FLOORS.items()
    for rank in (*_RANKS, 0)
}

# NAME_rank2 is the second best that the search of NAME.py finds.
SEARCHES = (
    'pis_coco',  # PIS-NAS-S, also for VOC
    'pis_l_coco',
    'pis_r18',
    'pis_r34',
    'pis_r50',
    'pis_yolov8_n_coco',
    'pis_yolov8_s_coco',
    'pis_yolov8_m_coco',
    'pis_yolov8_l_coco',
    *FLOORS,
    'maedet_r50_released',
    'deepmad_r50_released',
)

# Table 1: our search, if the row's architecture is not the published one, and the detector.
METHODS: dict[str, tuple[str | None, str]] = {
    'DetNAS': (None, 'detnas/faster-rcnn_detnas-3.8g_fpn_scratch-ms-6x_coco'),
    'SP-NAS': (None, 'spnas/cascade-rcnn_spnet_fpn_scratch-ms-6x_coco'),
    'SpineNet': (None, 'spinenet/retinanet_spinenet-143_350e_coco'),
    'MAE-DET': ('maedet_r50_released', 'gfl/gfl_maedet-r50_fpn_scratch-ms-6x_coco'),
    'DeepMAD': ('deepmad_r50_released', 'gfl/gfl_deepmad-r50_fpn_scratch-ms-6x_coco'),
    'PIS-NAS': ('pis_coco', 'gfl/gfl_pis-s_fpn_scratch-ms-6x_coco'),
}

_BACKBONES = {'ResNet-50': 'r50', 'ResNet-101': 'r101', 'PIS-NAS-S': 'pis-s', 'PIS-NAS-L': 'pis-l'}
# Epochs on COCO of Figure 4's detectors, as they are published.
_YOLO_EPOCHS = {'YOLOv8': 500, 'YOLOv7': 300, 'YOLOv6': 400, 'YOLOv5': 300, 'YOLOv6-m': 300}
_DATASETS = {'COCO': 'coco', 'VOC': 'voc0712'}


def config_of(point: PointClaim) -> str | None:
    """The detector config of a point of Figures 2 to 4, below `configs` and without `.py`.

    None for what others have published and nobody trains here.
    """
    if point.backbone in _BACKBONES:
        detector = point.detector.lower()
        backbone, dataset = _BACKBONES[point.backbone], _DATASETS[point.dataset]
        return f'{detector}/{detector}_{backbone}_fpn_scratch-ms-6x_{dataset}'
    if point.detector not in _YOLO_EPOCHS:
        return None
    detector, (family, _, size) = point.detector.lower(), point.backbone.rpartition('-')
    epochs = _YOLO_EPOCHS.get(point.backbone, _YOLO_EPOCHS[point.detector])
    searched = 'pis-' if family == 'PIS-NAS' else ''
    return f'{detector}/{detector}_{searched}{size}_{epochs}e_coco'
