"""The processor's name is what the system says of it."""

import platform
from pathlib import Path

import pytest

from pisnas_mm.utils import machine


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('processor : 0\nmodel name\t: AMD EPYC\nmodel name\t: other\n', 'AMD EPYC'),
        ('processor : 0\n', 'arm'),
        (None, 'arm'),
    ],
)
def test_the_processor_has_a_name(text, expected, tmp_path, monkeypatch):
    info = tmp_path / 'cpuinfo'
    if text:
        info.write_text(text)
    monkeypatch.setattr(machine, 'Path', lambda _: Path(info))
    monkeypatch.setattr(platform, 'processor', lambda: 'arm')
    assert machine.processor() == expected
