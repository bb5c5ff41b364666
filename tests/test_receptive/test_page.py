"""docs/receptive.md, which leads through the closed form."""

import doctest
import re
from pathlib import Path

import pisnas_mm.receptive

PAGE = Path(__file__).parents[2] / 'docs/receptive.md'
ROOM = Path(pisnas_mm.receptive.__file__).parent


def test_its_example_comes_out_as_printed():
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 20
    assert results.failed == 0


def test_what_it_names_exists():
    code = '\n'.join(path.read_text() for path in ROOM.glob('*.py'))
    text = re.sub('```.*?```', '', PAGE.read_text(), flags=re.DOTALL)
    named = set(re.findall('`(_?[a-z_]{4,}|[A-Z][A-Za-z_.]+)`', text))
    assert len(named) > 15
    for name in named:
        assert name.rpartition('.')[2] in code, name
    for file in re.findall('`([a-z_]+[.]py)`', text):
        assert (ROOM / file).exists(), file
