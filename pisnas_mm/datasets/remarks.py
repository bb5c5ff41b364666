"""What of a data set is not used, or not as it stands there: not to be passed over in silence."""

from collections.abc import Iterator

from pisnas_mm.checks import check_number
from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.faults import empty, left_out, outside
from pisnas_mm.datasets.pictures import Pictures
from pisnas_mm.datasets.sources import Source, as_dict


def remarks(source: Source, found: Annotations, seen: Pictures) -> Iterator[str]:
    """What is allowed, but not to be passed over in silence."""
    if source.classes and (others := left_out(found, source.classes)):
        names = ', '.join(f'{name} ({count})' for name, count in others.items())
        yield f'boxes of other classes are left out: {names}'
    for text, count in (
        ('boxes of images that are not listed are left out', int((found.image_of < 0).sum())),
        ('boxes are crowds (or difficult), which are ignored', int(found.crowd.sum())),
        ('boxes without area are left out', int(empty(found).sum())),
        ('boxes reach out of their image', int(outside(found).sum())),
        ('images have another size than is said', len(seen.other_size)),
    ):
        if count:
            yield f'{count} {text}'
    if seen.turned:
        yield (
            f'{len(seen.turned)} of {seen.opened} images are turned by their EXIF tag, but '
            f'annotated as they are stored, such as {seen.turned[0]}: with '
            f"color_type='color_ignore_orientation' LoadImageFromFile reads them so"
        )
    indices = source.entry.get('indices')
    if isinstance(indices, int | list | tuple):
        count = indices if isinstance(indices, int) else len(indices)
        yield (
            f'indices: {count} of {len(found.image_ids)} images are used; a CocoMetric with a '
            f'file of its own counts the others as missed'
        )


def filter_faults(source: Source, found: Annotations) -> Iterator[str]:
    """A data set that its own ``filter_cfg`` leaves nothing of."""
    if source.entry.get('test_mode'):
        return
    place = f'{source.place}.filter_cfg'
    filters = as_dict(source.entry.get('filter_cfg'), place)
    least = check_number(filters.get('min_size', 0), f'{place}.min_size')
    if (found.sizes.min(axis=1) < least).all():
        yield f'no image has {least} pixels a side, as filter_cfg.min_size asks; lower it'
    least = check_number(filters.get('bbox_min_size') or 0, f'{place}.bbox_min_size')
    if found.form == 'voc' and (found.boxes[:, 2:] <= least).any(axis=1).all():
        yield f'no box has {least} pixels a side, as filter_cfg.bbox_min_size asks; lower it'
