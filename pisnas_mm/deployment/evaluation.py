"""A model file in a detector's place, so that MMEngine's runner evaluates it by any metric."""

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.model import BaseModel
from mmengine.structures import InstanceData

from pisnas_mm.deployment.detector import Detector
from pisnas_mm.detectors.runner import build_runner


@MODELS.register_module()
class DeployedDetector(BaseModel):
    """Reads the image files themselves, as ``Detector`` does: what is evaluated is what ships.

    Args:
        model: A file that ``tools/deployment/export.py`` has written.
        runtime: As for ``Detector``.
        threads: As for ``Detector``.
    """

    def __init__(self, model: str, runtime: str = 'cpu', threads: int = 0) -> None:
        super().__init__()
        self.detector = Detector(model, runtime, threads=threads)
        self.times: list[float] = []

    def test_step(self, data: dict[str, Any]) -> list[DetDataSample]:
        samples: list[DetDataSample] = data['data_samples']
        for sample in samples:
            start = perf_counter()
            found = self.detector(sample.img_path)
            self.times.append(perf_counter() - start)
            sample.pred_instances = InstanceData(
                bboxes=torch.from_numpy(found.boxes),
                scores=torch.from_numpy(found.scores),
                labels=torch.from_numpy(found.labels),
            )
        return samples

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError('a deployed detector is only tested')

    @property
    def milliseconds(self) -> float:
        """What an image takes, from file to boxes: the median."""
        return 1e3 * median(self.times)


def evaluate(cfg: Any, model: str, runtime: str, threads: int) -> tuple[dict[str, float], float]:
    """The metrics of a config's test data with a model file, and milliseconds an image.

    MMEngine's log and results go to a folder of the model's name in the work directory.
    """
    cfg.model = dict(type=DeployedDetector.__name__, model=model, runtime=runtime, threads=threads)
    cfg.load_from = None
    name = Path(model).stem
    cfg.work_dir = str(Path(cfg.work_dir, name))
    cfg.experiment_name = f'{cfg.get("experiment_name", "deployed")}_{name}'  # MMEngine: once each
    runner = build_runner(cfg)
    metrics: dict[str, float] = runner.test()
    return metrics, runner.model.milliseconds
