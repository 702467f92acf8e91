"""Single edits of a call: another function, other arguments, another range or shape."""

from __future__ import annotations

import ast

from .nodes import Made, call, load, name_of, numpy, plus_or_minus_one, renamed
from .trees import Scope

__all__ = ["call_edits", "takes_size"]

#: Functions and methods that are taken for one another.
SIBLINGS = (
    ("log", "log10", "log2", "log1p"),
    ("exp", "expm1", "exp2"),
    ("sin", "cos", "tan"),
    ("arctan", "arcsin", "tan", "tanh", "arctan2"),
    ("sqrt", "square", "abs"),
    ("std", "var"),
    ("mean", "sum", "median"),
    ("max", "min", "maximum", "minimum"),
    ("floor", "ceil", "round", "rint", "int"),
    ("zeros", "ones", "full", "empty"),
    ("zeros_like", "ones_like"),
    ("append", "extend"),
    ("nonzero", "argwhere", "flatnonzero"),
    ("erf", "erfc", "erfcx"),
    ("vstack", "hstack", "column_stack", "concatenate"),
    ("cumsum", "diff"),
    ("any", "all"),
)


#: What is told how large something is to be: there a wrong number may take all memory.
_TAKE_SIZE = ("zeros", "ones", "empty", "full", "range", "arange", "linspace", "repeat", "tile")


def takes_size(owner: ast.AST) -> bool:
    """Whether a node is a call that is told how large something is to be."""
    return isinstance(owner, ast.Call) and name_of(owner.func) in _TAKE_SIZE


def call_edits(node: ast.Call, scope: Scope) -> Made:
    """Yield (kind, new) for the edits of a call."""
    name = name_of(node.func)
    for other in dict.fromkeys(other for family in SIBLINGS if name in family for other in family):
        if other != name:
            yield "sibling", ast.Call(renamed(node.func, other), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and name_of(node.func.value) == "math":
        yield "sibling", ast.Call(numpy(name), node.args, node.keywords)
    if isinstance(node.func, ast.Name) and name in _NUMPY:
        yield "sibling", ast.Call(numpy(_NUMPY[name]), node.args, node.keywords)
    if name in ("int", "floor", "trunc"):
        yield "sibling", call("round", *node.args)
        yield "sibling", call("int", call("round", *node.args))
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield "too much", node.args[0]
    if isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.args
    ):
        yield "too much", node.func.value
    yield from _other_arguments(node, name)
    if name in _NEW_ARRAYS:
        yield from _shapes(node, scope)
    if name in ("range", "arange"):
        yield from _ranges(node)


#: NumPy's name for a function of Python's own that does not work on arrays as wholes.
_NUMPY = dict(max="maximum", min="minimum", abs="abs", sum="sum", round="round", len="size")

_NEW_ARRAYS = ("zeros", "ones", "empty", "full")

#: Functions that take an argument which is often forgotten, with its values, and what is asked about it.
_KEYWORDS = (
    (
        "axis",
        "axis",
        (0, 1),
        "mean sum std var max min median diff cumsum argmax any all concatenate",
    ),
    ("degrees of freedom", "ddof", (1,), "std var"),
    ("number", "side", ("right",), "searchsorted"),
    ("whole numbers", "dtype", ("float",), "zeros_like full_like ones_like full array"),
)


def _other_arguments(node: ast.Call, name: str) -> Made:
    args = node.args
    for k in range(len(args)):
        for j in range(k + 1, len(args)):
            swapped = [*args]
            swapped[k], swapped[j] = swapped[j], swapped[k]
            yield "order", ast.Call(node.func, swapped, node.keywords)
    for k in range(len(node.keywords)):
        rest = node.keywords[:k] + node.keywords[k + 1 :]
        yield "too much", ast.Call(node.func, args, rest)
    given = [one.arg for one in node.keywords]
    for kind, keyword, values, names in _KEYWORDS:
        for value in values if name in names.split() and keyword not in given else ():
            more = [*node.keywords, ast.keyword(keyword, ast.Constant(value))]
            yield kind, ast.Call(node.func, args, more)
    if len(args) > 1:
        for k in range(len(args)):
            yield "too much", ast.Call(node.func, args[:k] + args[k + 1 :], node.keywords)


def _shapes(node: ast.Call, scope: Scope) -> Made:
    """Yield another shape for a new array: longer or shorter, a pair for two numbers, one axis more."""
    if not node.args:
        return
    shape, rest = node.args[0], node.args[1:]

    def made(*axes: ast.expr) -> tuple[str, ast.Call]:
        pair = axes[0] if len(axes) == 1 else ast.Tuple(list(axes), ast.Load())
        return "shape", ast.Call(node.func, [pair, *rest], node.keywords)

    if rest:
        pair = ast.Tuple(node.args[:2], ast.Load())
        yield "shape", ast.Call(node.func, [pair, *rest[1:]], node.keywords)
    if isinstance(shape, ast.Tuple):
        if len(shape.elts) == 2:
            first, second = shape.elts
            for other in plus_or_minus_one(first):
                yield made(other, second)
            for other in plus_or_minus_one(second):
                yield made(first, other)
        return
    for other in plus_or_minus_one(shape):
        yield made(other)
    for name in scope.names:
        for axis in (load(name), call("len", load(name))):
            yield made(shape, axis)
            yield made(axis, shape)


def _ranges(node: ast.Call) -> Made:
    args = node.args
    for k, argument in enumerate(args):
        for other in plus_or_minus_one(argument):
            yield "range", ast.Call(node.func, [*args[:k], other, *args[k + 1 :]], [])
    if len(args) == 1:
        yield "range", ast.Call(node.func, [ast.Constant(1), *args], [])
        yield "range", ast.Call(node.func, [ast.Constant(1), plus_or_minus_one(args[0])[0]], [])
    elif len(args) == 2:
        yield "range", ast.Call(node.func, args[1:], [])
