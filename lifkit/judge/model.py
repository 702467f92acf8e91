"""What an exercise is: plain data, the same for the self-check and for the grader.

An `Exercise` says what a student writes and how close is close enough.  A `Case` is one set of
inputs.  A `Mistake` is a known wrong solver, reduced to its name and its words.  A `Key` joins them
with the outputs that a right solver, and each mistake, gives on the cases.  None of them holds code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Call", "Case", "Exercise", "Key", "Mistake", "Output", "Property", "Slip"]


@dataclass(frozen=True, kw_only=True)
class Output:
    """One thing that an exercise returns (or, for a class, leaves in an attribute).

    Two numbers agree when ``abs(got - expected) <= atol + rtol * abs(expected)``.

    Attributes
    ----------
    name : str
        Its name in the prompt, e.g. ``"V"``.
    kind : {"array", "ragged"}
        One rectangular array, or a list with one 1-D array a neuron.
    unit : str
        Unit of the numbers, ``""`` when they have none.
    atol, rtol : float
        Absolute (in `unit`) and relative tolerance.
    why : str
        Where the tolerance comes from.
    axes : tuple of str
        What the axes count, e.g. ``("step", "neuron")``; names the place where a gap is reported.
    shape : str
        The shape in words, as the prompt gives it, e.g. ``"(N_t + 1, n)"``.
    double : bool
        Whether single-precision numbers are refused.
    whole : bool
        Whether only whole numbers in a type of their own will do: they are used as indices.
    """

    name: str
    kind: str = "array"
    unit: str = ""
    atol: float = 0.0
    rtol: float = 0.0
    why: str = ""
    axes: tuple[str, ...] = ()
    shape: str = ""
    double: bool = True
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Property:
    """One line of a report: something that is true of every right answer.

    It holds when all `outputs` agree with the key on all cases of the `groups`.

    Attributes
    ----------
    name : str
        Short identifier.
    text : str
        The sentence that the report shows.
    outputs : tuple of str
        The outputs it looks at.
    groups : tuple of str
        The groups of cases it looks at; empty means all.
    weight : float
        Its share of the points when an answer is partly right.
    """

    name: str
    text: str
    outputs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: the arguments in the order of the signature, and for a class the method."""

    inputs: Mapping[str, Any]
    method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One set of inputs on which an answer is compared with the reference.

    Attributes
    ----------
    name : str
        Reads well after "case", e.g. ``"five neurons, three of them firing"``.
    group : str
        What the case is for; properties choose their cases by it.
    calls : tuple of Call
        For a function one call; for a class the methods called in turn on one fresh object.
    attributes : mapping
        For a class: attributes set on the object before the calls.
    reads : tuple of str
        Outputs that the case looks at; empty means all of the exercise's.
    dt : float or None
        Time step in ms, so that a row can be reported as a time.
    fingerprint : bool
        Whether the outputs of the mistakes are kept for this case.  Long traces are left out, so
        that keys stay small.
    """

    name: str
    group: str
    calls: tuple[Call, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    dt: float | None = None
    fingerprint: bool = True

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Everything that goes into the case, by name: attributes, then the last call's inputs."""
        last = self.calls[-1].inputs if self.calls else {}
        return {**self.attributes, **last}


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A usual mistake: its name, what it is in one line, and a hint that helps to mend it.

    A mistake that behaves differently depending on how it is written has several forms, counted
    from 0, with the same name and words.
    """

    name: str
    diagnosis: str
    hint: str
    form: int = 0

    @property
    def id(self) -> str:
        """Return the name, with the number of the form from the second on."""
        return f"{self.name} ({self.form + 1})" if self.form else self.name


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A place in a student's own program where an edit mends it (see `lifkit.judge.slip`).

    Attributes
    ----------
    line : int
        In the cell (or file) of the function or class called `function`.
    function : str
    source : str
        The line's text.
    kind : str
        One of `lifkit.judge.telling.KINDS`.
    spot : str
        What is to be looked at, as it stands there.
    edit : str
        What would stand there instead; empty where it is more than an expression.
    whole : bool
        Whether the answer is right then, after this edit and those of the other slips.
    """

    line: int
    function: str
    source: str
    kind: str
    spot: str = ""
    edit: str = ""
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One thing that a student writes.

    Attributes
    ----------
    name : str
        The name of the function or class.
    lab, number, title : str
        Where it stands: ``"lab2"``, ``"2.1"``, and a title of a few words.
    parameters : tuple of str
        Argument names in order (a function), or names of the attributes with defaults (a class).
    outputs : tuple of Output
        What it returns, in order; for a class, what it leaves in attributes.
    properties : tuple of Property
        The lines of the report, easiest first.
    hints : tuple of str
        Staged: the idea, then the equation or a picture, then a skeleton with gaps.  What follows a
        hint's first line is code.
    methods : tuple of str
        For a class: the methods that are called.
    builds_on : tuple of str
        Earlier exercises that this one may call.
    """

    name: str
    lab: str
    number: str
    title: str
    parameters: tuple[str, ...]
    outputs: tuple[Output, ...]
    properties: tuple[Property, ...]
    hints: tuple[str, ...]
    methods: tuple[str, ...] = ()
    builds_on: tuple[str, ...] = ()

    @property
    def is_class(self) -> bool:
        """Whether the student writes a class rather than a function."""
        return bool(self.methods)

    def output(self, name: str) -> Output:
        """Return the output called `name`."""
        return next(output for output in self.outputs if output.name == name)

    def reads(self, case: Case) -> tuple[str, ...]:
        """Return the names of the outputs that `case` looks at."""
        return case.reads or tuple(output.name for output in self.outputs)


@dataclass(frozen=True, kw_only=True)
class Key:
    """An exercise with its cases and what comes out of them.

    Attributes
    ----------
    exercise : Exercise
    cases : tuple of Case
    expected : tuple of dict
        Per case: output name to the right answer (an array, or a list of arrays).
    mistakes : tuple of Mistake
    fingerprints : dict
        Mistake id to one entry a case: None where the case keeps none, a dict of outputs as in
        `expected`, or ``{"$raised": [type, message]}`` when the mistake raises.
    edition : str
        Which edition of its lab the key belongs to (see `lifkit.open_lab`).
    pairs : mapping
        Digest of the answers of two mistakes at once to the places of the two in `mistakes`.
    pair_cases : tuple of str
        The names of the cases that the digests are made of.
    pairs_from : str
        A digest of the programs and answers that they were made from.
    place : int
        The exercise's place among those of its lab, counted from 1; 0 in older keys.
    probes : tuple of Case
        Small inputs of which only a digest of the right answer is kept: an edit that makes the public cases
        right by luck fails on them.
    probe_digests : tuple of int
        One a probe (see `pairs.digest`).
    solution : str
        The solved cell, in the self-study handout's keys alone.
    """

    exercise: Exercise
    cases: tuple[Case, ...]
    expected: tuple[Mapping[str, Any], ...]
    mistakes: tuple[Mistake, ...]
    fingerprints: Mapping[str, tuple[Any, ...]]
    edition: str = ""
    pairs: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    pair_cases: tuple[str, ...] = ()
    pairs_from: str = ""
    place: int = 0
    probes: tuple[Case, ...] = ()
    probe_digests: tuple[int, ...] = ()
    solution: str = ""

    @property
    def self_study(self) -> bool:
        """Whether the key is the self-study handout's, which may show solutions."""
        return bool(self.solution)
