"""The search loop: evolution, evaluation, and the searcher that ties them together."""

from pisnas_mm.search.evaluation import Evaluation, Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.searcher import Interrupted, Searcher
from pisnas_mm.search.setup import build_searcher, check_config, search_settings

__all__ = [
    'Evaluation',
    'Evaluator',
    'Evolution',
    'Interrupted',
    'Searcher',
    'build_searcher',
    'check_config',
    'search_settings',
]
