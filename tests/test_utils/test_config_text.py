import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmengine.config import Config

from pisnas_mm.detectors import config_text

NAMES = st.from_regex(r'[a-z][a-z_]{0,12}', fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.lists(inner, max_size=6).map(tuple)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(st.dictionaries(NAMES.map('key_{}'.format), VALUES, max_size=4))
def test_the_text_reads_back_as_what_was_written(entries):
    namespace: dict = {}
    exec(config_text(entries), {}, namespace)
    assert namespace == entries


@pytest.mark.parametrize('name', ['pis_coco', 'pis_voc', 'pis_digits'])
def test_our_configs_read_back(tmp_path: Path, name: str):
    cfg = Config.fromfile(Path(__file__).parents[2] / 'configs' / f'{name}.py')
    text = config_text(cfg.to_dict())
    (tmp_path / 'again.py').write_text(text)
    assert Config.fromfile(tmp_path / 'again.py').to_dict() == cfg.to_dict()
    assert max(map(len, text.splitlines())) <= 100


def test_what_fits_stays_on_a_line_and_types_come_first():
    block = dict(out_channels=8, type='C2f', act=('silu',), limit=math.inf, empty=[])
    assert config_text(dict(block=block, x={'not a name': 1, 'class': -0.5}, y={'º': 0})) == (
        "block = dict(type='C2f', out_channels=8, act=('silu',), limit=float('inf'), empty=[])\n"
        "x = {'not a name': 1, 'class': -0.5}\n"
        "y = {'º': 0}\n"
    )
    long = dict(arch=[dict(type='ConvBNAct', name='n' * 60), dict(type='C2f')] * 2)
    assert config_text(long).splitlines()[:5] == [
        'arch = [',
        f"    dict(type='ConvBNAct', name='{'n' * 60}'),",
        "    dict(type='C2f'),",
        f"    dict(type='ConvBNAct', name='{'n' * 60}'),",
        "    dict(type='C2f'),",
    ]
