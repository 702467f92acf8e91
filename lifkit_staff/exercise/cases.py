"""Cases of an exercise: one drawing function for the public ones and the secret ones.

A function under `holds` is a property of the report: its docstring is the sentence, its name the group
of its cases, and what it returns the cases themselves.  `also` files another group under the same
property; `line` is a property that looks at cases of others.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lifkit.judge import Call, Case, Property

__all__ = ["Line", "ReadableGenerator", "also", "case", "holds", "line", "lines_in", "properties"]

#: Tries to draw a case that can be certified.  The strictest certificates refuse about one try in a
#: hundred, so a draw that fails this often asks for what hardly exists.
TRIES = 1000

Maker = Callable[..., Any]


@dataclass(eq=False)
class Line:
    """One line of a report, with the functions that draw its cases.

    Attributes
    ----------
    name : str
        The property's name.
    text : str
        Its sentence.
    outputs : tuple of str
        What it looks at; empty means all outputs.
    weight : float
    makers : dict of group to (function, fixed)
        Where its cases come from.
    groups : tuple of str
        The groups that it looks at.
    """

    name: str
    text: str
    outputs: tuple[str, ...]
    weight: float
    makers: dict[str, tuple[Maker, bool]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


def holds(
    *, weight: float = 1, of: str | Sequence[str] = (), fixed: bool = False
) -> Callable[[Maker], Line]:
    """Make a property of a function that draws its cases.

    Parameters
    ----------
    weight : float
        Its share of the points when an answer is partly right.
    of : str or sequence of str
        The outputs that it looks at; all unless given.
    fixed : bool
        Whether the function makes its cases by hand, the same in public and in secret: for exact ties
        and for the objects of the text.  It is then called without `rng`.

    Notes
    -----
    The function takes `rng` and, if it likes, `solve` (the solution).  It returns the inputs of one
    call as a dict, or what `case` makes of them, or a list of such.
    """

    def made(function: Maker) -> Line:
        name = function.__name__.replace("_", " ")
        sentence = " ".join((function.__doc__ or "").split())
        if not sentence.endswith("..."):
            sentence = sentence.removesuffix(".")
        if not sentence:
            raise ValueError(f"{function.__name__} needs a docstring: the property's sentence.")
        makers = {name: (function, fixed)}
        return Line(name, sentence, _names(of), weight, makers, (name,))

    return made


def also(first: Line, *, fixed: bool = False) -> Callable[[Maker], Line]:
    """File another group of cases, called as the function is, under the property `first`."""

    def made(function: Maker) -> Line:
        name = function.__name__.replace("_", " ")
        first.makers[name] = (function, fixed)
        first.groups = (*first.groups, name)
        return first

    return made


def line(
    name: str, text: str, *, on: Sequence[Line], of: str | Sequence[str] = (), weight: float = 1
) -> Line:
    """Return a property that looks at other outputs of the cases of other properties."""
    groups = tuple(group for one in on for group in one.groups)
    return Line(name, text, _names(of), weight, {}, groups)


def case(
    title: str,
    *calls: tuple[str, Mapping[str, Any]],
    attributes: Mapping[str, Any] | None = None,
    reads: Sequence[str] = (),
    fingerprint: bool = True,
    **inputs: Any,
) -> Case:
    """Return a case with a title that reads well after the word "case".

    Parameters
    ----------
    title : str
    *calls : (method, inputs)
        For a class: the methods called in turn.
    attributes : mapping, optional
        For a class: what is set before.
    reads : sequence of str
        Outputs that the case looks at; all unless given.
    fingerprint : bool
        Whether the outputs of the mistakes are kept; False for long traces.
    **inputs
        For a function: its arguments.
    """
    made = [Call(method=method, inputs=_python(given)) for method, given in calls]
    if attributes is None:
        made = [Call(inputs=_python(inputs))]
    return Case(
        name=title,
        group="",
        calls=tuple(made),
        attributes=_python(attributes or {}),
        reads=tuple(reads),
        dt=made[-1].inputs.get("dt") if made else None,
        fingerprint=fingerprint,
    )


def _python(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Turn NumPy's single numbers into Python's, which is what students meet."""
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in inputs.items()
    }


def _names(of: str | Sequence[str]) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of)


