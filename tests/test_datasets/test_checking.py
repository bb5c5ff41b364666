import contextlib
import copy
import io
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from mmdet.registry import DATASETS, METRICS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from PIL import Image

from pisnas_mm.checks import Problems
from pisnas_mm.datasets.checking import check_annotations
from pisnas_mm.datasets.layout import check_layout
from tests import annotated
from tests.annotated import CLASSES, Content

Change = Callable[[Content], object]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('PISNAS_MM_CACHE', str(tmp_path / 'cache'))
    return tmp_path / 'cache/annotations'


def checked(cfg: dict[str, Any], *splits: str) -> tuple[Config, list[str]]:
    """The config as it would be run, and what was said."""
    lines: list[str] = []
    config = Config(cfg)
    check_annotations(config, *(splits or ('train', 'val')), say=lines.append)
    return config, lines


def refused(cfg: dict[str, Any], *splits: str) -> list[str]:
    with pytest.raises(Problems) as problems:
        check_annotations(Config(cfg), *(splits or ('train', 'val')), say=lambda line: None)
    assert not any('\n' in line for line in problems.value.lines)
    return problems.value.lines


def each(key: str, value: Any) -> Change:
    return lambda data: [one.update({key: value}) for one in data['annotations']]


def without(key: str) -> Change:
    return lambda data: [one.pop(key) for one in data['annotations']]


def numbered(first: int) -> Change:
    return lambda data: [one.update(id=i) for i, one in enumerate(data['annotations'], first)]


def truth_as_prediction(cfg: Config) -> float:
    """AP of the boxes that MMDetection's data set reads, by MMDetection's evaluator."""
    init_default_scope('mmdet')
    with contextlib.redirect_stdout(io.StringIO()):
        data = DATASETS.build(dict(cfg.val_dataloader.dataset, pipeline=[]))
        metric = METRICS.build(cfg.val_evaluator)
        metric.dataset_meta = data.metainfo
        for i in range(len(data)):
            info = data.get_data_info(i)
            boxes = torch.tensor([one['bbox'] for one in info['instances']])
            labels = torch.tensor([one['bbox_label'] for one in info['instances']])
            found = dict(bboxes=boxes.float(), labels=labels, scores=torch.ones(len(boxes)))
            shape = info['height'], info['width']
            metric.process({}, [dict(img_id=info['img_id'], ori_shape=shape, pred_instances=found)])
        return metric.evaluate(len(data))['coco/bbox_mAP']


