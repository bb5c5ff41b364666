"""Import of architectures in the TinyNAS text form, in which published ones come.

The text is parsed as a literal and never evaluated. What its classes and abbreviations mean stands
in ``tinynas_forms.py``: DAMO-YOLO builds three networks of one text.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

from pisnas_mm.architectures.genotype import MAX_BLOCKS, Genotype
from pisnas_mm.architectures.tinynas_forms import TINYNAS, blocks_of

MAX_TEXT_LENGTH = 1_000_000
MAX_TOKENS = 100_000
MAX_DEPTH = 16
_ZENNAS = re.compile(r'\s*(Super|Plain)\w+\(')
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>[\[({])|(?P<close>[\])}])|[,:]|'[^'\\\n]{,1000}'|"[^"\\\n]{,1000}"|"""
    r"""-?\d[\d_.]{,20}(?:[eE][+-]?\d{1,3})?(?![\w.])|True\b|False\b|None\b)\s*"""
)


def genotype_from_tinynas(
    structure: str | list[Mapping[str, Any]], form: str = TINYNAS
) -> Genotype:
    """Read a TinyNAS ``structure``: a list of dicts, or its text.

    A ``{'best_structures': [structure, ...]}`` gives the first, which is the best one.

    Args:
        structure: What to read.
        form: What is built of it, one of ``FORMS``.

    Raises:
        ValueError: It is no literal, a block is unknown, not valid or not built here, or it means
            another network than this form.
    """
    return genotypes_from_tinynas(structure, form)[0]


def genotypes_from_tinynas(structure: Any, form: str = TINYNAS) -> list[Genotype]:
    """All structures that it holds, best first; see ``genotype_from_tinynas``."""
    data = _parse(structure) if isinstance(structure, str) else structure
    several = data.get('best_structures') if isinstance(data, Mapping) else None
    if not isinstance(several, list) or not several:
        return [_genotype(data, form, 'structure')]
    if len(several) == 1:
        return [_genotype(several[0], form, 'structure')]
    return [_genotype(s, form, f'best_structures[{i}]') for i, s in enumerate(several)]


def _genotype(data: Any, form: str, place: str) -> Genotype:
    if not isinstance(data, list) or not data:
        raise ValueError('a TinyNAS structure should be a list of dicts with a `class` each')
    if len(data) > MAX_BLOCKS:
        raise ValueError(f'a TinyNAS structure should have at most {MAX_BLOCKS} blocks')
    blocks = blocks_of(data, form, place)
    return Genotype(blocks, in_channels=blocks[0].in_channels)


def _parse(text: str) -> Any:
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(f'a structure should have <= {MAX_TEXT_LENGTH} characters')
    if _ZENNAS.match(text):
        raise ValueError('texts of ZenNAS are not read; docs/blocks.md says which texts are')
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