def lines_in(namespace: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the properties that a module defines, in its order."""
    return tuple(dict.fromkeys(value for value in namespace.values() if isinstance(value, Line)))


def properties(lines: Sequence[Line], outputs: Sequence[str]) -> tuple[Property, ...]:
    """Return the lines as data of the exercise."""
    return tuple(
        Property(
            name=one.name,
            text=one.text,
            outputs=one.outputs or tuple(outputs),
            groups=one.groups,
            weight=one.weight,
        )
        for one in lines
    )


# Drawing -----------------------------------------------------------------------------------------


class ReadableGenerator(np.random.Generator):
    """Random numbers with few digits, a hundred or more in their range, for cases that people look at.

    Examples
    --------
    >>> ReadableGenerator(np.random.PCG64(1)).uniform(180, 420)
    302.8
    """

    @classmethod
    def of(cls, *words: str) -> ReadableGenerator:
        """Return the generator that belongs to some words, the same on every machine."""
        digest = hashlib.sha256("\n".join(words).encode()).digest()
        return cls(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:  # noqa: D102
        drawn = super().uniform(low, high, size)
        return _rounded(drawn, float(np.max(np.subtract(high, low))))

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:  # noqa: D102
        return _rounded(super().normal(loc, scale, size), float(np.max(scale)))

    def standard_normal(self, size: Any = None, *rest: Any, **options: Any) -> Any:  # noqa: D102
        return _rounded(super().standard_normal(size, *rest, **options), 1.0)

    def exponential(self, scale: Any = 1.0, size: Any = None) -> Any:  # noqa: D102
        return _rounded(super().exponential(scale, size), float(np.max(scale)))

    def gamma(self, shape: Any, scale: Any = 1.0, size: Any = None) -> Any:  # noqa: D102
        return _rounded(super().gamma(shape, scale, size), float(np.max(np.multiply(shape, scale))))


def _rounded(value: Any, size: float) -> Any:
    """Round to a hundredth of the power of ten in `size`, and to a tenth at least."""
    digits = max(1, 2 - int(np.floor(np.log10(size)))) if size > 0 else 12
    rounded = np.round(value, digits)
    return float(rounded) if np.ndim(rounded) == 0 else rounded


def public(
    name: str, lines: Iterable[Line], order: Sequence[str], solve: Any, certify: Any
) -> list[Case]:
    """Draw the public cases: each group from its own readable numbers."""
    cases = []
    for one in lines:
        for group, maker in one.makers.items():
            rng = ReadableGenerator.of(name, group)
            cases += _drawn(name, group, maker, rng, order, solve, certify)
    return _told_apart(cases)


def secret(
    name: str,
    rng: np.random.Generator,
    lines: Iterable[Line],
    order: Sequence[str],
    solve: Any,
    certify: Any,
) -> list[Case]:
    """Draw secret cases of the same groups; those made by hand stay as they are."""
    cases = []
    for one in lines:
        for group, maker in one.makers.items():
            cases += _drawn(name, group, maker, rng, order, solve, certify)
    return _told_apart([replace(case, name=f"secret: {case.name}") for case in cases])


def _drawn(
    name: str,
    group: str,
    maker: tuple[Maker, bool],
    rng: np.random.Generator,
    order: Sequence[str],
    solve: Any,
    certify: Callable[[Case], None],
) -> list[Case]:
    """Draw one group's cases, or take those that were made by hand."""
    function, fixed = maker
    if fixed:
        return _made_by_hand(name, group, function, tuple(order), solve, certify)
    given = {"rng": rng, "solve": solve}
    return _certified(name, group, function, given, order, certify, TRIES)


@functools.lru_cache(maxsize=1000)  # certified once, and not for every student
def _made_by_hand(
    name: str,
    group: str,
    function: Maker,
    order: Sequence[str],
    solve: Any,
    certify: Callable[[Case], None],
) -> list[Case]:
    return _certified(name, group, function, {"solve": solve}, order, certify, 1)


def _certified(
    name: str,
    group: str,
    function: Maker,
    given: Mapping[str, Any],
    order: Sequence[str],
    certify: Callable[[Case], None],
    tries: int,
) -> list[Case]:
    """Draw one group's cases again until all of them are certified."""
    takes = inspect.signature(function).parameters
    said = ""
    for _ in range(tries):
        made = function(**{label: value for label, value in given.items() if label in takes})
        cases = [
            _filed(name, item, group, order)
            for item in (made if isinstance(made, list) else [made])
        ]
        try:
            for case in cases:
                certify(case)
        except ValueError as error:
            said = str(error)
            continue
        return cases
    raise ValueError(
        f"{name}: the cases of the property {function.__name__} can't be certified: "
        f"{said.removesuffix('.')}."
    )


def _filed(name: str, item: Any, group: str, order: Sequence[str]) -> Case:
    """Give a case its group, and a function's inputs the order of its arguments."""
    made = item if isinstance(item, Case) else case(group, **item)
    if made.calls and made.calls[0].method is None:
        inputs = made.calls[0].inputs
        if set(inputs) != set(order):
            missing = ", ".join(label for label in order if label not in inputs)
            many = ", ".join(label for label in inputs if label not in order)
            said = [f"{missing} missing"] * bool(missing) + [f"{many} too many"] * bool(many)
            raise ValueError(f"{name}, case {made.name!r}: {'; '.join(said)}.")
        made = replace(made, calls=(Call(inputs={label: inputs[label] for label in order}),))
    return replace(made, group=group)


def _told_apart(cases: Sequence[Case]) -> list[Case]:
    """Give the titles that come more than once a number."""
    seen: dict[str, int] = {}
    named = []
    for one in cases:
        seen[one.name] = seen.get(one.name, 0) + 1
        number = f" ({seen[one.name]})" if seen[one.name] > 1 else ""
        named.append(replace(one, name=one.name + number))
    return named
