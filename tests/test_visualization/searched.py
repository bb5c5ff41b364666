"""Small searches on disk, as ``tools/search.py`` leaves them."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pisnas_mm.detectors import config_text, search_result
from pisnas_mm.search import Searcher, Verification, build_searcher
from tests.test_search import small


def run(
    folder: Path,
    verify: bool = False,
    constraints: Mapping[str, Any] | None = None,
    **search: Any,
) -> Searcher:
    """Search, and write what a report reads."""
    cfg = small.config(**search)
    cfg['constraints'] |= constraints or {}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'small.py').write_text(config_text(cfg), 'utf-8')
    searcher = build_searcher(cfg, folder, logging.getLogger('test'))
    population = searcher.run()[:10]
    seed = searcher.evolution.space.seed
    chosen = [kept.genotype for kept in population[:3]] if verify else []
    verified = {
        genotype: Verification(40.0 + i, 50.0 + i, 0.5, 16, 'MonteCarloPRScore')
        for i, genotype in enumerate(chosen)
    }
    score, size = searcher.evaluator.score, cfg['image_size']
    result = search_result(population, seed, score, size, verified)
    (folder / 'best.json').write_text(json.dumps(result), 'utf-8')
    return searcher
