import os
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm.app import arguments
from pisnas_mm.app.arguments import runner_parser


def test_parsing_and_checking_need_no_torch() -> None:
    modules = ('app.arguments', 'app.errors', 'app.ending', 'utils.configs', 'utils.preconditions')
    imports = ', '.join(f'pisnas_mm.{name}' for name in modules)
    code = f"import {imports}, sys; print({{'torch', 'mmengine', 'numpy'}} & sys.modules.keys())"
    env = {**os.environ, 'PYTHONPATH': str(Path(arguments.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, '-c', code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == 'set()\n'


def test_cfg_options_are_read_as_mmengine_reads_them() -> None:
    parser = runner_parser('')
    args = parser.parse_args(
        ['c.py', '--cfg-options', 'a.b=1', 'c=[1,(2,x)]', 'd=e=f', '--cfg-options', 'g=None']
    )
    assert args.cfg_options == {'a.b': 1, 'c': [1, (2, 'x')], 'd': 'e=f', 'g': None}
    assert parser.parse_args(['c.py']).cfg_options == {}


def test_cfg_options_without_a_value_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        runner_parser('').parse_args(['c.py', '--cfg-options', 'a=1', 'b'])
    assert leaving.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--cfg-options: should be key=value pairs, but got 'a=1 b'" in line


@pytest.mark.parametrize('spelling', ['--local_rank', '--local-rank'])
def test_local_rank_in_both_spellings(spelling: str) -> None:
    assert runner_parser('').parse_args(['c.py', f'{spelling}=3']).local_rank == 3
