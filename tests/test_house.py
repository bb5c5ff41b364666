"""The house as CONTRIBUTING.md and docs/reading.md describe it: imports, tests, reading paths."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / 'pisnas_mm'
MODULES = {
    '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__'): path
    for path in sorted(PACKAGE.rglob('*.py'))
}
ROOMS = sorted({name.split('.')[1] for name in MODULES if name.count('.') > 1})


def imported(path: Path, *, late: bool) -> Iterator[str]:
    """The modules of this package that a file imports; ``late`` ones, inside functions, too."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    for node in ast.walk(tree) if late else tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f'{node.module}.{alias.name}'
                yield name if name in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room(module: str) -> str:
    return ([*module.split('.'), ''])[1]


def stated_order() -> list[str]:
    """The rooms from the top down, as CONTRIBUTING.md names them."""
    text = (ROOT / 'CONTRIBUTING.md').read_text()
    (line,) = re.findall(r'Imports run downwards: ([^.]+)\.', text)
    return [name for name in re.split(r',? and |[,\s]+', line) if name]


def test_the_stated_order_has_every_room() -> None:
    assert sorted(set(stated_order()) - {'tools'}) == ROOMS


@pytest.mark.parametrize('name', MODULES)
def test_imports_run_downwards(name: str) -> None:
    order = stated_order()
    own = room(name)
    if own not in order:
        return  # ground that everybody stands on
    for other in imported(MODULES[name], late=True):
        if other in MODULES and room(other) in order:
            assert order.index(room(other)) >= order.index(own), f'{name} reaches up to {other}'


def test_the_ground_stands_on_nothing() -> None:
    for name in ('pisnas_mm.checks', 'pisnas_mm.registry'):
        others = {other for other in imported(MODULES[name], late=True) if other in MODULES}
        assert others <= {'pisnas_mm.checks'}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        name: {other for other in imported(path, late=True) if other in MODULES and other != name}
        for name, path in MODULES.items()
        if path.name != '__init__.py'
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(' -> '.join(error.args[1]))


def test_every_room_has_its_tests_and_they_have_a_room() -> None:
    folders = {path.name.removeprefix('test_') for path in (ROOT / 'tests').glob('test_*/')}
    assert folders - {'tools', 'configs'} == set(ROOMS)


def test_only_three_measures_know_how_the_released_code_counts() -> None:
    """As docs/method.md says of `Released`: the entropy, layers, and entropies along the depth."""
    readers = {
        name for name, path in MODULES.items() if '.released.' in path.read_text(encoding='utf-8')
    }
    assert readers == {f'pisnas_mm.measures.{name}' for name in ('entropy', 'complexity', 'depth')}


READING = (ROOT / 'docs/reading.md').read_text(encoding='utf-8')
LONGEST = 1500  # lines of a path that one finishes in a sitting


@pytest.mark.parametrize('path', re.split(r'^## ', READING, flags=re.M)[1:], ids=lambda p: p[:16])
def test_a_reading_path_is_true(path: str) -> None:
    """Its ranges begin and end where something does, and add up to what the heading says."""
    total = 0
    for file, first, last in re.findall(r'^\| \[.*\]\(\.\./(\S+)\) \| (\d+)–(\d+) \|', path, re.M):
        text = (ROOT / file).read_text(encoding='utf-8')
        nodes = ast.parse(text).body
        starts = {min([n.lineno, *_decorators(n)]) for n in nodes} | {1}
        ends = {node.end_lineno for node in nodes} | {len(text.splitlines())}
        assert int(first) in starts, f'{file}: {sorted(starts)}'
        assert int(last) in ends, f'{file}: {sorted(ends)}'
        total += int(last) - int(first) + 1
    (stated,) = re.findall(r'^[^\n]*: ([\d,]+) lines\n', path)
    assert (f'{total:,}', total <= LONGEST) == (stated, True)


def _decorators(node: ast.stmt) -> list[int]:
    return [decorator.lineno for decorator in getattr(node, 'decorator_list', [])]
