"""What the package remembers between calls, with ``Memory`` or ``lru_cache``."""

import sys
from collections.abc import Callable
from typing import TypeVar

K = TypeVar('K')
L = TypeVar('L')
V = TypeVar('V')


class Memory(dict[K, V]):
    """What a function gives of its one argument: ``memory[key]``, or ``memory.of(key)``.

    It forgets all when it is full: quicker than ``lru_cache``, which moves what it is asked for.
    """

    def __init__(self, function: Callable[[K], V], most: int = 1 << 17) -> None:
        super().__init__()
        self._function = function
        self._most = most
        self.of = self.__getitem__

    def __missing__(self, key: K) -> V:
        value = self._function(key)
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value

    cache_clear = dict.clear  # as `lru_cache` calls it


def at_second(function: Callable[[L, K], V]) -> Memory[K, Memory[L, V]]:
    """What a function gives of two arguments: ``memory[second][first]``, for few second ones."""
    return Memory(lambda second: Memory(lambda first: function(first, second)))


def forget() -> None:
    """Empty every memory of the package's modules: measures and moves are computed anew."""
    for name, module in list(sys.modules.items()):
        if name.partition('.')[0] == 'pisnas_mm':
            for value in list(vars(module).values()):
                if hasattr(value, 'cache_clear') and not isinstance(value, type):
                    value.cache_clear()
