"""A search config checked as a whole, with what every room reads of it."""

from collections.abc import Callable

from mmengine.config import Config

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors import check_detector
from pisnas_mm.search import check_config
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
    check_config(plain, *checks)
