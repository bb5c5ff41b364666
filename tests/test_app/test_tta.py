"""Flips of --tta: boxes come back to where they are, and the truth is never flipped."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmdet.models.test_time_augs import DetTTAModel
from mmengine.config import Config
from mmengine.registry import init_default_scope
from PIL import Image

from pisnas_mm.app.tta import augment

HEIGHT, WIDTH = 96, 40
BOX = [8, 30, 20, 70]
LOAD = dict(type='LoadImageFromFile')
TRUTH = dict(type='LoadAnnotations', with_bbox=True)
PACK = dict(type='PackDetInputs', meta_keys=('img_id', 'ori_shape', 'instances'))
RESIZE = dict(type='Resize', scale=(192, 192), keep_ratio=True)
PAD = dict(type='Pad', size=(192, 192), pad_val=dict(img=114.0))


def config(pipeline: list[Any], **entries: Any) -> Config:
    dataset = dict(type='CocoDataset', pipeline=pipeline)
    return Config(
        dict(model=dict(type='GFL'), test_dataloader=dict(dataset=dataset), default_scope='mmdet')
        | entries
    )


@pytest.mark.parametrize(
    'steps',
    [[RESIZE], [RESIZE, PAD], [PAD, RESIZE], [dict(type='Pad', size_divisor=64), RESIZE], [PAD]],
)
def test_boxes_come_back_and_the_truth_stays(steps: list[Any], tmp_path: Path) -> None:
    cfg = config([LOAD, *steps, TRUTH, PACK])
    augment(cfg)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 255, 0, 0
    Image.fromarray(image).save(tmp_path / 'box.png')
    instances = [dict(bbox=BOX, bbox_label=0, ignore_flag=0)]
    init_default_scope('mmdet')
    views = Compose(cfg.test_dataloader.dataset.pipeline)(
        dict(img_path=str(tmp_path / 'box.png'), img_id=0, instances=instances)
    )
    found, metas = [], []
    for view, sample in zip(views['inputs'], views['data_samples'], strict=True):
        ys, xs = np.nonzero(view[2].numpy() - view[1].numpy().astype(int) > 128)
        box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
        found.append(
            torch.tensor(box / np.tile(sample.get('scale_factor', (1, 1)), 2))[None].float()
        )
        metas.append(sample.metainfo)
        assert sample.gt_instances.bboxes.tensor.tolist() == [BOX]
        assert sample.instances == instances  # VOC's and other metrics' own meta keys are kept
    assert [meta['flip'] for meta in metas] == [False, True]
    merged, _ = DetTTAModel.merge_aug_bboxes(None, found, [torch.ones(1)] * 2, metas)
    assert (merged - torch.tensor(BOX)).abs().max() <= 1


def test_data_sets_in_others_are_reached() -> None:
    part = dict(type='CocoDataset', pipeline=[LOAD, TRUTH, PACK])
    both = dict(type='ConcatDataset', datasets=[part, part])
    cfg = config([], test_dataloader=dict(dataset=dict(type='RepeatDataset', dataset=both)))
    augment(cfg)
    for inner in cfg.test_dataloader.dataset.dataset.datasets:
        assert [step.type for step in inner.pipeline] == ['LoadImageFromFile', 'TestTimeAug']


def test_a_pipeline_of_ones_own_wins() -> None:
    own = [LOAD, dict(type='TestTimeAug', transforms=[])]
    cfg = config([LOAD, PACK], tta_pipeline=own, tta_model=dict(type='Mine'))
    augment(cfg)
    assert cfg.test_dataloader.dataset.pipeline == own
    assert cfg.model == dict(type='Mine', module=dict(type='GFL'))


@pytest.mark.parametrize('pipeline', [[TRUTH, LOAD, PACK], [PACK], [LOAD, RESIZE]])
def test_what_cannot_be_flipped_is_refused(pipeline: list[Any]) -> None:
    with pytest.raises(ValueError, match='give a tta_pipeline instead'):
        augment(config(pipeline))
