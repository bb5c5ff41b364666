import re
import runpy
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/benchmark.py'


@pytest.fixture
def benchmark():
    return runpy.run_path(str(TOOL))['main']


def cells(line: str) -> list[str]:
    return re.split(r'\s{2,}', line.strip())


@pytest.mark.parametrize('backend', ['torch', 'onnxruntime'])
@pytest.mark.filterwarnings('ignore')
def test_parts_add_up_and_detectors_are_compared(benchmark, tiny_config, tiny_run, capsys, backend):
    weights = (tiny_run / 'last_checkpoint').read_text()
    detectors = [str(tiny_config), f'{tiny_config}={weights}']
    benchmark([*detectors, '--shape', '64', '96', '--backend', backend, '--threads', '1'])
    loaded, first, head, *rows = capsys.readouterr().out.splitlines()
    assert weights in loaded  # by MMEngine
    assert first.startswith(f'{backend} (fp32) on ')
    names = [name.strip() for name in re.split(r'\s{2,}', head.strip())]
    assert names == [
        *('pixels', 'backbone', 'neck', 'bbox_head', 'boxes, NMS'),
        *('all', 'spread', 'images/s', 'ratio'),
    ]
    assert len(rows) == 2
    for row in rows:
        name, pixels, *times, whole, spread, rate, ratio = cells(row)
        assert (name, pixels) == ('tiny', '64x96')
        assert spread.endswith('%')
        assert sum(map(float, times)) == pytest.approx(float(whole), rel=0.3, abs=0.3)
        assert float(rate) == pytest.approx(1e3 / float(whole), rel=0.1)
        assert float(ratio) > 0
    assert cells(rows[0])[-1] == '1.00'


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['none.py'], 'config none.py not found'),
        (['{config}=none.pth'], 'checkpoint none.pth not found'),
        (['{config}', '--device', 'cuda:77'], "device 'cuda:77' is not there"),
        (['{config}', '--precision', 'fp16'], "but got 'fp16'"),
    ],
)
def test_what_is_not_there_is_one_line(benchmark, tiny_config, capsys, arguments, message):
    with pytest.raises(SystemExit) as error:
        benchmark([text.format(config=tiny_config) for text in arguments])
    assert error.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
