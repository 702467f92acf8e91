"""What can be said about an answer without the fingerprints of usual mistakes.

That is: what a function does besides answering, what it depends on, and how it stops; `exceptions` has the
rules for those of Python and NumPy.  What is said where nothing else explains an answer is in `symptoms`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .calling import Answer, Attempt, same_answer
from .exceptions import explained
from .model import Exercise, Mistake
from .problems import Problem

__all__ = ["from_earlier", "from_message", "from_notebook", "from_problem", "habits_in"]


def habits_in(given: Attempt) -> tuple[Mistake, ...]:
    """Find what a function does besides returning its answer."""
    found = []
    changed = list(dict.fromkeys(name for item in given.answers for name in item.changed))
    if changed:
        found.append(
            Mistake(
                name="input changed in place",
                diagnosis=f"Your code changes its input {_listed(changed)} in place, so the caller's "
                "array is different afterwards.",
                hint="Work on a copy: for an array x, x.copy() gives one, and x + y makes a new "
                "array where x += y changes the old one.",
            )
        )
    if given.again is not None and given.repeated is not None:
        if not same_answer(given.answers[given.repeated], given.again):
            found.append(
                Mistake(
                    name="state kept between calls",
                    diagnosis="The same inputs give another answer the second time: something is "
                    "remembered between calls, or random numbers are drawn inside.",
                    hint="Make every list and array that you fill inside the function, not in its "
                    "default arguments, in the class body or in another cell. Random numbers are "
                    "handed in: use those and draw none.",
                )
            )
    return tuple(found)


def from_earlier(given: Attempt, unsound: Collection[str]) -> tuple[Mistake, ...]:
    """Name the earlier exercises that the answer calls and that are not right."""
    return tuple(
        Mistake(
            name=f"{name} is not right yet",
            diagnosis=f"It calls your {name}, which does not pass its own check yet.",
            hint=f"Mend {name} first: check({name}) says what is left to do there.",
        )
        for name in given.uses
        if name in unsound
    )


def from_notebook(given: Attempt, in_place_of: Exercise | None = None) -> tuple[Mistake, ...]:
    """Name the notebook's variables that a wrong answer depends on.

    A right answer may read a constant from its notebook; the cases vary every argument, so it can't
    have used one in an argument's place.

    Parameters
    ----------
    given : Attempt
    in_place_of : Exercise, optional
        Name those only that bear the name of something of this exercise: they stand in its place, and
        whatever else the answer looks like comes of that.
    """
    found = given.notebook_variables
    if in_place_of is not None:
        found = tuple(name for name in found if name in _words_of(in_place_of))
    if not found:
        return ()
    names = _listed(found)
    return (
        Mistake(
            name="notebook variable used",
            diagnosis=f"Your code uses {names} from another cell of the notebook: when that value "
            "changes, so does the answer.",
            hint="Use the arguments of the function (in a class: self) and nothing else, so that it "
            "works for any values.",
        ),
    )


def from_problem(
    exercise: Exercise, problem: Problem | None, answers: Sequence[Answer]
) -> tuple[Mistake, ...]:
    """Explain the exceptions that beginners meet; `answers` are those of cases that call something."""
    if problem is None:
        return ()
    if problem.kind == "NameError":
        return explained(exercise, problem, answers)
    if problem.kind == "timeout" and any(item.status == "ok" for item in answers):
        return (
            Mistake(
                name="too slow",
                diagnosis="Your code works on small cases, but takes too long on a long one.",
                hint="Work on whole arrays where you can, one row of neurons a step, and make arrays "
                "once before the loop instead of growing them in it.",
            ),
        )
    if problem.kind == "timeout":
        return (
            Mistake(
                name="never returns",
                diagnosis="Your code was stopped because it did not come to an end.",
                hint="Look at the condition of each while loop: does something in the loop make it "
                "false one day? A for loop over the steps always ends.",
            ),
        )
    if problem.kind == "NotImplementedError" and "not written yet" not in problem.message:
        return (
            Mistake(
                name="stub line left in",
                diagnosis="The line `raise NotImplementedError()` is still in your code, so Python "
                "stops there.",
                hint="Delete that line once your own code stands above it.",
            ),
        )
    return ()


def from_message(
    exercise: Exercise, problem: Problem | None, answers: Sequence[Answer] = ()
) -> tuple[Mistake, ...]:
    """Explain an exception that no usual mistake of the exercise accounts for."""
    if problem is not None and problem.kind == "signature":
        return (
            Mistake(
                name="other arguments",
                diagnosis="The first line (def ...) was changed: " + problem.message + ".",
                hint="Keep the names and the order of the arguments as they were given"
                + ("; in a class, self comes before them." if exercise.is_class else "."),
            ),
        )
    return explained(exercise, problem, answers)


def _words_of(exercise: Exercise) -> set[str]:
    """Return the names that an exercise uses: of arguments, outputs, and in their shapes."""
    words = [*exercise.parameters, *(output.name for output in exercise.outputs)]
    words += [
        one for output in exercise.outputs for one in re.findall(r"[A-Za-z]\w+", output.shape)
    ]
    return set(words)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
