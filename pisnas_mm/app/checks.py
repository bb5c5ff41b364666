"""A search config checked as a whole, with what every room reads of it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, lines_of
from pisnas_mm.detectors import check_detector
from pisnas_mm.search import check_config
from pisnas_mm.search.family import BASE
from pisnas_mm.search.finalists import asked_to_train
from pisnas_mm.utils.configs import folder_of


def check_search(cfg: Config) -> None:
    """Look for everything that is wrong in a search config, its detector and its ranking.

    Raises:
        Problems: One line each.
    """
    plain, folder = cfg.to_dict(), folder_of(cfg)
    checks: list[Callable[[Genotype | None], object]] = []
    if 'ranking' in plain:
        from pisnas_mm.ranking.settings import ranking_settings

        checks += [lambda seed: ranking_settings(plain)]
    if asked_to_train(plain.get('verify')):
        from pisnas_mm.ranking.brief_settings import brief_settings

        checks += [lambda seed: brief_settings(plain)]
    if 'detector' in plain:
        checks += [lambda seed: check_detector(plain['detector'], folder, seed)]
        checks += [partial(_check_member, name, plain, folder) for name in _with_bases(plain)]
    check_config(plain, *checks)


def _with_bases(plain: Mapping[str, Any]) -> list[Any]:
    """The members of the family with detectors of their own."""
    family = plain.get('family')
    members = family.items() if isinstance(family, Mapping) else ()
    return [name for name, of in members if isinstance(of, Mapping) and BASE in of]


def _check_member(name: Any, plain: Mapping[str, Any], folder: Path, seed: Genotype | None) -> None:
    if not isinstance(plain['detector'], Mapping):
        return
    try:
        check_detector({**plain['detector'], BASE: plain['family'][name][BASE]}, folder, seed)
    except ValueError as error:
        raise Problems(f'family.{name}: {line}' for line in lines_of(error)) from error
