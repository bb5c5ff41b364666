"""What a search remembers and leaves out changes nothing: a plain evaluation says the same."""

from logging import getLogger
from math import log
from pathlib import Path

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.search import Evaluation, Searcher, build_searcher
from pisnas_mm.search.evaluation import DUPLICATE, LOW_SCORE
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.memories import forget

ROOT = Path(__file__).parents[2]


def convolutions(genotype: Genotype, image_size: int):
    """Every convolution with its output's side and its block's input side."""
    side = image_size
    for block in genotype.blocks:
        graph = block.graph()
        for conv, out in graph.conv_sides(side):
            yield conv, out, side
        side = -(-side // graph.stride)


def plain_measures(genotype: Genotype, image_size: int) -> dict[str, float]:
    """Straight from the graphs that blocks draw, convolution by convolution."""
    params = macs = 0
    volumes = []
    for conv, out, block_side in convolutions(genotype, image_size):
        weights = conv.in_channels * conv.channels * conv.kernel_size**2
        params += weights + 2 * conv.channels
        macs += weights * out**2
        if conv.released.counted:
            kernel = conv.released.kernel_size or conv.kernel_size
            side = block_side if conv.released.at_input_side else out
            volumes.append(conv.in_channels * conv.channels * kernel**2 * side**2)
    return {'params': params, 'macs': macs, 'bottleneck_entropy': 0.5 * log(min(volumes))}


def recorded(searcher: Searcher) -> list[tuple[float, Evaluation]]:
    """All evaluations of a search, with the floor that each was made with."""
    record, evaluate = [], searcher.evaluator.evaluate

    def recording(candidates, known, floor):
        evaluations = evaluate(candidates, known, floor)
        record.extend((floor(evaluation.genotype), evaluation) for evaluation in evaluations)
        return evaluations

    searcher.evaluator.evaluate = recording
    searcher.run()
    return record


@pytest.mark.parametrize('config', ['configs/pis_coco.py', 'configs/pis_yolov8_s_coco.py'])
def test_a_search_evaluates_as_if_it_remembered_nothing(config, tmp_path):
    cfg = load_config(str(ROOT / config)).to_dict()
    cfg['search'] |= dict(num_candidates=1200, population_size=24, generation_size=32)
    searcher = build_searcher(cfg, tmp_path, getLogger('test'))
    image_size, constraints = cfg['image_size'], searcher.evaluator.constraints
    reasons = set()
    for floor, evaluation in recorded(searcher):
        genotype, rank, reason, _ = evaluation
        reasons.add(reason)
        if reason == DUPLICATE:
            continue
        genotype = Genotype.from_list(genotype.to_list())  # raises if it is none
        values = plain_measures(genotype, image_size)
        forget()
        others = constraints.keys() - values.keys()
        values |= {name: constraints[name].measure(genotype) for name in others}
        violated = [name for name, c in constraints.items() if not c.allows(values[name])]
        if reason not in (None, LOW_SCORE):
            assert violated[0] == reason
            continue
        assert not violated
        forget()
        score = searcher.evaluator.score(genotype)
        if reason == LOW_SCORE:
            assert score < floor
        else:
            assert rank == (score, values['bottleneck_entropy'], -values['macs'])
    assert {None, DUPLICATE, 'params', 'bottleneck_entropy'} <= reasons
    assert LOW_SCORE in reasons or 'yolov8' in config  # whose scores rise slowly
