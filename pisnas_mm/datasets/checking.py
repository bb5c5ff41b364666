"""Data are checked before anything is trained or evaluated: what config and files say together.

Programs call ``check_annotations``. It says for each file what is in it and what was mended, and
refuses what would be wrong without a word. See docs/how-to/data.md.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pisnas_mm.checks import Problems, check_number, lines_of
from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.cache import cached
from pisnas_mm.datasets.coco import read_coco
from pisnas_mm.datasets.faults import MAX_SHARE, box_faults, class_faults, evaluator_fault
from pisnas_mm.datasets.layout import check_layout
from pisnas_mm.datasets.mending import mended_copy, mendings
from pisnas_mm.datasets.pictures import SAMPLE, look_at, picture_faults
from pisnas_mm.datasets.remarks import filter_faults, remarks
from pisnas_mm.datasets.sources import Source, as_dict, evaluators, sources

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
    limits = as_dict(cfg.get('data_check'), 'data_check')
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
    problems += picture_faults(seen, found, share)
    if not problems and not unscored:  # else what is wrong may be why
        problems += box_faults(found, source.classes, share)
    if not problems:
        problems += filter_faults(source, found)
    yield from problems
    if not problems:
        for line in remarks(source, found, seen):
            say(f'{source.place}: {line}')


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
    if not file.is_file():
        raise ValueError(f'ann_file {file.absolute()} not found')
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
    """The same for evaluators of data sets that are read here."""
    if not data:
        return
    classes, folder = data[0][0].classes, data[0][0].folder
    for place, one in evaluators(cfg, f'{split}_evaluator'):
        file = Path(one['ann_file'])
        same = [found for _, found in data if _same(file, found.path)]
        found = same[0] if same else _read(file)
        _mend(one, place, found, classes, folder, say)


def _print_once(line: str) -> None:
    if os.environ.get('RANK', '0') == '0':
        print(line, flush=True)
