"""What can be said about an answer without the fingerprints of usual mistakes.

That is: what a function does besides answering, what it depends on, and the exceptions that beginners
meet.  What is said where nothing else explains an answer is in `symptoms`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from .calling import Answer, Attempt, Problem, same_answer
from .model import Exercise, Mistake

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


def from_notebook(given: Attempt) -> tuple[Mistake, ...]:
    """Name the notebook's variables that a wrong answer depends on.

    A right answer may read a constant from its notebook; the cases vary every argument, so it can't
    have used one in an argument's place.
    """
    if not given.notebook_variables:
        return ()
    names = _listed(given.notebook_variables)
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
    """Explain the exceptions that beginners meet."""
    if problem is None:
        return ()
    if problem.kind == "NameError":
        name = problem.message.split("'")[1] if "'" in problem.message else ""
        guess = _nearest(name, [*_names(exercise), *exercise.builds_on])
        place = "self." if exercise.is_class and guess not in exercise.builds_on else ""
        meant = f" Did you mean {place}{guess}?" if guess else ""
        return (
            Mistake(
                name="undefined name",
                diagnosis=f"Nothing called {name} exists where your code uses it.{meant}",
                hint="A function knows its arguments and what it made itself; a method reaches the "
                "object's values through self, for instance self.V."
                if exercise.is_class
                else "A function knows its arguments and what it made itself. Use the names in its "
                "first line.",
            ),
        )
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


#: Beginnings of what Python and NumPy say when a plain number is used as an array.
_NUMBER_AS_ARRAY = (
    "'int' object has no attribute",
    "'float' object has no attribute",
    "'int' object is not subscriptable",
    "'float' object is not subscriptable",
    "object of type 'int' has no len()",
    "object of type 'float' has no len()",
    "len() of unsized object",
    "invalid index to scalar variable",
    "too many indices for array: array is 0-dimensional",
)


def from_message(exercise: Exercise, problem: Problem | None) -> tuple[Mistake, ...]:
    """Explain an exception that no usual mistake of the exercise accounts for."""
    message = problem.message if problem is not None else ""
    if problem is not None and problem.kind == "signature":
        return (
            Mistake(
                name="other arguments",
                diagnosis="The first line (def ...) was changed: " + message + ".",
                hint="Keep the names and the order of the arguments as they were given"
                + ("; in a class, self comes before them." if exercise.is_class else "."),
            ),
        )
    if message.startswith(_NUMBER_AS_ARRAY):
        return (
            Mistake(
                name="number used as an array",
                diagnosis="A plain number is used as if it were an array.",
                hint="A number has no shape, length or entries. np.array([x]) makes an array with "
                "one entry of it, np.full(n, x) one with n.",
            ),
        )
    if message.startswith(f"'{exercise.name}' object has no attribute"):
        name = message.split("'")[3]
        near = _nearest(name, [*_names(exercise), *exercise.methods])
        return (
            Mistake(
                name="undefined attribute",
                diagnosis=f"self.{name} is used, but nothing has stored it."
                + (f" Did you mean self.{near}?" if near else ""),
                hint="What an object knows from the start is stored in __init__: self.name = value.",
            ),
        )
    if "missing" in message and "argument" in message:
        return (
            Mistake(
                name="call lacks an argument",
                diagnosis=f"A call in this line lacks an argument that it needs: {message}.",
                hint="np.array() and np.zeros() want something to begin with. For a value that comes "
                "later, None does.",
            ),
        )
    return ()


def _nearest(name: str, names: Sequence[str]) -> str:
    """Return the name that was probably meant: I for I_ext, V_threshold for V_theta; or nothing."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.55)
    parts = [item for item in names if name.lower() in item.lower().split("_")]
    return next(iter([*near, *parts]), "")


def _names(exercise: Exercise) -> list[str]:
    return [*exercise.parameters, *(output.name for output in exercise.outputs)]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
