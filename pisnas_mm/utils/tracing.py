"""Functions of whole numbers that are run once, and replayed as bare arithmetic from then on.

They are given symbols, which write down what is done with them. What was written is compiled; it
holds for all numbers that the function's comparisons come out the same for.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar('T')

_MOST = 32  # ways through a function that are written down

_OPERATORS = {'add': '+', 'sub': '-', 'mul': '*', 'floordiv': '//', 'mod': '%', 'pow': '**'}
# Of these it is written down what came out: a quotient, too, should be the same number again.
_DECISIONS = {'eq': '==', 'ne': '!=', 'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>=', 'truediv': '/'}


class Replayed(Generic[T]):
    """A pure function of whole numbers, quick where it is called again and again.

    It returns such numbers, or lists and tuples of them, and whatever does not depend on them. A
    function that needs more of its arguments than arithmetic and comparisons is run every time.
    """

    def __init__(self, function: Callable[..., T]) -> None:
        self._function = function
        self._ways: list[Callable[..., T | None]] = []
        self._traceable = True

    def __call__(self, *numbers: int) -> T:
        for way in self._ways:
            found = way(*numbers)
            if found is not None:
                return found
        result = self._function(*numbers)
        if self._traceable and len(self._ways) < _MOST:
            try:
                way = _written(self._function, numbers)
                self._traceable = way(*numbers) == result
            except Exception:  # whatever a function does with what is no number
                self._traceable = False
            if self._traceable:
                self._ways.append(way)
        return result


def _written(function: Callable[..., T], numbers: Sequence[int]) -> Callable[..., T | None]:
    """The way that a function goes with these numbers; None is what it gives for other ways."""
    tape = _Tape()
    arguments = [Symbol(tape, f'n{i}', number) for i, number in enumerate(numbers)]
    result = tape.text(function(*arguments))
    head = f'def way({", ".join(argument.name for argument in arguments)}):'
    exec('\n '.join([head, *tape.lines, f'return {result}']), tape.constants)
    way: Callable[..., T | None] = tape.constants['way']
    return way


class _Tape:
    """What was done with symbols, line by line in Python."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._symbols: dict[str, Symbol] = {}  # by what they are: nothing is computed twice

    def symbol(self, text: str, value: int) -> 'Symbol':
        """A symbol for what a text computes."""
        if text not in self._symbols:
            self._symbols[text] = Symbol(self, f'v{len(self._symbols)}', value)
            self.lines.append(f'{self._symbols[text].name} = {text}')
        return self._symbols[text]

    def decided(self, text: str, value: Any) -> Any:
        """A value that has to be the same again."""
        line = f'if ({text}) != {value!r}: return None'
        if line not in self.lines:
            self.lines.append(line)
        return value

    def text(self, value: Any) -> str:
        """A value with symbols in it, in Python."""
        if isinstance(value, Symbol):
            return value.name
        if type(value) in (tuple, list) and _has_symbols(value):
            inside = ''.join([f'{self.text(one)}, ' for one in value])
            return f'({inside})' if type(value) is tuple else f'[{inside}]'
        name = f'c{len(self.constants)}'
        self.constants[name] = value
        return name


def _has_symbols(value: Any) -> bool:
    return isinstance(value, Symbol) or (
        type(value) in (tuple, list) and any(map(_has_symbols, value))
    )


class Symbol:
    """Stands for a whole number, whose value decides comparisons."""

    __slots__ = ('name', 'tape', 'value')
    # What would depend on the number without writing that down is an error.
    __hash__ = __str__ = __format__ = None  # type: ignore[assignment]

    def __init__(self, tape: _Tape, name: str, value: int) -> None:
        self.tape = tape
        self.name = name
        self.value = value

    def __neg__(self) -> 'Symbol':
        return self.tape.symbol(f'-{self.name}', -self.value)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __bool__(self) -> bool:
        return bool(self.tape.decided(f'{self.name} != 0', self.value != 0))


def _method(name: str, sign: str, swapped: bool = False) -> Callable[[Symbol, Any], Any]:
    """What writes down an operation of two numbers."""
    function = getattr(operator, name)

    def method(self: Symbol, other: Any) -> Any:
        if not isinstance(other, Symbol | int):
            return NotImplemented
        pair = (other, self) if swapped else (self, other)
        left, right = [one.name if isinstance(one, Symbol) else f'({one})' for one in pair]
        value = function(*[one.value if isinstance(one, Symbol) else one for one in pair])
        if name not in _DECISIONS:
            return self.tape.symbol(f'{left} {sign} {right}', value)
        return value if other is self else self.tape.decided(f'{left} {sign} {right}', value)

    return method


for _name, _sign in (_OPERATORS | _DECISIONS).items():
    setattr(Symbol, f'__{_name}__', _method(_name, _sign))
    if _name in _OPERATORS or _name == 'truediv':
        setattr(Symbol, f'__r{_name}__', _method(_name, _sign, swapped=True))
