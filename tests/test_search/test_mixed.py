"""Searches in the mixed space: the same guarantees as in any other."""

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block
from pisnas_mm.blocks.fields import Depth, Width
from pisnas_mm.blocks.graph import Graph
from pisnas_mm.search import Searcher, build_searcher, check_config
from tests.test_search import small
from tests.test_search.test_processes import FILES, Threads, together
from tests.test_spaces.families import Widening, registered

LOGGER = logging.getLogger('pisnas_mm.test')


@dataclass(frozen=True)
class Unscored(Block):
    """A block with a maximum, for which the closed form has no rule."""

    in_channels: int
    out_channels: Width
    num_blocks: Depth = 1

    def graph(self) -> Graph:
        g = Graph(self.in_channels, 'relu')
        g.conv('conv', g.max_pool(g.input, 3), self.out_channels, 1)
        return g


@pytest.fixture(autouse=True)
def families():
    with registered(Widening, Unscored):
        yield


def searcher(
    folder: Path, processes: Threads | None = None, choices: tuple[str, ...] = ()
) -> Searcher:
    folder.mkdir(exist_ok=True)
    cfg = small.config(num_candidates=900, checkpoint_interval=200)
    cfg['space'] |= dict(
        type='MixedSpace', choices=['C2f', 'BottleneckStage', 'Widening', *choices]
    )
    cfg['score']['pr_score'] = dict(type='PRScore', weights=(1, 1))
    check_config(cfg)
    return build_searcher(cfg, folder, LOGGER, processes)


def test_families_are_mixed_in_the_population_and_read_back(tmp_path):
    population = searcher(tmp_path).run()
    types = {type(b).__name__ for kept in population for b in kept.genotype.blocks}
    assert len(types & {'C2f', 'BottleneckStage', 'Widening'}) >= 2
    for kept in population:
        assert Genotype.from_list(json.loads(json.dumps(kept.genotype.to_list()))) == kept.genotype


def test_two_processes_give_the_same_bytes(tmp_path):
    expected = searcher(tmp_path / 'alone').run()
    found = together(2, lambda processes: searcher(tmp_path / 'two', processes).run())
    assert found == [expected] * 2
    for file in FILES:
        assert (tmp_path / 'two' / file).read_bytes() == (tmp_path / 'alone' / file).read_bytes()


def test_a_resumed_search_ends_in_the_same_bytes(tmp_path):
    searcher(tmp_path / 'whole').run()
    shutil.copytree(tmp_path / 'whole', tmp_path / 'cut')
    (tmp_path / 'cut' / 'checkpoint.json').unlink()  # back to the one before
    resumed = searcher(tmp_path / 'cut')
    resumed.run(resume=True)
    for file in FILES:
        assert (tmp_path / 'cut' / file).read_bytes() == (tmp_path / 'whole' / file).read_bytes()


def test_a_family_that_has_no_score_is_named_before_the_search(tmp_path):
    with pytest.raises(ValueError, match=r'score fails for space.seed with Unscored: .*MaxPool'):
        searcher(tmp_path, choices=('Unscored',)).run()
