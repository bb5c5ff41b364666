"""Every registry of the package, and the one way an object is built from a config."""

import difflib
import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from mmengine.registry import Registry

from pisnas_mm.checks import MAX_SHOWN, Problems, lines_of, shown

# What an architecture is made of: frozen specs with a `graph()`.
BLOCKS = Registry('block', scope='pisnas_mm')
# Which architectures there are, and how one becomes another.
SPACES = Registry('space', scope='pisnas_mm')
# What a candidate must satisfy.
CONSTRAINTS = Registry('constraint', scope='pisnas_mm')
# What the search maximises.
SCORES = Registry('score', scope='pisnas_mm')


def build(registry: Registry, cfg: Mapping[str, Any], place: str, **defaults: Any) -> Any:
    """Build ``cfg = dict(type=..., **arguments)`` from a registry.

    Args:
        registry: Where the type is looked up.
        cfg: The type's registered name and its arguments.
        place: Where ``cfg`` stands in the user's file, for error messages.
        defaults: Arguments used where ``cfg`` has none and the type takes them.

    Raises:
        ValueError: The type is unknown, or arguments are unknown, missing or refused by the type:
            all of them are named.
    """
    cls = find(registry, cfg, place)
    parameters = inspect.signature(cls).parameters
    given = {key: value for key, value in cfg.items() if key != 'type'}
    arguments = {k: v for k, v in defaults.items() if k in parameters} | given
    problems = [
        f'{place}: {cfg["type"]} takes no `{str(key)[:MAX_SHOWN]}`; {suggest(key, parameters)}'
        for key in given
        if key not in parameters
    ]
    problems += [
        f'{place}: {cfg["type"]} needs `{name}`'
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty and name not in arguments
    ]
    if problems:
        raise Problems(problems)
    try:
        return cls(**arguments)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Problems(f'{place}: {line}' for line in lines_of(error)) from error


def find(registry: Registry, cfg: Mapping[str, Any], place: str) -> type[Any]:
    """The class that ``build`` would build.

    Raises:
        ValueError: There is no such type.
    """
    if not isinstance(cfg, Mapping) or not isinstance(cfg.get('type'), str):
        raise ValueError(f'{place} should be a dict with a `type`, but got {shown(cfg)}')
    # Not `registry.get`, whose logging imports torch.
    cls: type[Any] | None = registry.module_dict.get(cfg['type'])
    if cls is None:
        raise ValueError(
            f'{place}: {registry.name} {shown(cfg["type"])} is unknown; '
            f'{suggest(cfg["type"], registry.module_dict)}'
        )
    return cls


def suggest(name: object, known: Iterable[object]) -> str:
    """The nearest known name as a question, or all of them."""
    near = nearest(name, known)
    names = sorted(other for other in known if isinstance(other, str))
    return f'did you mean {near!r}?' if near else f'known: {", ".join(names)}'


def nearest(name: object, known: Iterable[object]) -> str | None:
    """The known name that is spelt alike, if there is one."""
    names = [other for other in known if isinstance(other, str)]
    return next(iter(difflib.get_close_matches(str(name)[:MAX_SHOWN], names, n=1)), None)
