"""One step of training, and an evaluation, of each detector as it is configured."""

import math
from pathlib import Path

import pytest
from mmengine.config import Config

from pisnas_mm.detectors.data import check_data
from pisnas_mm.detectors.runner import build_runner
from pisnas_mm.utils.configs import set_work_dir
from tests import layouts

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.mark.parametrize(
    ('name', 'data'),
    [
        ('fcos/fcos_r50_fpn_scratch-ms-6x_coco', 'coco'),
        ('gfl/gfl_pis-s_fpn_scratch-ms-6x_coco', 'coco'),
        ('retinanet/retinanet_r50_fpn_scratch-ms-6x_voc0712', 'voc'),
    ],
)
def test_a_config_trains_on_a_cpu(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, data: str
) -> None:
    layout, options = {
        'coco': (layouts.coco, layouts.COCO),
        'voc': (layouts.voc, layouts.VOC),
    }[data]
    root = tmp_path / 'data'
    layout(request.getfixturevalue(f'tiny_{data}'), root)
    cfg = Config.fromfile(CONFIGS / f'{name}.py', import_custom_modules=False)
    text = cfg.dump().replace(cfg.data_root, f'{root}/')
    cfg = Config.fromstring(text, '.py')
    cfg.merge_from_dict(layouts.SMALL | options | layouts.named(tmp_path.name))
    check_data(cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    set_work_dir(cfg, str(tmp_path / 'run'))
    runner = build_runner(cfg)
    runner.train()
    scalars = runner.message_hub.log_scalars
    assert runner.iter == 1
    assert math.isfinite(scalars['train/loss'].current())
    assert 0 <= scalars['val/coco/bbox_mAP'].current() <= 1
    assert (data == 'voc') == ('val/pascal_voc/mAP' in scalars)