def test_data_that_are_right_are_left_alone(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / 'data'
    file = annotated.write(root)
    cfg = annotated.detector(root)
    config, lines = checked(cfg)
    assert lines == [
        f'{split}_dataloader.dataset: 4 images, 12 boxes, 3 classes in {file}'
        for split in ('train', 'val')
    ]
    assert config.to_dict() == Config(annotated.detector(root)).to_dict()
    assert truth_as_prediction(config) == 1
    assert not cache.exists()


MENDED: dict[str, tuple[Change, str]] = {
    'no area': (without('area'), 'boxes without a positive `area` (12) get width x height'),
    'area 0': (each('area', 0), 'boxes without a positive `area` (12) get width x height'),
    'area null': (each('area', None), 'boxes without a positive `area` (12) get width x height'),
    'no iscrowd': (without('iscrowd'), 'boxes without `iscrowd` (12) are no crowds'),
    'iscrowd null': (each('iscrowd', None), 'boxes without `iscrowd` (12) are no crowds'),
    'ids from 0': (
        numbered(0),
        'annotation ids that are no numbers from 1 on (1) are numbered anew',
    ),
    'negative ids': (
        numbered(-20),
        'annotation ids that are no numbers from 1 on (12) are numbered anew',
    ),
    'ids of text': (
        lambda data: [one.update(id=f'a{one["id"]}') for one in data['annotations']],
        'annotation ids that are no numbers from 1 on (12) are numbered anew',
    ),
    'no ids': (
        without('id'),
        'annotation ids that are no numbers from 1 on (12) are numbered anew',
    ),
    'ids twice': (
        lambda data: data['annotations'][4].update(id=2),
        'annotations whose id another one has (1) get one of their own',
    ),
    'no sizes': (
        lambda data: [(one.pop('width'), one.pop('height')) for one in data['images']],
        'images without width and height (4) get those of their files',
    ),
    'category twice': (
        lambda data: data['categories'].append(dict(data['categories'][0])),
        'categories that stand there twice (1) stand there once',
    ),
    'categories reversed': (
        lambda data: data['categories'].reverse(),
        'its categories are put into the order of the classes',
    ),
    'a class without boxes': (
        lambda data: (
            data['categories'].pop(0),
            data.update(annotations=[o for o in data['annotations'] if o['category_id'] != 1]),
        ),
        'classes without a box (1) join its categories: cat',
    ),
}


@pytest.mark.parametrize('kind', MENDED)
def test_what_is_mended_reaches_data_set_and_evaluator(tmp_path: Path, kind: str) -> None:
    change, said = MENDED[kind]
    root = tmp_path / 'data'
    before = annotated.write(root, change).read_bytes()
    config, lines = checked(annotated.detector(root))
    copy = config.val_evaluator.ann_file
    assert lines[-1] == f'val_evaluator: mended, {said}: {copy} is read'
    assert (
        config.train_dataloader.dataset.ann_file == config.val_dataloader.dataset.ann_file == copy
    )
    assert truth_as_prediction(config) == 1
    assert (root / 'annotations.json').read_bytes() == before
    init_default_scope('mmdet')
    data = DATASETS.build(dict(config.train_dataloader.dataset, pipeline=[]))
    for i in range(len(data)):  # a box's label is told by its width
        for one in data.get_data_info(i)['instances']:
            x1, _, x2, _ = one['bbox']
            assert one['bbox_label'] == x2 - x1 - 11


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16', 'utf-16-le', 'utf-32'])
def test_another_encoding_is_mended(tmp_path: Path, encoding: str) -> None:
    root = tmp_path / 'data'
    file = annotated.write(root)
    file.write_bytes(file.read_text().encode(encoding))
    config, lines = checked(annotated.detector(root))
    assert 'mended, it is written in UTF-8 without a byte order mark' in lines[-1]
    assert truth_as_prediction(config) == 1


def test_a_copy_has_info(tmp_path: Path) -> None:
    """pycocotools 2.0.9 and 2.0.10 look it up, and are excluded where no copy is needed."""
    root = tmp_path / 'data'
    annotated.write(root, lambda data: (data.pop('info'), numbered(0)(data)))
    config, _ = checked(annotated.detector(root))
    assert json.loads(Path(config.val_evaluator.ann_file).read_text())['info'] == {}
    text = (Path(__file__).parents[2] / 'pyproject.toml').read_text()
    (line,) = re.findall(r'"(pycocotools>\S+)"', text)
    assert {'!=2.0.9', '!=2.0.10'} <= set(line.split(','))


def test_pycocotools_really_needs_it(tmp_path: Path) -> None:
    """Else the mending of ids could go."""
    annotated.write(tmp_path / 'data', numbered(0))
    assert truth_as_prediction(Config(annotated.detector(tmp_path / 'data'))) < 1


WRAPPERS: dict[str, Callable[[Any], Any]] = {
    'RepeatDataset': lambda one: dict(type='RepeatDataset', times=2, dataset=one),
    'ClassBalancedDataset': lambda one: dict(
        type='ClassBalancedDataset', oversample_thr=0.1, dataset=one
    ),
    'MultiImageMixDataset': lambda one: dict(
        type='MultiImageMixDataset', pipeline=[], dataset=dict(type='RepeatDataset', dataset=one)
    ),
    'ConcatDataset': lambda one: dict(type='ConcatDataset', datasets=[one, dict(one)]),
}


@pytest.mark.parametrize('wrapper', WRAPPERS)
def test_wrapped_data_are_mended_and_checked(tmp_path: Path, wrapper: str) -> None:
    root = tmp_path / 'data'
    annotated.write(root, without('area'))
    cfg = annotated.detector(root)
    cfg['train_dataloader']['dataset'] = WRAPPERS[wrapper](cfg['train_dataloader']['dataset'])
    config, _ = checked(cfg)
    entry = config.train_dataloader.dataset
    while 'type' in entry and entry['type'] != 'CocoDataset':
        entry = entry['datasets'][-1] if 'datasets' in entry else entry['dataset']
    assert entry.ann_file == config.val_evaluator.ann_file
    annotated.write(root, lambda data: data.update(annotations=[]))
    (line, *_) = refused(cfg)
    assert re.match(r'train_dataloader\.dataset\.dataset.*: no box of its classes is in', line)


REFUSED: dict[str, tuple[Change, str]] = {
    'other case': (
        lambda data: [one.update(name=one['name'].title()) for one in data['categories']],
        "none of the classes ('cat', 'dog', 'bird') is in it: {file} has ('Cat', 'Dog', 'Bird')",
    ),
    'one in other case': (
        lambda data: data['categories'][1].update(name='DOG '),
        "class 'dog' is written 'DOG ' in {file}; write it so",
    ),
    'one renamed': (
        lambda data: data['categories'][1].update(name='wolf'),
        "1 of 3 classes are not in it, such as 'dog', but 4 boxes are of others",
    ),
    'no boxes': (lambda data: data.update(annotations=[]), 'no box of its classes is in {file}'),
    'no annotations': (lambda data: data.pop('annotations'), 'no box of its classes is in {file}'),
    'crowds': (each('iscrowd', 1), 'all 12 boxes in {file} are crowds'),
    'normalised': (
        each('bbox', [0.1, 0.1, 0.3, 0.2]),
        '100% of the boxes have no area: 12 of 12 boxes, such as [0.1, 0.1, 0.3, 0.2] of 1.png, in '
        '{file}',
    ),
    'upside down': (each('bbox', [20, 20, -10, 5]), '100% of the boxes have no area'),
    'outside': (
        lambda data: data['annotations'][0].update(bbox=[50, 4, 20, 10]),
        '8% of the boxes reach out of their image: 1 of 12 boxes, such as [50.0, 4.0, 20.0, 10.0]',
    ),
    'outside on the left': (
        lambda data: data['annotations'][3].update(bbox=[-3, 4, 20, 10]),
        '8% of the boxes reach out of their image: 1 of 12 boxes, such as [-3.0, 4.0, 20.0, 10.0]',
    ),
    'of no image': (
        lambda data: data['annotations'][0].update(image_id='1'),
        '1 of 12 boxes, such as [4.0, 5.0, 11.0, 12.0] of no image, are of an image that {file}',
    ),
    'of no category': (
        lambda data: data['annotations'][2].update(category_id=0),
        'are of a category that {file} does not list',
    ),
    'box of text': (
        lambda data: data['annotations'][2].update(bbox=['1', '2', '3', '4']),
        '1 of 12 annotations have no `bbox` of four finite numbers, such as annotations[2]:',
    ),
    'crowd of text': (
        lambda data: data['annotations'][1].update(iscrowd='yes'),
        "1 of 12 `iscrowd` are neither 0 nor 1, such as annotations[1]: 'yes'",
    ),
    'box of NaN': (
        lambda data: data['annotations'][0].update(bbox=[0, 0, float('nan'), 4]),
        'have no `bbox` of four finite numbers',
    ),
    'image id twice': (
        lambda data: data['images'][1].update(id=1),
        "{file}: image id 1 is there twice, for '1.png' and '2.png'; give each its own",
    ),
    'category name twice': (
        lambda data: data['categories'].append(dict(id=9, name='cat')),
        "{file} has several categories of one name: ['cat']",
    ),
    'no images': (lambda data: data.update(images=[]), '{file} has no images'),
    'no list of images': (lambda data: data.pop('images'), '{file}: `images` should be a list'),
    'image missing': (
        lambda data: data['images'][1].update(file_name='gone.png'),
        '1 of 4 images are missing, such as {root}/gone.png',
    ),
    'sizes swapped': (
        lambda data: [
            one.update(width=one['height'], height=one['width']) for one in data['images']
        ],
        '3 of 4 images have another width and height than {file} says, such as {root}/1.png of '
        '64 x 48 pixels, said to be 48 x 64',
    ),
}


@pytest.mark.parametrize('kind', REFUSED)
def test_what_would_be_wrong_without_a_word_is_refused(tmp_path: Path, kind: str) -> None:
    change, message = REFUSED[kind]
    root = tmp_path / 'data'
    file = annotated.write(root, change)
    lines = refused(annotated.detector(root), 'train')
    assert lines[0].startswith('train_dataloader.dataset: ')
    assert message.format(file=file, root=root) in lines[0]


def test_one_name_in_two_forms_of_unicode_is_told(tmp_path: Path) -> None:
    root = tmp_path / 'data'
    annotated.write(root, lambda data: data['categories'][1].update(name='ku\u0308he'))
    cfg = annotated.detector(root, metainfo=dict(classes=('cat', 'k\u00fche', 'bird')))
    assert "class 'k\u00fche' is written 'ku\u0308he' in" in refused(cfg, 'train')[0]


@pytest.mark.parametrize('text', ['', '[1, 2', '[]', '5', '[' * 100_000, '{"images": 1}'])
def test_what_is_no_annotation_file_is_refused(tmp_path: Path, text: str) -> None:
    root = tmp_path / 'data'
    file = annotated.write(root)
    file.write_text(text)
    (line,) = refused(annotated.detector(root), 'train')
    assert line.startswith(f'train_dataloader.dataset: {file}')


def test_a_share_of_bad_boxes_can_be_allowed(tmp_path: Path) -> None:
    root = tmp_path / 'data'
    annotated.write(root, lambda data: data['annotations'][0].update(bbox=[50, 4, 20, 10]))
    cfg = annotated.detector(root)
    (line, _) = refused(cfg)
    option = re.search(r'--cfg-options data_check\.max_share=(\S+)$', line)
    assert option
    _, lines = checked({**cfg, 'data_check': dict(max_share=float(option[1]))})
    assert 'train_dataloader.dataset: 1 boxes reach out of their image' in lines


@pytest.mark.parametrize('wrong', ['cut', 'empty', 'no image'])
@pytest.mark.parametrize('ending', ['png', 'jpg'])
def test_broken_images_are_named(tmp_path: Path, wrong: str, ending: str) -> None:
    root = tmp_path / 'data'
    annotated.write(root, lambda data: data['images'][2].update(file_name=f'3.{ending}'))
    image = root / f'3.{ending}'
    Image.open(root / '3.png').save(image)
    checked(annotated.detector(root), 'train')
    whole = image.read_bytes()
    image.write_bytes({'cut': whole[: len(whole) // 2], 'empty': b'', 'no image': b'x' * 99}[wrong])
    (line,) = refused(annotated.detector(root), 'train')
    assert f'1 of 4 images cannot be read, such as {image} (' in line


def test_images_that_exif_turns_are_told(tmp_path: Path) -> None:
    root = tmp_path / 'data'
    annotated.write(root, lambda data: data['images'][0].update(file_name='1.jpg'))
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(root / '1.png').save(root / '1.jpg', exif=exif)
    _, lines = checked(annotated.detector(root), 'train')
    assert '1 of 4 images are turned by their EXIF tag' in lines[0]
    assert 'color_ignore_orientation' in lines[0]


# The config against the data


@pytest.mark.parametrize(
    ('model', 'place'),
    [
        (dict(bbox_head=dict(num_classes=80)), 'model.bbox_head'),
        (dict(roi_head=dict(bbox_head=[dict(num_classes=3), dict(num_classes=2)])),
         'model.roi_head.bbox_head.1'),
        (dict(roi_head=dict(bbox_head=dict(num_classes=3), mask_head=dict(num_classes=4))),
         'model.roi_head.mask_head'),
        (dict(module=dict(query_head=dict(num_classes=4))), 'model.module.query_head'),
    ],
)  # fmt: skip
def test_heads_have_the_classes_of_the_data(tmp_path: Path, model: Any, place: str) -> None:
    annotated.write(tmp_path / 'data')
    cfg = annotated.detector(tmp_path / 'data') | {'model': model}
    (line,) = refused(cfg)
    assert re.match(rf'{place}\.num_classes is \d+, but train_dataloader\.dataset has 3', line)
    assert f'--cfg-options {place}.num_classes=3' in line


def test_other_numbers_of_classes_are_not_the_data_s(tmp_path: Path) -> None:
    annotated.write(tmp_path / 'data')
    model = dict(
        backbone=dict(num_classes=1000),
        rpn_head=dict(num_classes=1),
        bbox_head=dict(num_classes=3),
        roi_head=dict(semantic_head=dict(num_classes=183)),
    )
    checked(annotated.detector(tmp_path / 'data') | {'model': model})


def test_coco_s_own_classes_are_known_without_being_named(tmp_path: Path) -> None:
    annotated.write(tmp_path / 'data')
    cfg = annotated.detector(tmp_path / 'data', metainfo=None)
    (line,) = refused(cfg)
    assert 'model.bbox_head.num_classes is 3, but train_dataloader.dataset has 80 classes' in line
    cfg['model']['bbox_head']['num_classes'] = 80
    config, lines = checked(cfg)
    assert 'classes without a box (77) join its categories: person, bicycle, car, …' in lines[-1]
    assert truth_as_prediction(config) == 1


@pytest.mark.parametrize(
    ('classes', 'message'),
    [
        ('kangaroo', "got 'kangaroo'; write ('kangaroo',)"),
        (('cat', 'cat', 'dog'), "should be a list of different names, but got ('cat', 'cat'"),
        ((1, 2, 3), 'should be a list of different names, but got (1, 2, 3)'),
    ],
)
def test_classes_are_a_list_of_names(tmp_path: Path, classes: Any, message: str) -> None:
    annotated.write(tmp_path / 'data')
    lines = refused(annotated.detector(tmp_path / 'data', metainfo=dict(classes=classes)))
    assert lines[0].startswith('train_dataloader.dataset.metainfo.classes ')
    assert message in lines[0]


def test_training_and_validation_have_the_same_classes(tmp_path: Path) -> None:
    annotated.write(tmp_path / 'data')
    cfg = annotated.detector(tmp_path / 'data')
    cfg['val_dataloader']['dataset']['metainfo'] = dict(classes=CLASSES[::-1])
    (line,) = refused(cfg)
    assert line.startswith("val_dataloader.dataset has the classes ('bird', 'dog', 'cat'), and")


@pytest.mark.parametrize('wrapper', ['RepeatDataset', 'MultiImageMixDataset', 'ConcatDataset'])
def test_keys_on_a_wrapper_are_refused(tmp_path: Path, wrapper: str) -> None:
    annotated.write(tmp_path / 'data')
    cfg = annotated.detector(tmp_path / 'data')
    inner = cfg['train_dataloader']['dataset']
    cfg['train_dataloader']['dataset'] = WRAPPERS[wrapper](inner) | {'data_root': 'mine/'}
    with pytest.raises(Problems) as problems:
        check_layout(Config(cfg), 'train', 'val')
    (line,) = problems.value.lines
    assert line.startswith(f'train_dataloader.dataset is a {wrapper}, to which data_root mean')
    assert 'belong to train_dataloader.dataset.dataset' in line


# The evaluator against the data set


def other_file(root: Path, change: Change) -> str:
    data = json.loads((root / 'annotations.json').read_text())
    change(data)
    file = root / 'other.json'
    file.write_text(json.dumps(data))
    return str(file)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (
            lambda data: data.update(images=data['images'][:3]),
            '1 of 4 images are not in {file}, such as id 4',
        ),
        (
            lambda data: data['images'].append(
                dict(id=5, file_name='5.png', width=64, height=64)
            ),
            '1 of the 5 images in {file} are not tested, such as id 5, and would count as missed',
        ),
        (
            lambda data: data['images'][2].update(file_name='another.png'),
            '1 of 4 ids are other images in {file}: 3 is another.png and not 3.png',
        ),
        (
            lambda data: data['categories'][0].update(name='lion'),
            "its classes are ('lion', 'dog', 'bird'), and the data's ('bird', 'cat', 'dog')",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize('several', [False, True])
def test_an_evaluator_of_other_data_is_refused(
    tmp_path: Path, change: Change, message: str, several: bool
) -> None:
    root = tmp_path / 'data'
    annotated.write(root)
    cfg = annotated.detector(root)
    file = cfg['val_evaluator']['ann_file'] = other_file(root, change)
    place = 'val_evaluator'
    if several:
        cfg['val_evaluator'], place = [dict(type='VOCMetric'), cfg['val_evaluator']], f'{place}.1'
    (line,) = refused(cfg)
    assert line.startswith(f'{place}: {message.format(file=file)}')
    assert line.endswith(f"evaluate with the data set's own: ann_file={root}/annotations.json")


def test_a_copy_of_the_file_is_as_good(tmp_path: Path) -> None:
    root = tmp_path / 'data'
    annotated.write(root)
    cfg = annotated.detector(root)
    cfg['val_evaluator']['ann_file'] = other_file(root, lambda data: data['images'].reverse())
    checked(cfg)


def test_images_without_truth_may_be_predicted(tmp_path: Path) -> None:
    root = tmp_path / 'data'
    annotated.write(root, lambda data: data.pop('annotations'))
    cfg = annotated.detector(root)
    cfg['val_evaluator'] |= dict(format_only=True, outfile_prefix='out')
    checked(cfg, 'val')


# Pascal VOC


def test_voc_is_checked_too(tmp_path: Path, tiny_voc: Path) -> None:
    classes = ('red', 'green', 'blue')
    entry = dict(
        type='VOCDataset',
        data_root=str(tiny_voc),
        ann_file='VOC2007/ImageSets/Main/test.txt',
        data_prefix=dict(sub_data_root='VOC2007/'),
        metainfo=dict(classes=classes),
    )
    cfg = dict(model=dict(head=dict(num_classes=3)), val_dataloader=dict(dataset=entry))
    _, lines = checked(cfg, 'val')
    assert lines == [
        f'val_dataloader.dataset: 8 images, 16 boxes, 3 classes in {tiny_voc}/{entry["ann_file"]}'
    ]
    entry['metainfo'] = dict(classes=('Red', 'Green', 'Blue'))
    assert "none of the classes ('Red', 'Green', 'Blue') is in it" in refused(cfg, 'val')[0]
    root = tmp_path / 'spoilt'
    shutil.copytree(tiny_voc, root)
    (root / 'VOC2007/JPEGImages/000003.jpg').unlink()
    entry |= dict(data_root=str(root), metainfo=dict(classes=classes))
    assert (
        "000003.jpg; put them there (in VOC's form MMDetection opens .jpg" in refused(cfg, 'val')[0]
    )
    (root / 'VOC2007/Annotations/000002.xml').write_text('<annotation><object>')
    assert "000002.xml is not in VOC's form" in refused(cfg, 'val')[0]
    (root / 'VOC2007/Annotations/000002.xml').unlink()
    assert '1 of 8 annotations are missing, such as' in refused(cfg, 'val')[0]
    with open(root / entry['ann_file'], 'a') as file:
        file.write('\n')
    assert 'test.txt: 1 lines are blank, such as line 9' in refused(cfg, 'val')[0]
    entry |= dict(filter_cfg=dict(bbox_min_size=32), data_root=str(tiny_voc))
    assert 'no box has 32 pixels a side' in refused(cfg, 'val')[0]


# Anything at all

WEIRD = [
    None, True, -1, 0, 1.5, float('nan'), 10**30, 'x', '', '\0', '../1.png', 'cat', '1',
    [], [1], [[]], {}, {'a': 1},
]  # fmt: skip


def spoil(value: Any, rng: random.Random) -> None:
    """Take away, double or replace something somewhere in nested data."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = rng.choice(keys)
        child = value[key]
        if not isinstance(child, dict | list) or not child or rng.random() < 0.2:
            break
        value = child
    chance = rng.random()
    if chance < 0.25:
        value.pop(key)
    elif chance < 0.35 and isinstance(value, list):
        value.append(copy.deepcopy(child))
    else:
        value[key] = rng.choice(WEIRD)


@pytest.mark.parametrize('seed', range(4))
def test_what_passes_is_evaluated_rightly(tmp_path: Path, seed: int) -> None:
    """Annotations that are spoilt at random are refused, or the truth has an AP of 1."""
    root, rng = tmp_path / 'data', random.Random(seed)
    passed = 0
    annotated.write(root)
    for _ in range(25):
        data = annotated.content()
        spoil(data, rng)
        (root / 'annotations.json').write_text(json.dumps(data))
        config = Config(annotated.detector(root))
        with contextlib.suppress(Problems):
            check_annotations(config, 'train', 'val', say=lambda line: None)
            assert truth_as_prediction(config) == 1
            passed += 1
    assert 0 < passed < 25


def test_a_config_that_is_spoilt_at_random_is_no_traceback(tmp_path: Path) -> None:
    root, rng = tmp_path / 'data', random.Random(0)
    annotated.write(root)
    refusals = 0
    for _ in range(150):
        cfg = annotated.detector(root, filter_cfg=dict(min_size=32), indices=3)
        spoil(cfg, rng)
        try:
            check_annotations(Config(cfg), 'train', 'val', say=lambda line: None)
        except ValueError:
            refusals += 1
    assert 30 < refusals < 120
