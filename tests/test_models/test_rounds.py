"""Rounds go on where the one before ended, whoever runs them and when."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pisnas_mm.models.hooks import RoundSampler, SeededRounds


def sampled(epoch: int, length: int = 7, **given: int) -> list[int]:
    sampler = RoundSampler(range(length), **{'steps': 2, 'batch_size': 2, 'seed': 3, **given})
    sampler.set_epoch(epoch)
    found = list(sampler)
    assert len(sampler) == len(found)
    return found


def test_rounds_together_see_all_data_equally_often() -> None:
    seen = [i for epoch in range(7) for i in sampled(epoch)]  # 28 of 7: four times each
    assert sorted(seen) == sorted(4 * list(range(7)))
    assert sorted(seen[:7]) == list(range(7))  # without repeating before all were seen
    assert seen[:7] != seen[7:14]


def test_a_round_is_the_same_whenever_it_is_asked_for_and_seeds_differ() -> None:
    assert sampled(5) == sampled(5)
    assert sampled(5, 100) != sampled(5, 100, seed=4)


def test_processes_share_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = sampled(3, 50, batch_size=4)
    halves = []
    for rank in (0, 1):
        monkeypatch.setattr('pisnas_mm.models.hooks.rounds.get_dist_info', lambda r=rank: (r, 2))
        halves.append(sampled(3, 50))
    assert [i for pair in zip(*halves, strict=True) for i in pair] == alone


def runner(epoch: int, seed: int = 1) -> SimpleNamespace:
    loader = SimpleNamespace(worker_init_fn=None)
    return SimpleNamespace(epoch=epoch, seed=seed, iter=16, train_dataloader=loader)


def drawn(epoch: int, seed: int = 1) -> tuple[float, float]:
    SeededRounds().before_train_epoch(runner(epoch, seed))
    return float(torch.rand(1)), float(np.random.random())  # noqa: NPY002


def test_random_numbers_of_a_round_follow_from_seed_and_number() -> None:
    first = drawn(2)
    torch.rand(5)
    assert drawn(2) == first
    assert len({first, drawn(3), drawn(2, seed=2)}) == 3


@pytest.mark.parametrize('loss', [float('nan'), float('inf')])
def test_a_loss_that_is_not_finite_ends_it(loss: float) -> None:
    class Loader(list[int]):
        worker_init_fn = None

    of = runner(0)
    of.train_dataloader = Loader(range(16))
    hook = SeededRounds()
    hook.after_train_iter(of, 15, outputs={'loss': torch.tensor(1.0)})
    hook.after_train_iter(of, 3, outputs={'loss': torch.tensor(loss)})  # not looked at
    with pytest.raises(FloatingPointError, match=r'diverged: the loss is (nan|inf) at step 17'):
        hook.after_train_iter(of, 15, outputs={'loss': torch.tensor(loss)})
    with pytest.raises(FloatingPointError):
        hook.after_train_iter(of, 10, outputs={'loss': torch.tensor(loss)})
