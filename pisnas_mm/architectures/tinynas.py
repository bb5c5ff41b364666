"""Import of architectures in the TinyNAS text form, in which published ones come.

Its abbreviations (class, in, out, k, s, L, n, btn, act) live in this file only. The text is parsed
as a literal and never evaluated.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from pisnas_mm.architectures.genotype import MAX_BLOCKS, Genotype
from pisnas_mm.blocks import (
    BasicStage,
    Block,
    BottleneckStage,
    C2f,
    ConvBNAct,
    PointwiseBasicStage,
)
from pisnas_mm.checks import shown
from pisnas_mm.registry import suggest

MAX_TEXT_LENGTH = 1_000_000
MAX_TOKENS = 100_000
MAX_DEPTH = 16
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>[\[({])|(?P<close>[\])}])|[,:]|'[^'\\\n]{,1000}'|"[^"\\\n]{,1000}"|"""
    r"""-?\d[\d_.]{,20}(?:[eE][+-]?\d{1,3})?(?![\w.])|True\b|False\b|None\b)\s*"""
)


def genotype_from_tinynas(structure: str | list[Mapping[str, Any]]) -> Genotype:
    """Read a TinyNAS ``structure``: a list of dicts, or its text.

    A ``{'best_structures': [structure, ...]}`` gives the first, which is the best one.

    Raises:
        ValueError: It is no literal, or a block is unknown or not valid.
    """
    data = _parse(structure) if isinstance(structure, str) else structure
    best = data.get('best_structures') if isinstance(data, Mapping) else None
    if isinstance(best, list) and best:
        data = best[0]
    if not isinstance(data, list) or not data:
        raise ValueError('a TinyNAS structure should be a list of dicts with a `class` each')
    if len(data) > MAX_BLOCKS:
        raise ValueError(f'a TinyNAS structure should have at most {MAX_BLOCKS} blocks')
    blocks = tuple(_block(spec, f'structure[{i}]') for i, spec in enumerate(data))
    return Genotype(blocks, in_channels=blocks[0].in_channels)


def _parse(text: str) -> Any:
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(f'a structure should have <= {MAX_TEXT_LENGTH} characters')
    try:
        _check_tokens(text)
        tree = ast.parse(text.strip(), mode='eval')
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                _check_keys([key.value for key in node.keys if isinstance(key, ast.Constant)])
        return ast.literal_eval(tree)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError(f'the structure is no Python literal: {error}') from error


def _check_tokens(text: str) -> None:
    """Let the parser see only what a structure consists of, and only so much of it."""
    at = depth = tokens = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f'unexpected {text[at : at + 20]!r}')
        tokens += 1
        depth += bool(token['open']) - bool(token['close'])
        if depth > MAX_DEPTH or tokens > MAX_TOKENS:
            raise ValueError(f'nested deeper than {MAX_DEPTH} or longer than {MAX_TOKENS} tokens')
        at = token.end()


def _check_keys(keys: list[Any]) -> None:
    for i, key in enumerate(keys):
        if key in keys[:i]:
            raise ValueError(f'the key {key!r} stands twice in one dict')


def _block(spec: Any, place: str) -> Block:
    name = spec.get('class') if isinstance(spec, Mapping) else spec
    if not isinstance(spec, Mapping) or not isinstance(name, str) or name not in _READERS:
        raise ValueError(
            f'{place}: TinyNAS class {shown(name)} is unknown; {suggest(name, _READERS)}'
        )
    try:
        return _READERS[spec['class']](spec)
    except KeyError as error:
        raise ValueError(f'{place}: {spec["class"]} needs {error}') from error
    except ValueError as error:
        raise ValueError(f'{place}: {error}') from error


def _conv(spec: Mapping[str, Any]) -> Block:
    return ConvBNAct(spec['in'], spec['out'], spec['k'], spec.get('s', 1), _act(spec))


def _residual(family: Callable[..., Block]) -> Callable[[Mapping[str, Any]], Block]:
    def read(spec: Mapping[str, Any]) -> Block:
        widths = spec['in'], spec['out'], spec['btn']
        return family(*widths, spec.get('L', 1), spec['k'], spec.get('s', 1), _act(spec))

    return read


def _c2f(spec: Mapping[str, Any]) -> Block:
    if spec.get('s', 1) != 1:
        raise ValueError(f'C2f has stride 1, but s is {shown(spec["s"])}')
    return C2f(spec['in'], spec['out'], spec.get('n', 1), spec['k'], _act(spec))


def _act(spec: Mapping[str, Any]) -> str:
    return spec.get('act', 'relu')


_READERS: dict[str, Callable[[Mapping[str, Any]], Block]] = {
    'ConvKXBNRELU': _conv,
    'SuperResK1KXK1': _residual(BottleneckStage),
    # As MAE-DET's code and as DAMO-YOLO's calls them.
    'SuperResKXKX': _residual(BasicStage),
    'SuperResConvKXKX': _residual(BasicStage),
    'SuperResK1KX': _residual(PointwiseBasicStage),
    'SuperResConvK1KX': _residual(PointwiseBasicStage),
    'C2f': _c2f,
}
