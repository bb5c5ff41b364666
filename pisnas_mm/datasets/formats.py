"""Annotations in the forms that detection data sets come in: COCO's JSON, Pascal VOC's XML."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

from pisnas_mm.datasets.scenes import Box


class Annotation(NamedTuple):
    """The boxes of one square image; `labels` are indices into the data set's classes."""

    file_name: str
    size: int
    boxes: Sequence[Box]
    labels: Sequence[int]


def to_coco(annotations: Sequence[Annotation], classes: Sequence[str]) -> dict[str, Any]:
    """Return the content of COCO's annotation file; boxes are (left, top, width, height)."""
    images: list[dict[str, Any]] = []
    objects: list[dict[str, Any]] = []
    for image_id, (file_name, size, boxes, labels) in enumerate(annotations, start=1):
        images.append(dict(id=image_id, file_name=file_name, width=size, height=size))
        for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
            width, height = x2 - x1, y2 - y1
            objects.append(
                dict(
                    id=len(objects) + 1,
                    image_id=image_id,
                    category_id=label + 1,
                    bbox=[x1, y1, width, height],
                    area=width * height,
                    iscrowd=0,
                )
            )
    categories = [dict(id=i, name=name) for i, name in enumerate(classes, start=1)]
    return dict(images=images, annotations=objects, categories=categories)


def to_voc(annotation: Annotation, classes: Sequence[str]) -> bytes:
    """Return the content of an image's XML file; boxes are its outermost pixels, counted from 1."""
    root = ElementTree.Element('annotation')
    _add(root, filename=annotation.file_name)
    _add(_child(root, 'size'), width=annotation.size, height=annotation.size, depth=3)
    for (x1, y1, x2, y2), label in zip(annotation.boxes, annotation.labels, strict=True):
        item = _child(root, 'object')
        _add(item, name=classes[label], truncated=0, difficult=0)
        _add(_child(item, 'bndbox'), xmin=x1 + 1, ymin=y1 + 1, xmax=x2, ymax=y2)
    ElementTree.indent(root)
    return ElementTree.tostring(root)


def _child(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name)


def _add(parent: ElementTree.Element, **values: object) -> None:
    """Give an element one child with text for each value."""
    for name, value in values.items():
        _child(parent, name).text = str(value)
