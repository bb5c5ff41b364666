import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from pisnas_mm.detectors.resuming import KeptOnResume
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.models.amp import BFloat16OptimWrapper
from pisnas_mm.utils import preconditions
from pisnas_mm.utils.configs import load_config, load_detector


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


def test_mixed_precision_on_a_cpu_is_in_bfloat16(tiny_config: Path, tmp_path: Path) -> None:
    cfg = load_detector(tiny_config, {'optim_wrapper.clip_grad': dict(max_norm=1.0)})
    cfg.optim_wrapper.update(type='AmpOptimWrapper', loss_scale='dynamic', dtype='float16')
    cfg.work_dir = str(tmp_path)
    runner = build_runner(cfg)
    wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    assert isinstance(wrapper, BFloat16OptimWrapper)
    assert wrapper.clip_grad_kwargs == dict(max_norm=1.0)
    x = torch.randn(4, 4)
    with wrapper.optim_context(runner.model):
        assert torch.mm(x, x).dtype == torch.bfloat16
    assert torch.mm(x, x).dtype == torch.float32
    assert any(isinstance(hook, KeptOnResume) for hook in runner.hooks)


def test_mixed_precision_where_there_is_none_is_refused(
    tiny_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cfg = load_detector(tiny_config, {'optim_wrapper.type': 'AmpOptimWrapper'})
    monkeypatch.setattr('mmengine.device.get_device', lambda: 'mps')
    with pytest.raises(ValueError, match=r'mixed precision .* does not run on mps; train without'):
        build_runner(cfg)
