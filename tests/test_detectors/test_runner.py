import sys
from pathlib import Path

import pytest
from mmengine.config import Config

from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.utils import preconditions
from pisnas_mm.utils.configs import load_config


def test_imports_wait_for_the_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'imported_late.py').write_text('')
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / 'c.py'
    path.write_text("custom_imports = dict(imports=['imported_late'])\nrunner_type = 'Late'")
    cfg = load_config(str(path))
    assert 'imported_late' not in sys.modules
    with pytest.raises(KeyError, match='Late is not in'):
        build_runner(cfg)
    assert sys.modules.pop('imported_late')


@pytest.mark.parametrize('package', ['torch', 'mmcv', 'mmdet'])
def test_the_detector_stack_must_be_installed(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(preconditions, 'find_spec', lambda name: None if name == package else name)
    with pytest.raises(ValueError, match=f'^{package} is not installed'):
        build_runner(Config())
