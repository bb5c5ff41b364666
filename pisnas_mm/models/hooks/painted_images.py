"""Painted images in the folders of their originals, so that none overwrites another."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mmdet.engine.hooks import DetVisualizationHook
from mmdet.registry import HOOKS


@HOOKS.register_module()
class PaintedImagesHook(DetVisualizationHook):
    """MMDetection's hook, but with ``test_out_dir`` it keeps images of one name apart."""

    draw: bool
    test_out_dir: str | None
    _common: str | None = None

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any, outputs: Sequence[Any]
    ) -> None:
        if not self.draw or self.test_out_dir is None:
            super().after_test_iter(runner, batch_idx, data_batch, outputs)
            return
        if self._common is None:
            data = runner.test_dataloader.dataset
            self._common = common_folder(
                data.get_data_info(i)['img_path'] for i in range(len(data))
            )
        folder = Path(runner.work_dir, runner.timestamp, self.test_out_dir).absolute()
        for sample in outputs:
            below = os.path.relpath(os.path.dirname(sample.img_path) or '.', self._common)
            whole, self.test_out_dir = self.test_out_dir, os.path.normpath(folder / below)
            super().after_test_iter(runner, batch_idx, data_batch, [sample])
            self.test_out_dir = whole


def common_folder(paths: Iterable[str]) -> str:
    """The deepest folder that all files are in."""
    return os.path.commonpath({os.path.dirname(path) or '.' for path in paths}) or '.'
