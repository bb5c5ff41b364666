"""Annotation files without what their readers stumble over: a copy, in which nothing is guessed.

pycocotools takes an annotation of id 0 for unmatched, MMDetection numbers labels by the order of
the file's categories and not of the config's classes; both look up keys that not every tool writes.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.cache import cache_folder, file_key, write_whole
from pisnas_mm.datasets.coco import load_coco, once
from pisnas_mm.datasets.pictures import shown_size

_SAID = {
    'no area': 'boxes without a positive `area` ({}) get width x height',
    'no iscrowd': 'boxes without `iscrowd` ({}) are no crowds',
    'no width and height': 'images without width and height ({}) get those of their files',
    'encoding': 'it is written in UTF-8 without a byte order mark',
    'category twice': 'categories that stand there twice ({}) stand there once',
    'id twice': 'annotations whose id another one has ({}) get one of their own',
    'id no number from 1 on': 'annotation ids that are no numbers from 1 on ({}) are numbered anew',
}


def mendings(found: Annotations, classes: Sequence[str]) -> list[str]:
    """What has to be mended in COCO's form, in words; nothing where it can be read as it is."""
    said = [text.format(found.faults[kind]) for kind, text in _SAID.items() if kind in found.faults]
    missing = [name for name in classes if name not in found.categories]
    if missing:
        first = ', '.join(missing[:3]) + (', …' if missing[3:] else '')
        said.append(f'classes without a box ({len(missing)}) join its categories: {first}')
    elif [name for name in found.categories if name in classes] != list(classes):
        said.append('its categories are put into the order of the classes')
    return said


def mended_copy(found: Annotations, classes: Sequence[str], folder: Path) -> Path:
    """Write what ``mendings`` tells of to a file in the cache.

    Args:
        found: What the file says.
        classes: The names that labels stand for, in order.
        folder: Where the images lie.

    Raises:
        ValueError: The cache cannot be written, or an image whose size is needed is missing.
    """
    copy = cache_folder() / f'{found.path.stem}-{file_key([found.path], *classes)}.json'
    if not copy.is_file():
        text = json.dumps(_mended(load_coco(found.path), classes, folder))
        write_whole(copy, lambda name: Path(name).write_text(text, encoding='utf-8'))
    return copy


def _mended(content: dict[str, Any], classes: Sequence[str], folder: Path) -> dict[str, Any]:
    objects = [
        {
            **one,
            'id': number,
            'area': _area(one),
            'iscrowd': int(bool(one.get('iscrowd'))),
        }
        for number, one in enumerate(content.get('annotations', []), start=1)
    ]
    images = once(content['images'], ('id', 'file_name'), 'image')
    return {
        **content,
        'info': content.get('info') or {},  # pycocotools 2.0.9 and 2.0.10 want it
        'images': [_sized(image, folder) for image in images],
        'annotations': objects,
        'categories': list(_ordered(once(content['categories'], ('id', 'name'), ''), classes)),
    }


def _area(one: dict[str, Any]) -> Any:
    area, (_, _, width, height) = one.get('area'), one['bbox']
    is_positive = isinstance(area, int | float) and area > 0
    return area if is_positive else width * height


def _sized(image: dict[str, Any], folder: Path) -> dict[str, Any]:
    if all(type(image.get(key)) in (int, float) and image[key] > 0 for key in ('width', 'height')):
        return image
    path = os.path.join(folder, image['file_name'])
    try:
        width, height = shown_size(path)
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f'image {path} cannot be opened, and its size is not said') from error
    return {**image, 'width': width, 'height': height}


def _ordered(categories: list[dict[str, Any]], classes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The classes in their order, with those that are missing, and then the rest."""
    by_name = {category['name']: category for category in categories}
    free = 1 + max((c['id'] for c in categories if isinstance(c['id'], int)), default=0)
    for i, name in enumerate(classes):
        yield by_name.pop(name, {'id': free + i, 'name': name})
    yield from by_name.values()
