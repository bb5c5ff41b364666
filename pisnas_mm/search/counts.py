"""What has become of a search's candidates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pisnas_mm.search.evaluation import Evaluation


@dataclass
class Counts:
    """How many candidates there were so far, and what they were rejected by."""

    candidates: int = 0
    scored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, evaluations: Iterable[Evaluation]) -> None:
        """Count candidates, in their order."""
        for evaluation in evaluations:
            self.candidates += 1
            if evaluation.rejected_by is None:
                self.scored += 1
            else:
                self.rejected[evaluation.rejected_by] += 1

    def rejections(self) -> str:
        """Shares of rejected candidates in words: ``rejected 42% (params 30%, macs 12%)``."""
        total = sum(self.rejected.values())
        share = 100 / max(self.candidates, 1)
        causes = ', '.join(f'{name} {n * share:.0f}%' for name, n in self.rejected.most_common())
        return f'rejected {total * share:.0f}%' + (f' ({causes})' if causes else '')

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data."""
        return {
            'candidates': self.candidates,
            'scored': self.scored,
            'rejected': dict(self.rejected),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> 'Counts':
        """Read what ``to_dict`` gave.

        Raises:
            ValueError: A count is none.
        """
        rejected = {str(name): whole(count) for name, count in data['rejected'].items()}
        return cls(whole(data['candidates']), whole(data['scored']), Counter(rejected))


def whole(count: object) -> int:
    """The count; ``ValueError`` where it is none."""
    if type(count) is not int or count < 0:
        raise ValueError(f'a count should be a whole number >= 0, but got {count!r}')
    return count
