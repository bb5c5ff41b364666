"""Both figures that the paper reports on VOC are asked for; `test_digits.py` computes them."""

from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

CONFIGS = Path(__file__).parents[2] / 'configs'
NAMES = sorted(path.stem for path in (CONFIGS / '_base_/datasets').glob('*voc*.py'))


@pytest.mark.parametrize('name', NAMES)
def test_both_metrics_are_asked_for(name: str) -> None:
    cfg: Any = Config.fromfile(CONFIGS / f'_base_/datasets/{name}.py')
    for evaluator in (cfg.val_evaluator, cfg.test_evaluator):
        assert [metric.type for metric in evaluator] == ['VOCMetric', 'CocoMetric']
        assert 'ann_file' not in evaluator[1]  # made from the XML files while evaluating
    for loader in (cfg.val_dataloader, cfg.test_dataloader):
        assert 'instances' in loader.dataset.pipeline[-1].meta_keys
