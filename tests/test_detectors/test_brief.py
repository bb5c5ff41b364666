from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from pisnas_mm.detectors.brief import brief


def detector(**changes: Any) -> Config:
    cfg = dict(
        train_cfg=dict(type='EpochBasedTrainLoop', max_epochs=10, val_interval=5),
        train_dataloader=dict(
            batch_size=4,
            num_workers=2,
            persistent_workers=True,
            sampler=dict(type='DefaultSampler', shuffle=True),
        ),
        param_scheduler=[
            dict(type='LinearLR', start_factor=0.1, by_epoch=False, begin=0, end=500),
            dict(
                type='CosineAnnealingLR',
                T_max=10,
                begin=0,
                end=10,
                by_epoch=True,
                convert_to_iter_based=True,
            ),
            dict(type='MultiStepLR', milestones=[6, 8]),
        ],
        custom_hooks=[dict(type='PipelineSwitchHook', switch_epoch=5)],
        default_hooks=dict(checkpoint=dict(type='CheckpointHook', save_best='auto')),
    )
    return Config(cfg | changes)


def test_the_schedule_is_the_same_curve_over_fewer_steps() -> None:
    """4 rounds of 25 steps for 10 epochs: 10 steps an epoch, and a warm-up of a tenth."""
    cfg = brief(detector(), 4, 25)
    linear, cosine, steps = cfg.param_scheduler
    assert (linear.begin, linear.end, linear.by_epoch) == (0, 10, False)
    assert (cosine.begin, cosine.end, cosine.T_max, cosine.by_epoch) == (0, 100, 100, False)
    assert (steps.milestones, steps.by_epoch) == ([60, 80], False)
    assert 'convert_to_iter_based' not in cosine
    assert cfg.train_cfg == dict(type='EpochBasedTrainLoop', max_epochs=4, val_interval=1)


def test_a_training_in_iterations() -> None:
    schedule = dict(type='MultiStepLR', by_epoch=False, milestones=[600, 900], begin=0, end=1000)
    loop = dict(type='IterBasedTrainLoop', max_iters=1000)
    cfg = brief(detector(train_cfg=loop, param_scheduler=schedule), 2, 50)
    assert cfg.param_scheduler == [dict(schedule, milestones=[60, 90], end=100)]


def test_rounds_are_drawn_and_seeded_by_themselves_and_kept() -> None:
    cfg = brief(detector(), 4, 25)
    loader = cfg.train_dataloader
    assert loader.sampler == dict(type='RoundSampler', steps=25, batch_size=4)
    assert loader.persistent_workers is False
    assert cfg.custom_hooks[0].switch_epoch == 2  # halfway
    assert cfg.custom_hooks[-1] == dict(type='SeededRounds')
    assert cfg.default_hooks.checkpoint == dict(type='CheckpointHook', interval=1, max_keep_ckpts=1)
    assert 'pisnas_mm.models' in cfg.custom_imports['imports']


def test_the_config_itself_stays() -> None:
    cfg = detector()
    before = cfg.to_dict()
    brief(cfg, 4, 25)
    assert cfg.to_dict() == before


@pytest.mark.parametrize(
    ('changes', 'complaint'),
    [
        (dict(train_cfg=dict(type='TestLoop')), 'train_cfg should have max_epochs or max_iters'),
        (
            dict(train_dataloader=dict(batch_size=4, sampler=dict(type='MultiSourceSampler'))),
            'one of the samplers DefaultSampler, InfiniteSampler .* but got .*MultiSourceSampler',
        ),
    ],
)
def test_what_cannot_be_cut_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        brief(detector(**changes), 4, 25)


def test_it_reads_back(tmp_path: Path) -> None:
    cfg = brief(detector(), 4, 25)
    cfg.dump(tmp_path / 'a.py')
    again = Config.fromfile(tmp_path / 'a.py', import_custom_modules=False)
    assert again.to_dict() == cfg.to_dict()
