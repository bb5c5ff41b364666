"""What has become of a search's candidates."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pisnas_mm.search.evaluation import FAILED, LOW_SCORE, Evaluation


@dataclass
class Counts:
    """How many candidates there were so far, and what they were rejected by.

    ``failed_in_a_row`` failed since one was scored; ``first_reason`` is why the first of them did.
    """

    candidates: int = 0
    scored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed_in_a_row: int = 0
    first_reason: str | None = None

    def add(self, evaluations: Iterable[Evaluation]) -> None:
        """Count candidates, in their order."""
        for evaluation in evaluations:
            self.candidates += 1
            cause = evaluation.rejected_by
            if cause is None:
                self.scored += 1
            else:
                self.rejected[cause] += 1
            if cause == FAILED:
                self.failed_in_a_row += 1
                self.first_reason = self.first_reason or evaluation.reason
            elif cause is None or cause == LOW_SCORE:
                self.failed_in_a_row, self.first_reason = 0, None

    @property
    def failed(self) -> int:
        """How many could not be evaluated."""
        return self.rejected[FAILED]

    def rejections(self) -> str:
        """Shares of rejected candidates in words: ``rejected 42% (params 30%, macs 12%)``."""
        total = sum(self.rejected.values())
        share = 100 / max(self.candidates, 1)
        causes = ', '.join(f'{name} {n * share:.0f}%' for name, n in self.rejected.most_common())
        failed = f'{self.failed} failed  ' if self.failed else ''
        return f'{failed}rejected {total * share:.0f}%' + (f' ({causes})' if causes else '')

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data."""
        return {
            'candidates': self.candidates,
            'scored': self.scored,
            'rejected': dict(self.rejected),
            'failed_in_a_row': self.failed_in_a_row,
            'first_reason': self.first_reason,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> 'Counts':
        """Read what ``to_dict`` gave.

        Raises:
            ValueError: A count is none.
        """
        rejected = {str(name): whole(count) for name, count in data['rejected'].items()}
        in_a_row, reason = whole(data['failed_in_a_row']), data['first_reason']
        if not isinstance(reason, str | None):
            raise ValueError(f'a reason should be text, but got {reason!r}')
        return cls(
            whole(data['candidates']), whole(data['scored']), Counter(rejected), in_a_row, reason
        )


def whole(count: object) -> int:
    """The count; ``ValueError`` where it is none."""
    if type(count) is not int or count < 0:
        raise ValueError(f'a count should be a whole number >= 0, but got {count!r}')
    return count
