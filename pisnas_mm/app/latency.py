"""From a search config to a latency table: what ``measure_latency.py`` and notebooks call."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.checks import check_image_size, check_whole
from pisnas_mm.constraints import build_constraints
from pisnas_mm.detectors.backbone import PYRAMID
from pisnas_mm.latency import LatencyTable
from pisnas_mm.registry import SPACES, build
from pisnas_mm.utils.configs import ConfigLike, import_modules, load_config, name_of, title
from pisnas_mm.utils.lock import locked
from pisnas_mm.utils.preconditions import check_installed, check_writable

SEED = 0  # of the backbones that are drawn: a table that is gone on with is of the same ones


def measure_latency(
    config: ConfigLike,
    *,
    device: str = 'cpu',
    backend: str = 'onnxruntime',
    threads: int = 1,
    batch: int = 1,
    precision: str = 'fp32',
    out: str | Path | None = None,
    corrections: int = 24,
    checks: int = 60,
    options: Mapping[str, Any] | None = None,
) -> tuple[LatencyTable, Path]:
    """Measure what the architectures of a search config's space are made of.

    Args:
        config: A search config, or its file. Its own budgets of latency are not looked at.
        device: As torch calls it: ``cpu``, ``cuda:1``.
        backend: One of ``pisnas_mm.timing.backends.BACKENDS``.
        threads: How many the CPU uses.
        batch: How many images at once.
        precision: ``fp32`` or ``fp16``, as far as the backend knows them.
        out: The table's file; what is in it already is not measured again.
        corrections: How many whole backbones correct the sum over kernels.
        checks: How many others say how good the predictions are.
        options: Changes of the config.

    Raises:
        ValueError: The config is not valid, something is not there, or the file is of other
            conditions.
    """
    check_installed('torch', 'mmcv', 'mmdet')
    from pisnas_mm.timing.backends import open_backend
    from pisnas_mm.timing.measuring import Effort, Stopwatch, measured_table
    from pisnas_mm.timing.plan import drawn

    check_whole(batch, 'batch', 1)
    check_whole(corrections, 'corrections', 8)
    cfg = load_config(config, options)
    import_modules(cfg)
    space, constraints, size = _parts(cfg)
    opened = open_backend(backend, device, threads, precision)
    path = Path(out or f'work_dirs/latency/{name_of(cfg)}_{backend}_{device}_{threads}.json')
    check_writable(path.parent, '--out')
    stopwatch = Stopwatch(opened, size, batch, outputs_of(cfg))
    genotypes = drawn(space, constraints, size, SEED)
    with locked(path.parent):
        return measured_table(stopwatch, genotypes, path, Effort(corrections, checks)), path


def outputs_of(cfg: Mapping[str, Any]) -> tuple[int, ...]:
    """The stages that the search config's detector reads."""
    backbone = (cfg.get('detector') or {}).get('backbone') or {}
    return tuple(backbone.get('out_indices', PYRAMID))


def _parts(cfg: Config) -> tuple[Any, Any, int]:
    """Space, budgets but those of latency, and image size."""
    plain = cfg.to_dict()
    if missing := [key for key in ('space', 'image_size', 'constraints') if key not in plain]:
        raise ValueError(f'{title(cfg)} has no `{missing[0]}`; give a search config')
    size = check_image_size(plain['image_size'])
    budgets = {
        name: one for name, one in plain['constraints'].items() if one.get('type') != 'Latency'
    }
    return build(SPACES, plain['space'], 'space'), build_constraints(budgets, size), size
