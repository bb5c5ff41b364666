from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from pisnas_mm.detectors.data import check_data


def dataset(**given: Any) -> dict[str, Any]:
    return dict(type='CocoDataset', ann_file='annotations.json', **given)


WRAPPERS = {
    'dataset': lambda inner: inner,
    'dataset.dataset': lambda inner: dict(type='RepeatDataset', times=2, dataset=inner),
    'dataset.datasets.1': lambda inner: dict(
        type='ConcatDataset', datasets=[dict(type='NoFiles'), inner]
    ),
    'dataset.dataset.datasets.0': lambda inner: dict(
        type='MultiImageMixDataset', dataset=dict(type='ConcatDataset', datasets=[inner])
    ),
}


@pytest.mark.parametrize('place', WRAPPERS)
def test_data_is_found_in_any_wrapper(tmp_path: Path, place: str) -> None:
    root = tmp_path / 'data'
    inner = dataset(data_root=f'{root}/', data_prefix=dict(img='images/', seg='unused/'))
    cfg = Config(dict(train_dataloader=dict(dataset=WRAPPERS[place](inner))))
    option = f'--cfg-options train_dataloader.{place}.data_root=FOLDER'
    with pytest.raises(ValueError, match='ann_file') as refusal:
        check_data(cfg, 'train_dataloader')
    assert str(refusal.value) == (
        f'train_dataloader.{place}: ann_file {root}/annotations.json not found '
        f'(data_root: {root}/); put the data there, or say where it is: {option}'
    )
    root.mkdir()
    (root / 'annotations.json').touch()
    with pytest.raises(ValueError, match=f'{place}: data_prefix.img {root}/images not found'):
        check_data(cfg, 'train_dataloader')
    (root / 'images').mkdir()
    check_data(cfg, 'train_dataloader')


def test_the_named_option_mends_it(tmp_path: Path) -> None:
    (tmp_path / 'annotations.json').touch()
    inner = dataset(data_root='nowhere/')
    cfg = Config(dict(train_dataloader=dict(dataset=dict(datasets=[inner]))))
    cfg.merge_from_dict({'train_dataloader.dataset.datasets.0.data_root': str(tmp_path)})
    check_data(cfg, 'train_dataloader')


@pytest.mark.parametrize('root', ['data/digits/', 'data/digits/voc', '/there/digits'])
def test_the_embedded_data_set_can_be_made(root: str) -> None:
    cfg = Config(dict(test_dataloader=dict(dataset=dataset(data_root=root))))
    folder = root.partition('digits')[0] + 'digits'
    with pytest.raises(ValueError, match=f'make it: python tools/make_digits.py {folder}$'):
        check_data(cfg, 'test_dataloader')


@pytest.mark.parametrize('evaluators', [lambda e: e, lambda e: [dict(type='Other'), e]])
def test_evaluators_are_looked_through(evaluators: Any) -> None:
    cfg = Config(dict(val_evaluator=evaluators(dict(type='CocoMetric', ann_file='/no/a.json'))))
    with pytest.raises(ValueError, match=r'val_evaluator.* ann_file /no/a.json not found'):
        check_data(cfg, 'val_evaluator')


@pytest.mark.parametrize(
    'inner',
    [
        dataset(data_root='s3://bucket/'),
        dataset(data_root='no/', backend_args=dict(backend='petrel')),
        dict(type='CocoDataset', ann_file='', data_root='', data_prefix=dict(img='')),
        dict(type='CocoMetric', ann_file=None),
    ],
)
def test_what_is_not_local_is_not_looked_for(inner: dict[str, Any]) -> None:
    check_data(Config(dict(train_dataloader=dict(dataset=inner))), 'train_dataloader')


def test_a_config_without_validation_is_fine() -> None:
    check_data(Config(dict(val_dataloader=None)), 'val_dataloader', 'val_evaluator')


def test_tiny_voc_is_read_by_mmdetection(tiny_voc: Path, tiny_coco: Path) -> None:
    from mmdet.datasets import CocoDataset, VOCDataset

    classes = dict(classes=('red', 'green', 'blue'))
    coco = CocoDataset(
        ann_file='annotations.json',
        data_root=str(tiny_coco),
        data_prefix=dict(img='images'),
        metainfo=classes,
    )
    voc = VOCDataset(
        ann_file='VOC2007/ImageSets/Main/trainval.txt',
        data_root=str(tiny_voc),
        data_prefix=dict(sub_data_root='VOC2007/'),
        metainfo=classes,
    )
    assert len(voc) == len(coco) == 8
    for i in range(8):
        things, others = (data.get_data_info(i)['instances'] for data in (coco, voc))
        assert len(things) == len(others) == 2
        for thing, other in zip(things, others, strict=True):
            assert thing['bbox_label'] == other['bbox_label']
            x1, y1, x2, y2 = thing['bbox']
            # VOC names the last pixel; MMDetection takes it for the edge.
            assert other['bbox'] == [x1, y1, x2 - 1, y2 - 1]
