"""Both figures that the paper reports on VOC, from annotations in VOC's own form."""

from pathlib import Path
from typing import Any

import pytest
from mmdet.registry import DATASETS
from mmengine.config import Config
from mmengine.evaluator import Evaluator
from mmengine.registry import init_default_scope

from pisnas_mm.datasets import DigitsSettings, make_digits
from pisnas_mm.utils import cli

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.fixture(scope='module')
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('digits')
    make_digits(str(root / 'digits'), DigitsSettings(num_train=2, num_val=12), False)
    return root / 'digits'


def evaluated(digits: Path, shrink: int) -> dict[str, float]:
    """Metrics of detecting every object, with its right side moved inwards by some pixels."""
    import mmdet.datasets.transforms
    import mmdet.evaluation  # noqa: F401

    init_default_scope('mmdet')
    cfg = Config.fromfile(CONFIGS / '_base_/datasets/digits_voc.py')
    cfg.val_dataloader.dataset.data_root = str(digits)
    dataset = DATASETS.build(cfg.val_dataloader.dataset)
    evaluator = Evaluator(cfg.val_evaluator)
    evaluator.dataset_meta = dataset.metainfo
    for item in dataset:
        sample = item['data_samples']
        for instances in (sample.gt_instances, sample.ignored_instances):
            instances.bboxes = instances.bboxes.tensor  # as the detector's preprocessor does
        found = sample.gt_instances.clone()
        boxes = found.bboxes.clone()
        boxes[:, 2] -= shrink
        found.bboxes = boxes
        found.scores = boxes.new_ones(len(boxes))
        sample.pred_instances = found
        evaluator.process([sample])
    return evaluator.evaluate(len(dataset))


def test_perfect_detections_score_one_in_both(digits: Path) -> None:
    metrics = evaluated(digits, 0)
    assert metrics['pascal_voc/mAP'] == metrics['pascal_voc/AP50'] == pytest.approx(1.0)
    assert metrics['coco/bbox_mAP'] == metrics['coco/bbox_mAP_50'] == pytest.approx(1.0)


def test_imprecise_detections_cost_cocos_figure_only(digits: Path) -> None:
    metrics = evaluated(digits, 2)  # of objects 15 to 80 pixels wide
    assert metrics['pascal_voc/mAP'] > 0.95
    assert metrics['coco/bbox_mAP'] < 0.85
    assert metrics['coco/bbox_mAP_50'] == pytest.approx(metrics['pascal_voc/mAP'], abs=0.05)


@pytest.mark.parametrize('name', ['voc0712', 'digits_voc'])
def test_both_metrics_are_asked_for(name: str) -> None:
    cfg: Any = Config.fromfile(CONFIGS / f'_base_/datasets/{name}.py')
    for evaluator in (cfg.val_evaluator, cfg.test_evaluator):
        assert [metric.type for metric in evaluator] == ['VOCMetric', 'CocoMetric']
        assert 'ann_file' not in evaluator[1]  # made from the XML files while evaluating
    for loader in (cfg.val_dataloader, cfg.test_dataloader):
        assert 'instances' in loader.dataset.pipeline[-1].meta_keys
    with pytest.raises(ValueError, match='not found'):
        cli.check_data(cfg, 'val_dataloader', 'val_evaluator')
