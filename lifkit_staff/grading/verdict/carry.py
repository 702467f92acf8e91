"""Error carried forward, where a course wants it: one mistake is charged once.

If an earlier exercise was found to have exactly one named mistake, the answers to a later one are also
compared with the solution on top of that mistake.  Nothing of it reaches the submission.
"""

from __future__ import annotations

import dataclasses

from lifkit.judge import Attempt, Key, judge

from ...exercise import ReferenceLike, Written, make_key

__all__ = ["is_carried"]


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
    if name in reference.table.entries:
        return False
    for mistake, wrong in reference.mistakes.values():
        if mistake.name != name:
            continue
        through = dataclasses.replace(reference, oracle=wrong)
        try:
            made = make_key(through, key.cases, with_mistakes=False)
        except ValueError:  # on some case it gives no answer: nothing can be like it
            continue
        right = dataclasses.replace(key, expected=made.expected)
        if judge(right, given, explain=False).passed:
            return True
    return False
