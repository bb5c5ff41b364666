"""Data are checked before anything is trained or evaluated: what config and files say together.

Programs call ``check_annotations``. It says for each file what is in it and what was mended, and
refuses what would be wrong without a word. See docs/how-to/data.md.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pisnas_mm.checks import Problems, check_number, lines_of, shown
from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.cache import cached
from pisnas_mm.datasets.coco import read_coco
from pisnas_mm.datasets.faults import (
    MAX_SHARE,
    box_faults,
    class_faults,
    empty,
    evaluator_fault,
    left_out,
    outside,
)
from pisnas_mm.datasets.mending import mended_copy, mendings
from pisnas_mm.datasets.pictures import SAMPLE, Pictures, look_at
from pisnas_mm.datasets.sources import Source, evaluators, heads, misplaced, sources

Said = Callable[[str], object]


def check_annotations(
    cfg: Any, *splits: str, say: Said | None = None, most_images: int | None = SAMPLE
) -> list[tuple[Source, Annotations]]:
    """Check the data of a detector config, and have it read mended copies where needed.

    Args:
        cfg: The whole config; entries ``ann_file`` are changed where a file is mended.
        splits: Of ``'train'``, ``'val'`` and ``'test'``.
        say: Takes a line for each file; by default the first process prints it.
        most_images: How many of a data set are opened; None is all.

    Returns:
        The data sets and what their files say.

    Raises:
        Problems: What would go wrong, one line each.
    """
    say = say or _print_once
    check_layout(cfg, *splits, stock=False)
    read, problems = _read_and_check(cfg, splits, say, most_images)
    if problems:
        raise Problems(problems)
    for source, found in read:
        say(f'{source.place}: {found.summary()} in {found.path}')
        _mend(source.entry, source.place, found, source.classes, source.folder, say)
    for split in splits:
        own = [pair for pair in read if pair[0].place.startswith(split)]
        _mend_evaluators(cfg, split, own, say)
    return read


def check_where_there(cfg: Any, *splits: str) -> None:
    """Check the data as far as their files lie on this machine; nothing is mended or said.

    Raises:
        Problems: What would go wrong, one line each.
    """
    there = [
        split
        for split in splits
        if all(
            source.ann_file.is_file() and source.folder.is_dir()
            for source in sources(cfg, f'{split}_dataloader', stock=True)
        )
    ]
    if problems := _read_and_check(cfg, there, lambda line: None, SAMPLE)[1]:
        raise Problems(problems)


def _read_and_check(
    cfg: Any, splits: Sequence[str], say: Said, most: int | None
) -> tuple[list[tuple[Source, Annotations]], list[str]]:
    """The data sets with what their files say, and everything that is wrong."""
    limits = cfg.get('data_check') or {}
    share = check_number(limits.get('max_share', MAX_SHARE), 'data_check.max_share', 0.0)
    problems: list[str] = []
    read: list[tuple[Source, Annotations]] = []
    for split in splits:
        data = []
        for source in sources(cfg, f'{split}_dataloader'):
            try:
                data.append((source, source.read()))
            except ValueError as error:
                problems += [f'{source.place}: {line}' for line in lines_of(error)]
        unscored = any(one.get('format_only') for _, one in evaluators(cfg, f'{split}_evaluator'))
        for source, found in data:
            lines = _problems(source, found, share, most, unscored, say)
            problems += [f'{source.place}: {line}' for line in lines]
        problems += _evaluators(cfg, split, data)
        read += data
    return read, problems


def check_layout(cfg: Any, *splits: str, stock: bool = True) -> None:
    """What can be told without any file: keys on wrappers, and classes that do not fit the head.

    Args:
        cfg: The whole config.
        splits: Of ``'train'``, ``'val'`` and ``'test'``.
        stock: Only of MMDetection's own data sets, for which nothing needs to be imported.

    Raises:
        Problems: One line each.
    """
    problems: list[str] = []
    named: list[Source] = []
    for split in splits:
        place = f'{split}_dataloader.dataset'
        entry = (cfg.get(f'{split}_dataloader') or {}).get('dataset')
        problems += misplaced(entry, place)
        try:
            part = f'{split}_dataloader'
            named += [one for one in sources(cfg, part, stock=stock) if one.classes]
        except ValueError as error:
            problems += lines_of(error)
    if problems:  # which may be why classes differ
        raise Problems(problems)
    first = named[0] if named else None
    if other := next((one for one in named if first and one.classes != first.classes), None):
        problems.append(
            f'{other.place} has the classes {shown(other.classes)}, and {named[0].place} '
            f'{shown(named[0].classes)}; give both the same metainfo.classes'
        )
    elif first and first.classes:
        for place, head in heads(cfg.get('model')):
            if (number := head['num_classes']) != len(first.classes):
                problems.append(
                    f'{place}.num_classes is {number}, but {first.place} has {len(first.classes)} '
                    f'classes, {shown(first.classes)}: --cfg-options '
                    f'{place}.num_classes={len(first.classes)}, or name the {number} in '
                    f'metainfo.classes'
                )
    if problems:
        raise Problems(problems)


def _problems(
    source: Source,
    found: Annotations,
    share: float,
    most: int | None,
    unscored: bool,
    say: Said,
) -> Iterator[str]:
    """What refuses a data set; what is only worth a line is said."""
    if not found.image_ids:
        yield f'{found.path} has no images'
        return
    problems = list(class_faults(found, source.classes)) if source.classes else []
    seen = look_at(found, source.folder, most)
    problems += _picture_problems(seen, found, share)
    if not problems and not unscored:  # else what is wrong may be why
        problems += box_faults(found, source.classes, share)
    if not problems:
        problems += _filtered(source, found)
    yield from problems
    if not problems:
        for line in _remarks(source, found, seen):
            say(f'{source.place}: {line}')


def _picture_problems(seen: Pictures, found: Annotations, share: float) -> Iterator[str]:
    if seen.missing:
        yield (
            f'{len(seen.missing)} of {len(found.file_names)} images are missing, such as '
            f'{seen.missing[0]}; put them there, or take them out of {found.path}'
        )
    if seen.broken:
        yield (
            f'{len(seen.broken)} of {seen.opened} images cannot be read, such as '
            f'{", ".join(seen.broken[:3])}; replace them, or take them out of {found.path}'
        )
    if len(seen.other_size) > share * max(seen.opened, 1):
        yield (
            f'{len(seen.other_size)} of {seen.opened} images have another width and height than '
            f'{found.path} says, such as {seen.other_size[0]}: are they the images that were '
            f'annotated?'
        )


def _filtered(source: Source, found: Annotations) -> Iterator[str]:
    """A data set that its own ``filter_cfg`` leaves nothing of."""
    if source.entry.get('test_mode'):
        return
    filters = source.entry.get('filter_cfg') or {}
    least = filters.get('min_size', 0)
    if (found.sizes.min(axis=1) < least).all():
        yield f'no image has {least} pixels a side, as filter_cfg.min_size asks; lower it'
    least = filters.get('bbox_min_size') or 0
    if found.form == 'voc' and (found.boxes[:, 2:] <= least).any(axis=1).all():
        yield f'no box has {least} pixels a side, as filter_cfg.bbox_min_size asks; lower it'


def _remarks(source: Source, found: Annotations, seen: Pictures) -> Iterator[str]:
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
    if (indices := source.entry.get('indices')) is not None:
        count = indices if isinstance(indices, int) else len(indices)
        yield (
            f'indices: {count} of {len(found.image_ids)} images are used; a CocoMetric with a '
            f'file of its own counts the others as missed'
        )


def _evaluators(
    cfg: Mapping[str, Any], split: str, data: list[tuple[Source, Annotations]]
) -> Iterator[str]:
    """How evaluators differ from the data set that they evaluate."""
    of_coco = [found for source, found in data if source.form == 'coco']
    for place, one in evaluators(cfg, f'{split}_evaluator'):
        file = Path(one['ann_file'])
        if not of_coco or (any(_same(file, found.path) for found in of_coco) and len(of_coco) == 1):
            continue
        try:
            fault = evaluator_fault(of_coco, _read(file))
        except ValueError as error:
            yield from (f'{place}: {line}' for line in lines_of(error))
        else:
            if fault:
                files = ' and '.join(str(found.path) for found in of_coco)
                yield f"{place}: {fault}; evaluate with the data set's own: ann_file={files}"


def _read(file: Path) -> Annotations:
    return cached([file], lambda: read_coco(file))


def _same(one: Path, other: Path) -> bool:
    return os.path.exists(one) and os.path.samefile(one, other)


def _mend(
    entry: Any,
    place: str,
    found: Annotations,
    classes: tuple[str, ...] | None,
    folder: Path,
    say: Said,
) -> None:
    """Have an entry read a mended copy, where one is needed, and say so."""
    if found.form != 'coco' or not (said := mendings(found, classes or found.categories)):
        return
    copy = mended_copy(found, classes or found.categories, folder)
    entry['ann_file'] = str(copy)
    say(f'{place}: mended, {"; ".join(said)}: {copy} is read')


def _mend_evaluators(
    cfg: Any, split: str, data: list[tuple[Source, Annotations]], say: Said
) -> None:
    classes, folder = next(((one.classes, one.folder) for one, _ in data), (None, Path()))
    for place, one in evaluators(cfg, f'{split}_evaluator'):
        file = Path(one['ann_file'])
        same = [found for _, found in data if _same(file, found.path)]
        found = same[0] if same else _read(file)
        _mend(one, place, found, classes, folder, say)


def _print_once(line: str) -> None:
    if os.environ.get('RANK', '0') == '0':
        print(line, flush=True)
