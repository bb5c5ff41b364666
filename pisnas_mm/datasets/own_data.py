"""A user's own data in any detector config: folder, files and classes are named once.

    data = dict(
        root='data/mine/',
        train=dict(ann_file='annotations/train.json', images='train/'),
        val=dict(ann_file='annotations/val.json', images='val/'),
        classes=('cat', 'dog'),  # by default those that have boxes in the training file
        form='coco',  # or 'voc': files are lists such as ImageSets/Main/trainval.txt
    )

A file alone (``train='train/_annotations.coco.json'``) has its images beside it. ``test`` is
``val`` unless it is named. Pipelines, batches and samplers stay those of the config, whatever its
data set was wrapped in; several data sets in one become this one.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pisnas_mm.checks import Problems, shown
from pisnas_mm.datasets.sources import OF_DATA_SETS, Source, heads
from pisnas_mm.registry import suggest

KEYS = ('root', 'train', 'val', 'test', 'classes', 'form')
_TYPES = {'coco': 'CocoDataset', 'voc': 'VOCDataset'}
_SPLIT_KEYS = ('ann_file', 'images')
_META_KEYS = ('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')


def check_own_data(data: Any, place: str = 'detector.data') -> None:
    """Raise ``Problems`` where a user's description of data is not one."""
    if not isinstance(data, Mapping):
        raise ValueError(
            f'{place} should be a dict with root, train and val, but got {shown(data)}'
        )
    problems = [
        f'unknown key `{place}.{key}`; {suggest(key, KEYS)}' for key in data if key not in KEYS
    ]
    if not isinstance(data.get('root'), str):
        problems.append(f'{place}.root should be a folder, but got {shown(data.get("root"))}')
    if data.get('form', 'coco') not in _TYPES:
        problems.append(f"{place}.form should be 'coco' or 'voc', but got {shown(data['form'])}")
    for split in ('train', 'val', 'test'):
        if split == 'test' and data.get(split) is None:
            continue
        given = data.get(split)
        file = given.get('ann_file') if isinstance(given, Mapping) else given
        if not isinstance(file, str) or not file:
            problems.append(
                f"{place}.{split} should be an annotation file, or dict(ann_file='train.json', "
                f"images='train/'), but got {shown(given)}"
            )
        elif isinstance(given, Mapping):
            problems += [
                f'unknown key `{place}.{split}.{key}`; {suggest(key, _SPLIT_KEYS)}'
                for key in given
                if key not in _SPLIT_KEYS
            ]
    classes = data.get('classes')
    is_list = isinstance(classes, list | tuple) and all(isinstance(name, str) for name in classes)
    if classes is not None and (not is_list or not classes or len(set(classes)) < len(classes)):
        remedy = f': write ({classes!r},)' if isinstance(classes, str) else ''
        problems.append(
            f'{place}.classes should be a list of different names, but got {shown(classes)}{remedy}'
        )
    if problems:
        raise Problems(problems)


def put_own_data(cfg: Any, data: Mapping[str, Any], place: str = 'detector.data') -> None:
    """Have a detector config train and evaluate on a user's data.

    Args:
        cfg: The config; it is changed.
        data: What ``check_own_data`` accepts.
        place: What messages call it.

    Raises:
        ValueError: The description is not complete, or the config has no data set of its own.
    """
    check_own_data(data, place)
    if missing := [f'{s}_dataloader' for s in ('train', 'val') if not cfg.get(f'{s}_dataloader')]:
        raise ValueError(
            f'{place}: the detector has no {" and ".join(missing)} to put the data into; add a '
            f'data set with its pipelines to its base, such as _base_/datasets/coco_detection.py'
        )
    root = data['root'] if '://' in data['root'] else f'{Path(data["root"]).absolute()}/'
    form = data.get('form', 'coco')
    splits = {split: _split(data.get(split) or data['val'], form) for split in _SPLITS}
    classes = tuple(data.get('classes') or _classes(root, form, splits['train'], place))
    cfg.data_root, cfg.metainfo = root, {'classes': classes}
    cfg.setdefault('test_dataloader', cfg.val_dataloader)
    for split, (ann_file, prefix) in splits.items():
        named = {
            'type': _TYPES[form],
            'data_root': root,
            'metainfo': {'classes': classes},
            'ann_file': ann_file,
            'data_prefix': prefix,
        }
        loader = cfg[f'{split}_dataloader']
        loader.dataset = _renewed(loader.dataset, named)
        if split != 'train':
            cfg[f'{split}_evaluator'] = _evaluator(form, os.path.join(root, ann_file))
            cfg.setdefault(f'{split}_cfg', {'type': f'{split.title()}Loop'})
    for _, head in heads(cfg.model):
        head['num_classes'] = len(classes)


_SPLITS = ('train', 'val', 'test')


def _split(given: Any, form: str) -> tuple[str, dict[str, str]]:
    """The annotation file, and the folder of images as MMDetection's data sets name it."""
    file = given['ann_file'] if isinstance(given, Mapping) else given
    beside = '' if form == 'voc' else os.path.dirname(file)
    images = given.get('images', beside) if isinstance(given, Mapping) else beside
    folder = f'{images.rstrip("/")}/' if images else ''
    return file, {'sub_data_root' if form == 'voc' else 'img': folder}


def _classes(
    root: str, form: str, split: tuple[str, dict[str, str]], place: str
) -> tuple[str, ...]:
    """The categories that have boxes in the training file, in its order."""
    file, prefix = Path(root, split[0]), Path(root, *split[1].values())
    if not file.is_file():
        raise ValueError(
            f'{place}.classes should name the classes, as {file} is not there to be asked'
        )
    found = Source(place, {}, form, file, prefix, None).read()
    return tuple(name for i, name in enumerate(found.categories) if (found.category_of == i).any())


def _renewed(entry: Any, named: Mapping[str, Any]) -> Any:
    """A data set in the wrappers of another one, with its pipeline and filter."""
    if 'datasets' in entry:
        return _renewed(entry['datasets'][0], named)
    if 'dataset' in entry:
        return {**entry, 'dataset': _renewed(entry['dataset'], named)}
    kept = {key: entry[key] for key in entry if key not in (*OF_DATA_SETS, 'type', 'indices')}
    if filters := kept.get('filter_cfg'):
        # Small boxes are VOC's own business: others may have no large ones.
        kept['filter_cfg'] = {k: v for k, v in filters.items() if k != 'bbox_min_size'}
    if named['type'] == _TYPES['voc'] and kept.get('test_mode'):
        kept['pipeline'] = [_with_instances(step) for step in kept['pipeline']]
    return {**named, **kept}


def _with_instances(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """The annotated boxes go along, for CocoMetric has no file to read them from."""
    if step['type'] != 'PackDetInputs':
        return step
    keys = tuple(step.get('meta_keys', _META_KEYS))
    return {**step, 'meta_keys': keys if 'instances' in keys else (*keys, 'instances')}


def _evaluator(form: str, file: str) -> Any:
    coco = {'type': 'CocoMetric', 'metric': 'bbox'}
    if form == 'coco':
        return {**coco, 'ann_file': file}
    return [{'type': 'VOCMetric', 'metric': 'mAP', 'eval_mode': 'area'}, coco]
