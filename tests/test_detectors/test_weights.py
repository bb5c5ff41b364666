"""A checkpoint of another config is refused, not loaded as far as it goes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from torch import nn

from pisnas_mm.detectors.weights import check_weights, load_weights, mismatch
from pisnas_mm.models.safe_globals import allow_checkpoint_types

RunTool = Callable[..., None]


def model() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))


def test_what_does_not_fit_is_counted_and_the_first_is_named() -> None:
    weights = dict(model().state_dict())
    assert not mismatch(model(), weights)
    weights['0.weight'] = torch.zeros(4, 3, 3, 3)
    del weights['1.bias']
    weights['2.weight'] = torch.zeros(1)
    found = mismatch(model(), weights)
    assert found.first == '0.weight is (4, 3, 3, 3) and should be (8, 3, 3, 3)'
    assert (len(found.shapes), found.missing, found.surplus) == (1, ('1.bias',), ('2.weight',))
    assert found.matching == 5  # of seven
    assert '\n' not in str(found)


def test_surplus_alone_is_another_model_too() -> None:
    """A ResNet-18's weights are all in a ResNet-34."""
    deeper = nn.Sequential(*model(), nn.Conv2d(8, 8, 1))
    with pytest.raises(ValueError, match=r'2\.weight is no weight of the model \(in all: 0 of an'):
        check_weights(model(), {'state_dict': deeper.state_dict()}, 'a.pth')


def test_wrappers_and_old_batch_norms_make_no_difference(tmp_path: Path) -> None:
    own = model()
    old = {
        f'module.{name}': value
        for name, value in own.state_dict().items()
        if 'num_batches' not in name
    }
    torch.save({'state_dict': old}, tmp_path / 'a.pth')
    other = model()
    load_weights(other, tmp_path / 'a.pth')
    assert torch.equal(other.get_parameter('0.weight'), own.get_parameter('0.weight'))


def test_a_broken_checkpoint_is_a_line(tmp_path: Path) -> None:
    (tmp_path / 'a.pth').write_bytes(b'PK half of a checkpoint')
    with pytest.raises(ValueError, match=r'a\.pth cannot be read'):
        load_weights(model(), tmp_path / 'a.pth')


@pytest.fixture
def narrower(tmp_path: Path, tiny_config: Path) -> Path:
    """The tiny detector with fewer classes."""
    cfg = Config.fromfile(tiny_config)
    cfg.model.bbox_head.num_classes = 2
    for part in ('train', 'val', 'test'):
        cfg[f'{part}_dataloader'].dataset.metainfo = dict(classes=('red', 'green'))
    path = tmp_path / 'narrower.py'
    cfg.dump(path)
    return path


def said(capsys: pytest.CaptureFixture[str], leave: Callable[[], None]) -> str:
    with pytest.raises(SystemExit) as leaving:
        leave()
    assert leaving.value.code == 2
    (line,) = [s for s in capsys.readouterr().err.splitlines() if s.startswith('error:')]
    return line


@pytest.mark.parametrize(
    'args', [('test', '{checkpoint}'), ('train', '--resume', '{checkpoint}')], ids=lambda a: a[0]
)
def test_test_and_resume_want_the_very_model(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    narrower: Path,
    tiny_run: Path,
    run_tool: RunTool,
    args: tuple[str, ...],
) -> None:
    tool, *rest = (arg.format(checkpoint=tiny_run / 'epoch_2.pth') for arg in args)
    line = said(capsys, lambda: run_tool(tool, narrower, *rest, '--work-dir', tmp_path / 'work'))
    assert re.search(
        r'epoch_2\.pth is not of this config: bbox_head\.gfl_cls\.weight is \(3, 16, 3, 3\) and '
        r'should be \(2, 16, 3, 3\) \(in all: 2 of another shape, 0 missing, 0 surplus, \d+ that ',
        line,
    )


def test_a_training_may_start_from_what_fits_and_says_what_does_not(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    narrower: Path,
    tiny_run: Path,
    run_tool: RunTool,
) -> None:
    work = tmp_path / 'work'
    config = tmp_path / 'start.py'
    config.write_text(
        f'_base_ = {str(narrower)!r}\nload_from = {str(tiny_run / "epoch_2.pth")!r}\n'
        'train_cfg = dict(max_epochs=1)\noptim_wrapper = dict(optimizer=dict(lr=0.0))\n'
        'custom_hooks = []\nmodel = dict(backbone=dict(norm_eval=True))\n'
    )
    run_tool('train', config, '--work-dir', work)
    out = capsys.readouterr()
    assert 'fits in part, the rest starts anew: bbox_head.gfl_cls' in out.out + out.err
    allow_checkpoint_types()
    before, after = (
        torch.load(path, weights_only=True)['state_dict']
        for path in (tiny_run / 'epoch_2.pth', work / 'epoch_1.pth')
    )
    assert torch.equal(before['backbone.conv1.weight'], after['backbone.conv1.weight'])


def test_a_start_where_nothing_fits_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tiny_config: Path, run_tool: RunTool
) -> None:
    torch.save({'conv1.weight': torch.zeros(1)}, tmp_path / 'alone.pth')
    config = tmp_path / 'start.py'
    config.write_text(
        f'_base_ = {str(tiny_config)!r}\nload_from = {str(tmp_path / "alone.pth")!r}\n'
    )
    work = tmp_path / 'work'
    line = said(capsys, lambda: run_tool('train', config, '--work-dir', work))
    assert 'alone.pth: no weight fits' in line
    assert 'init_cfg=dict(type="Pretrained"' in line
