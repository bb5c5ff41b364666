"""The search loop: evolution, evaluation, the searcher that ties them together, verification."""

from pisnas_mm.search.evaluation import Evaluation, Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.finalists import build_verifier
from pisnas_mm.search.processes import Joined, Processes
from pisnas_mm.search.resampling import Verification
from pisnas_mm.search.scalars import build_watch
from pisnas_mm.search.searcher import Searcher
from pisnas_mm.search.settings import search_settings
from pisnas_mm.search.setup import build_searcher
from pisnas_mm.search.signals import Interrupted, Lost, Stopped, TooManyFailures
from pisnas_mm.search.validation import check_config
from pisnas_mm.search.verdicts import Verdict, Verifier, reranked

__all__ = [
    'Evaluation',
    'Evaluator',
    'Evolution',
    'Interrupted',
    'Joined',
    'Lost',
    'Processes',
    'Searcher',
    'Stopped',
    'TooManyFailures',
    'Verdict',
    'Verification',
    'Verifier',
    'build_searcher',
    'build_verifier',
    'build_watch',
    'check_config',
    'reranked',
    'search_settings',
]
