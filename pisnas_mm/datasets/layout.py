"""What a config's data cannot be, as can be told without any file."""

from typing import Any

from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.datasets.sources import Source, as_dict, heads, misplaced, sources


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
        part = f'{split}_dataloader'
        try:
            problems += misplaced(as_dict(cfg.get(part), part).get('dataset'), place)
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
