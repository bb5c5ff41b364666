"""The tiny data sets of `conftest.py` in the places, and sizes, of COCO's and VOC's configs."""

from pathlib import Path

CLASSES = dict(classes=('red', 'green', 'blue'))
SMALL = {
    'model.bbox_head.num_classes': 3,
    'model.test_cfg.score_thr': 0.0,  # at the start nothing scores high
    'model.test_cfg.nms_pre': 100,
    'train_cfg.max_epochs': 1,
    'train_cfg.val_interval': 1,
    'train_dataloader.num_workers': 0,
    'train_dataloader.persistent_workers': False,
    'val_dataloader.num_workers': 0,
    'val_dataloader.persistent_workers': False,
    'val_dataloader.dataset.indices': 2,
    'val_dataloader.dataset.metainfo': CLASSES,
    'val_dataloader.dataset.pipeline.1.scale': (96, 64),
}
COCO = {
    'train_dataloader.dataset.indices': 2,
    'train_dataloader.dataset.metainfo': CLASSES,
    'train_dataloader.dataset.pipeline.2.scale': [(96, 64), (96, 64)],
}
VOC = {'train_dataloader.dataset.times': 1} | {
    f'train_dataloader.dataset.dataset.datasets.{i}.{key}': value
    for i in (0, 1)
    for key, value in {
        'indices': 1,
        'metainfo': CLASSES,
        'pipeline.2.scale': [(96, 64), (96, 64)],
        'filter_cfg.bbox_min_size': 8,
    }.items()
}


def named(name: str) -> dict[str, str]:
    """Options that give a run logs of its own: MMEngine shares them between runs of one name."""
    return {'experiment_name': name, 'visualizer.name': name}


def coco(tiny: Path, root: Path) -> None:
    """COCO's own names, as the config has them."""
    (root / 'annotations').mkdir(parents=True)
    for split in ('train2017', 'val2017'):
        (root / split).symlink_to(tiny / 'images')
        (root / f'annotations/instances_{split}.json').symlink_to(tiny / 'annotations.json')


def voc(tiny: Path, root: Path) -> None:
    """VOC's own names: one year stands for both."""
    root.mkdir()
    for year in (2007, 2012):
        (root / f'VOC{year}').symlink_to(tiny / 'VOC2007')
