"""Tables of what each operation means to one walk over graphs, which are asked aloud.

An operation that a walk knows nothing of is refused, never counted as nothing.
"""

from collections.abc import Iterable, Mapping
from typing import NoReturn, TypeVar

Rule = TypeVar('Rule')


class Walk(dict[type, Rule]):
    """A rule for every class of operations, looked up by an operation's very class.

    Args:
        name: What has the rules, as the subject of an error.
        rules: The rules.
        refused: Operations that there can be no rule for. Together with the rules they are the
            whole vocabulary, which tests/test_blocks/test_walk.py asks of every table.
        remedy: What else to do with them.
    """

    def __init__(
        self,
        name: str,
        rules: Mapping[type, Rule],
        refused: Iterable[type] = (),
        remedy: str = '',
    ) -> None:
        super().__init__(rules)
        self.name = name
        self.refused = frozenset(refused)
        self.remedy = remedy

    def __missing__(self, op: type) -> NoReturn:
        remedy = f'; {self.remedy}' if self.remedy else ''
        raise ValueError(f'{self.name} has no rule for {op.__name__}{remedy}')
