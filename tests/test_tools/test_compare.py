import importlib.util
import json
import re
from pathlib import Path

import pytest

from tests import reference

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/compare.py'


@pytest.fixture
def compare():
    spec = importlib.util.spec_from_file_location('compare', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture
def files(tmp_path):
    paths = []
    for line in (reference.RESIDUAL[0], reference.C2F[0]):
        paths.append(str(tmp_path / f'{line["id"]}.jsonl'))
        Path(paths[-1]).write_text(json.dumps(line))
    return paths


def test_a_table_and_a_figure(compare, files, tmp_path, capsys):
    compare([*files, '--out', str(tmp_path / 'a.png')])
    head, one, other, note, out = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ['pixels', 'params', 'MACs', 'layers']
    assert one.split()[0] == reference.RESIDUAL[0]['id']
    assert f'{reference.C2F[0]["params"] / 1e6:.3f} M' in other
    assert note.startswith('The image sizes differ')
    assert out == str(tmp_path / 'a.png')
    assert (tmp_path / 'a.png').read_bytes().startswith(b'\x89PNG')


def test_at_one_size_nothing_is_to_be_noted(compare, files, capsys):
    compare([*files, '--image-size', '96'])
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['nothing'], 'nothing not found'),
        (['.'], 'checkpoint.json not found; give the work directory'),
        (['a', '--out', 'a.jpg'], '--out should end in .png'),
        ([], 'the following arguments are required: source'),
    ],
)
def test_mistakes_are_one_line(compare, args, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as leaving:
        compare(args)
    assert leaving.value.code == 2
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert re.search(message, error)
