"""What the package remembers between calls, which functions keep with ``lru_cache``."""

import sys


def forget() -> None:
    """Empty every memory of the package's modules: measures and moves are computed anew."""
    for name, module in list(sys.modules.items()):
        if name.partition('.')[0] == 'pisnas_mm':
            for value in list(vars(module).values()):
                if hasattr(value, 'cache_clear'):
                    value.cache_clear()
