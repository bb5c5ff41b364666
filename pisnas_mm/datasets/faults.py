"""What in annotations would spoil a training or an evaluation without a word: one line each."""

from collections.abc import Iterator, Sequence
from os.path import normpath
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.checks import shown
from pisnas_mm.datasets.annotations import Annotations, ImageId

MAX_SHARE = 0.05
"""Boxes, or images, that may be wrong; ``data_check.max_share`` in a config says otherwise."""

TOLERANCE = 2  # pixels that a box may reach beyond its image: annotations are rounded


def class_faults(found: Annotations, classes: Sequence[str]) -> Iterator[str]:
    """Classes of the config that the file has not, or writes otherwise."""
    missing = [name for name in classes if name not in found.categories]
    alike = {_plain(name): name for name in found.categories if name not in classes}
    other = {name: alike[_plain(name)] for name in missing if _plain(name) in alike}
    has = f'{found.path} has {_listed(found.categories)}'
    if len(missing) == len(classes):
        yield f'none of the classes {_listed(classes)} is in it: {has}; write metainfo.classes so'
    elif other:
        name, written = next(iter(other.items()))
        yield f'class {name!r} is written {written!r} in {found.path}; write it so'
    elif missing and found.form == 'coco' and (unused := left_out(found, classes)):
        yield (
            f'{len(missing)} of {len(classes)} classes are not in it, such as {missing[0]!r}, but '
            f'{sum(unused.values())} boxes are of others: {has}; name its own in metainfo.classes'
        )


def left_out(found: Annotations, classes: Sequence[str]) -> dict[str, int]:
    """Boxes of categories that are no classes of the config."""
    counts = np.bincount(found.category_of[found.category_of >= 0], minlength=1)
    return {
        name: int(count)
        for name, count in zip(found.categories, counts, strict=False)
        if count and name not in classes
    }


def box_faults(
    found: Annotations, classes: tuple[str, ...] | None, max_share: float = MAX_SHARE
) -> Iterator[str]:
    """Boxes that belong to nothing, have no area or lie outside of their image."""
    if (unknown := found.category_of < 0).any():
        yield f'{_examples(found, unknown)} are of a category that {found.path} does not list'
    if (astray := found.image_of < 0).sum() > max_share * len(astray):
        yield f'{_examples(found, astray)} are of an image that {found.path} does not list'
    used = found.of_classes(classes)
    if not used.any():
        yield f'no box of its classes is in {found.path} ({found.summary()}): nothing to learn from'
        return
    if found.crowd[used].all():
        yield f'all {used.sum()} boxes in {found.path} are crowds (or difficult), which are ignored'
    for name, wrong in (
        ('have no area', empty(found)),
        ('reach out of their image', outside(found)),
    ):
        share = (wrong & used).sum() / used.sum()
        if share > max_share:
            yield (
                f'{share:.0%} of the boxes {name}: {_examples(found, wrong & used)} in '
                f'{found.path}; boxes are [left, top, width, height] in pixels; mend them, or '
                f'allow it: --cfg-options data_check.max_share={min(1, np.ceil(share * 20) / 20):g}'
            )


def empty(found: Annotations) -> NDArray[np.bool_]:
    """Boxes that MMDetection leaves out: narrower or lower than a pixel."""
    return np.asarray((found.boxes[:, 2:] < 1).any(axis=1))


def outside(found: Annotations) -> NDArray[np.bool_]:
    """Boxes of which a part lies beyond the image; those without area are not among them."""
    sizes = np.vstack([found.sizes, [np.nan, np.nan]])[found.image_of]
    low, high = found.boxes[:, :2], found.boxes[:, :2] + found.boxes[:, 2:]
    out = (low < -TOLERANCE).any(axis=1) | (high > sizes + TOLERANCE).any(axis=1)
    return np.asarray(out & ~empty(found))


def evaluator_fault(data: Sequence[Annotations], own: Annotations) -> str | None:
    """How an evaluator's annotations and those of its data set differ; None where they don't."""
    tested: dict[ImageId, str] = {}
    for found in data:
        tested |= images_by_id(found)
    truth = images_by_id(own)
    if missing := [id_ for id_ in tested if id_ not in truth]:
        return (
            f'{len(missing)} of {len(tested)} images are not in {own.path}, such as id {missing[0]}'
        )
    if extra := [id_ for id_ in truth if id_ not in tested]:
        return (
            f'{len(extra)} of the {len(truth)} images in {own.path} are not tested, such as id '
            f'{extra[0]}, and would count as missed'
        )
    if others := [id_ for id_ in tested if tested[id_] != truth[id_]]:
        id_ = others[0]
        return (
            f'{len(others)} of {len(tested)} ids are other images in {own.path}: {id_} is '
            f'{truth[id_]} and not {tested[id_]}'
        )
    categories = {name for found in data for name in found.categories}
    if categories != set(own.categories):
        names = _listed(own.categories), _listed(sorted(categories))
        return f"its classes are {names[0]}, and the data's {names[1]}"
    return None


def images_by_id(found: Annotations) -> dict[ImageId, str]:
    """The names of images."""
    return {
        id_: normpath(name) for id_, name in zip(found.image_ids, found.file_names, strict=True)
    }


def _examples(found: Annotations, which: NDArray[np.bool_]) -> str:
    """How many, and the first one."""
    first = int(which.argmax())
    image = found.image_of[first]
    name = found.file_names[image] if image >= 0 else 'no image'
    box = [float(f'{x:g}') for x in found.boxes[first]]
    return f'{which.sum()} of {len(which)} boxes, such as {box} of {name},'


def _plain(name: str) -> str:
    """A name without what people write in different ways."""
    return ''.join(char for char in normalize('NFKC', name).casefold() if char.isalnum())


def _listed(names: Sequence[str]) -> str:
    return shown(tuple(names))
