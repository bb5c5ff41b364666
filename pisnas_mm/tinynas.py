"""Import of architectures in the TinyNAS text form, in which published ones come.

Its abbreviations (class, in, out, k, s, L, n, btn, act) live in this file only. The text is parsed
as a literal and never evaluated.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from pisnas_mm.blocks import Block, BottleneckStage, C2f, ConvBNAct
from pisnas_mm.genotype import Genotype
from pisnas_mm.registry import suggest

MAX_TEXT_LENGTH = 1_000_000


def genotype_from_tinynas(structure: str | list[Mapping[str, Any]]) -> Genotype:
    """Read a TinyNAS ``structure``: a list of dicts, or its text.

    A ``{'best_structures': [structure, ...]}`` gives the first, which is the best one.

    Raises:
        ValueError: It is no literal, or a block is unknown or not valid.
    """
    data = _parse(structure) if isinstance(structure, str) else structure
    if isinstance(data, Mapping) and data.get('best_structures'):
        data = data['best_structures'][0]
    if not isinstance(data, list) or not data:
        raise ValueError('a TinyNAS structure should be a list of dicts with a `class` each')
    blocks = tuple(_block(spec, f'structure[{i}]') for i, spec in enumerate(data))
    return Genotype(blocks, in_channels=blocks[0].in_channels)


def _parse(text: str) -> Any:
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(f'a structure should have <= {MAX_TEXT_LENGTH} characters')
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f'the structure is no Python literal: {error}') from error


def _block(spec: Any, place: str) -> Block:
    if not isinstance(spec, Mapping) or spec.get('class') not in _READERS:
        name = spec.get('class') if isinstance(spec, Mapping) else spec
        raise ValueError(f'{place}: TinyNAS class {name!r} is unknown; {suggest(name, _READERS)}')
    try:
        return _READERS[spec['class']](spec)
    except KeyError as error:
        raise ValueError(f'{place}: {spec["class"]} needs {error}') from error
    except ValueError as error:
        raise ValueError(f'{place}: {error}') from error


def _conv(spec: Mapping[str, Any]) -> Block:
    return ConvBNAct(spec['in'], spec['out'], spec['k'], spec.get('s', 1), _act(spec))


def _bottleneck_stage(spec: Mapping[str, Any]) -> Block:
    return BottleneckStage(
        spec['in'],
        spec['out'],
        spec['btn'],
        spec.get('L', 1),
        spec['k'],
        spec.get('s', 1),
        _act(spec),
    )


def _c2f(spec: Mapping[str, Any]) -> Block:
    if spec.get('s', 1) != 1:
        raise ValueError(f'C2f has stride 1, but s is {spec["s"]}')
    return C2f(spec['in'], spec['out'], spec.get('n', 1), spec['k'], _act(spec))


def _act(spec: Mapping[str, Any]) -> str:
    return spec.get('act', 'relu')


_READERS: dict[str, Callable[[Mapping[str, Any]], Block]] = {
    'ConvKXBNRELU': _conv,
    'SuperResK1KXK1': _bottleneck_stage,
    'C2f': _c2f,
}
