"""Architectures read from files: search results, configs, TinyNAS texts, and JSON lines of them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.architectures.tinynas import genotype_from_tinynas, genotypes_from_tinynas
from pisnas_mm.architectures.tinynas_forms import TINYNAS
from pisnas_mm.checks import MAX_IMAGE_SIZE, shown
from pisnas_mm.registry import BLOCKS
from pisnas_mm.utils.configs import import_modules, load_config
from pisnas_mm.utils.safe_json import parse_json, read_limited

T = TypeVar('T')

# No path and no control character: what prints it or names a file after it need not look.
_NAME = re.compile(r'[\w .,:+=@()\[\]-]{1,100}')


class Architecture(NamedTuple):
    """An architecture, what to call it, and the image size in pixels that its file says."""

    id: str
    genotype: Genotype
    image_size: int | None = None


def read_architectures(path: str, form: str = TINYNAS) -> list[Architecture]:
    """Read all architectures of a file; its name's ending says the form.

    ``.json``: the result of a search, best first, or TinyNAS's ``best_structure.json``.
    ``.jsonl``: one architecture a line, under ``arch`` in our form or under ``structure`` in
    TinyNAS form, with an optional ``id`` and ``image_size``. ``.py``: a config with a
    ``PISBackbone``. Anything else: a TinyNAS text.

    Args:
        path: The file.
        form: What structures in TinyNAS form are built as, one of ``tinynas_forms.FORMS``.

    Raises:
        ValueError: The file is missing or something in it is not valid; the message names it.
    """
    if not Path(path).is_file():
        raise ValueError(f'{path} not found; looked for {Path(path).absolute()}')
    try:
        return _READERS.get(Path(path).suffix, _read_tinynas)(path, form)
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is no text file: {error}') from error


def _read_result(path: str, form: str) -> list[Architecture]:
    data = _parsed(read_limited(Path(path)), path)
    if isinstance(data, list) or (isinstance(data, Mapping) and 'best_structures' in data):
        return _of_structures(data, path, form)
    if not isinstance(data, Mapping) or 'best' not in data:
        raise ValueError(
            f'{path} has no `best`; give the best.json of a search, or the best_structure.json of '
            f'TinyNAS'
        )
    entries = data['best']
    if not isinstance(entries, list) or not entries:
        raise ValueError(
            f'{path}: `best` should be a list of architectures, but got {shown(entries)}'
        )
    name = Path(path).parent.name or Path(path).stem
    return [
        _of_mapping(e, f'{name}-{i}', f'{path}: best[{i}]', form) for i, e in enumerate(entries)
    ]


def _read_lines(path: str, form: str) -> list[Architecture]:
    lines = enumerate(read_limited(Path(path)).splitlines(), start=1)
    return [
        _of_mapping(_parsed(line, f'{path}:{i}'), f'{Path(path).stem}-{i}', f'{path}:{i}', form)
        for i, line in lines
        if line.strip()
    ]


def _read_config(path: str, form: str) -> list[Architecture]:
    cfg = load_config(path)
    backbone = cfg.get('model', cfg).get('backbone', {})  # a base file has it at the top
    if 'arch' not in backbone:
        raise ValueError(
            f'{path} has no model.backbone.arch; give a config that tools/search.py wrote'
        )
    arch = [dict(block) for block in backbone['arch']]
    if any(block.get('type') not in BLOCKS.module_dict for block in arch):
        import_modules(cfg, skip='pisnas_mm')  # whose models would load torch
    genotype = _checked(path, lambda: Genotype.from_list(arch, backbone.get('in_channels', 3)))
    return [Architecture(Path(path).stem, genotype)]


def _read_tinynas(path: str, form: str) -> list[Architecture]:
    return _of_structures(read_limited(Path(path)), path, form)


def _of_structures(data: Any, path: str, form: str) -> list[Architecture]:
    name, found = Path(path).stem, _checked(path, lambda: genotypes_from_tinynas(data, form))
    names = [f'{name}-{i}' for i in range(len(found))] if len(found) > 1 else [name]
    return [Architecture(*pair) for pair in zip(names, found, strict=True)]


_READERS: dict[str, Callable[[str, str], list[Architecture]]] = {
    '.json': _read_result,
    '.jsonl': _read_lines,
    '.py': _read_config,
}


def _of_mapping(entry: Any, default_id: str, place: str, form: str) -> Architecture:
    if not isinstance(entry, Mapping) or not ('arch' in entry or 'structure' in entry):
        raise ValueError(f'{place} should have an `arch` or a `structure`')
    if 'arch' in entry:
        genotype = _checked(place, lambda: Genotype.from_list(entry['arch']))
    else:
        genotype = _checked(place, lambda: genotype_from_tinynas(entry['structure'], form))
    image_size = entry.get('image_size')
    if image_size is not None and (
        type(image_size) is not int or not 1 <= image_size <= MAX_IMAGE_SIZE
    ):
        raise ValueError(
            f'{place}: image_size should be a whole number, but got {shown(image_size)}'
        )
    name = str(entry.get('id', ''))
    if 'id' in entry and (not _NAME.fullmatch(name) or '..' in name):
        raise ValueError(
            f'{place}: id should be at most 100 letters, digits and the like, but got {shown(name)}'
        )
    return Architecture(name or default_id, genotype, image_size)


def _checked(place: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise ValueError(f'{place}: {error}') from error


def _parsed(text: str, place: str) -> Any:
    try:
        return parse_json(text)
    except ValueError as error:
        raise ValueError(f'{place} is no JSON: {error}') from error
