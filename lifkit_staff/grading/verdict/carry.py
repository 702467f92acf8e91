"""Error carried forward, where a course wants it: one mistake is charged once.

If an earlier exercise was found to have exactly one named mistake, the answers to a later one are also
compared with the solution on top of that mistake.  Nothing of it reaches the submission.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from lifkit.judge import Attempt, Key, judge

from ...exercise import ReferenceLike, Written, make_key

__all__ = ["is_carried"]


@dataclasses.dataclass(frozen=True)
class _Through:
    """A reference whose solution stands on top of a mistake of an earlier exercise."""

    base: Written
    solve: Callable[..., Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.base, name)


def is_carried(reference: ReferenceLike, key: Key, given: Attempt, earlier: str, name: str) -> bool:
    """Whether answers are right but for a mistake that was made in an earlier exercise.

    Parameters
    ----------
    reference : Reference
    key : Key
        What the submission was asked.
    given : Attempt
        Its answers.
    earlier, name : str
        The exercise that has the mistake, and the mistake.
    """
    if not isinstance(reference, Written) or earlier not in reference.table.through:
        return False
    for mistake, wrong in reference.mistakes.values():
        if mistake.name != name or name in reference.table.entries:
            continue
        through: Any = _Through(reference, wrong)
        try:
            made = make_key(through, key.cases, with_mistakes=False)
        except ValueError:  # on some case it gives no answer: nothing can be like it
            continue
        right = dataclasses.replace(key, expected=made.expected)
        if judge(right, given, explain=False).passed:
            return True
    return False
