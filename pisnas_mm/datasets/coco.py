"""Reading COCO's annotation files, and what pycocotools and MMDetection would stumble over there.

What cannot be read for certain is refused with an example. What is merely missing is counted under
``faults``, for ``mending`` to fill in.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.checks import shown
from pisnas_mm.datasets.annotations import Annotations


def load_coco(path: Path) -> dict[str, Any]:
    """The content of an annotation file.

    Raises:
        ValueError: It is no JSON, or has no images and categories.
    """
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        reason = ' '.join(str(error).split()) or type(error).__name__
        raise ValueError(f'{path} is no JSON ({reason[:200]}); write it anew') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} holds a {type(content).__name__}, not a dict as COCO has it')
    for key in ('images', 'categories', 'annotations'):
        entries = content.get(key, [] if key == 'annotations' else None)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ValueError(f'{path}: `{key}` should be a list of dicts, but got {shown(entries)}')
    return content


def read_coco(path: Path) -> Annotations:
    """Read an annotation file.

    Raises:
        ValueError: It is not in COCO's form, or says two things at once; with an example.
    """
    content = load_coco(path)
    images = once(content['images'], ('id', 'file_name'), f'{path}: image')
    categories = once(content['categories'], ('id', 'name'), f'{path}: category')
    names = [category['name'] for category in categories]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f'{path} has several categories of one name: {shown(twice)}')
    objects = content.get('annotations', [])
    boxes = _boxes(objects, path)
    areas = np.array([_number(one.get('area')) for one in objects], dtype=np.float64)
    areas[(areas <= 0) & (boxes[:, 2:].prod(axis=1) > 0)] = np.nan  # they would be left out
    sizes = np.array(
        [[_number(one.get('width')), _number(one.get('height'))] for one in images],
        dtype=np.float64,
    ).reshape(-1, 2)
    sizes[(sizes <= 0).any(axis=1)] = np.nan
    ids = [one['id'] for one in objects if one.get('id') is not None]
    faults = {
        'no area': int(np.isnan(areas).sum()),
        'no iscrowd': sum(one.get('iscrowd') is None for one in objects),
        'no width and height': int(np.isnan(sizes).any(axis=1).sum()),
        'no annotations': int('annotations' not in content),
        'encoding': int(_encoding(path) != 'utf-8'),
        'category twice': len(content['categories']) - len(categories),
        'id twice': len(ids) - len(set(map(repr, ids))),
        'id no number from 1 on': len(objects) - sum(type(id_) is int and id_ > 0 for id_ in ids),
    }
    return Annotations(
        path,
        'coco',
        tuple(names),
        tuple(image['id'] for image in images),
        tuple(image['file_name'] for image in images),
        sizes,
        boxes,
        areas,
        _indices(objects, 'image_id', images, path),
        _indices(objects, 'category_id', categories, path),
        _crowds(objects, path),
        {kind: count for kind, count in faults.items() if count},
    )


def _encoding(path: Path) -> str:
    """As JSON's reader guesses it; pycocotools knows UTF-8 without a byte order mark."""
    with open(path, 'rb') as file:
        return json.detect_encoding(file.read(4))


def once(entries: Sequence[dict[str, Any]], keys: tuple[str, str], place: str) -> list[Any]:
    """The entries, those that are there twice in the same words once.

    Raises:
        ValueError: One has no id or name, or two of one id differ.
    """
    found: dict[Any, dict[str, Any]] = {}
    id_key, name_key = keys
    for i, entry in enumerate(entries):
        id_, name = entry.get(id_key), entry.get(name_key)
        if type(id_) not in (int, str) or not isinstance(name, str) or not name:
            raise ValueError(f'{place} {i} has no valid {id_key} and {name_key}: {shown(entry)}')
        if found.setdefault(id_, entry) != entry:
            raise ValueError(
                f'{place} id {id_!r} is there twice, for {shown(found[id_][name_key])} and '
                f'{shown(name)}; give each its own'
            )
    return list(found.values())


def _number(value: Any) -> float:
    """NaN where it is no finite number."""
    valid = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53
    return float(value) if valid else np.nan


def _boxes(objects: Sequence[Mapping[str, Any]], path: Path) -> NDArray[np.float64]:
    """M x 4; ``ValueError`` with the first annotation that has no box."""
    boxes = [one.get('bbox') for one in objects]
    if bad := [i for i, box in enumerate(boxes) if not _is_box(box)]:
        raise ValueError(
            f'{path}: {len(bad)} of {len(boxes)} annotations have no `bbox` of four finite '
            f'numbers, such as annotations[{bad[0]}]: {shown(boxes[bad[0]])}'
        )
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def _is_box(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(type(x) in (int, float) and abs(x) < 2**53 for x in value)  # not NaN either
    )


def _crowds(objects: Sequence[Mapping[str, Any]], path: Path) -> NDArray[np.bool_]:
    crowds = [one.get('iscrowd') for one in objects]
    if bad := [i for i, value in enumerate(crowds) if value not in (None, 0, 1)]:
        raise ValueError(
            f'{path}: {len(bad)} of {len(crowds)} `iscrowd` are neither 0 nor 1, such as '
            f'annotations[{bad[0]}]: {shown(crowds[bad[0]])}'
        )
    return np.array(crowds, dtype=bool)  # None is False


def _indices(
    objects: Sequence[Mapping[str, Any]], key: str, entries: Sequence[Any], path: Path
) -> NDArray[np.int64]:
    """Where the entry stands that each object names by its id; -1 where there is none."""
    places = {entry['id']: i for i, entry in enumerate(entries)}
    try:
        found = [places.get(one.get(key), -1) for one in objects]
    except TypeError:
        raise ValueError(f'{path}: `{key}` of an annotation is a list or a dict') from None
    return np.array(found, dtype=np.int64)
