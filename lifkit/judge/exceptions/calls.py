"""Calls and brackets: a number called, a shape that is no tuple, a result that is a tuple or None."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping

from .line import Line, Rule, called, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None

_NUMBERS = ("int", "float", "bool")

#: math's functions that NumPy calls otherwise.
_NUMPYS = {
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "atan2": "arctan2",
    "pow": "power",
    "fabs": "abs",
}


def _number_called(line: Line, match: re.Match[str]) -> Words:
    """See ``tau(V - E_m)``."""
    node = line.spot
    if not isinstance(node, ast.Call) or line.of(node.func).kind not in _NUMBERS:
        return None
    name = text(node.func)
    if isinstance(node.func, ast.Name) and hasattr(builtins, name):
        return {
            "before": name,
            "what": "is a number of your own here, which hides Python's function",
            "mend": f"Call the number otherwise, my_{name} for instance, everywhere in this function.",
        }
    if not node.args:
        return {
            "before": text(node),
            "what": "calls a number as if it were a function",
            "mend": f"It is no function: {name}, without brackets.",
        }
    inside = ", ".join(map(text, node.args))
    return {
        "before": text(node),
        "what": "calls a number as if it were a function: an operator is missing before the bracket",
        "mend": f"A product needs its sign: {name} * ({inside})",
    }


def _array_called(line: Line, match: re.Match[str]) -> Words:
    node = line.spot
    if not isinstance(node, ast.Call) or line.of(node.func).kind not in ("list", "tuple"):
        if not isinstance(node, ast.Call) or line.shape(node.func) is None:
            return None
    if not node.args:
        return {
            "before": text(node),
            "name": text(node.func),
            "mend": f"It is no function: {text(node.func)}, without brackets.",
        }
    inside = ", ".join(map(text, node.args))
    whole = all(line.of(one).kind in ("int", "bool array") for one in node.args)
    sign = f"{text(node.func)}[{inside}]" if whole else f"{text(node.func)} * ({inside})"
    said = "Entries are taken by square brackets" if whole else "A product needs its sign"
    return {"before": text(node), "name": text(node.func), "mend": f"{said}: {sign}"}


def _function_indexed(line: Line, match: re.Match[str]) -> Words:
    node = line.spot
    if not isinstance(node, ast.Subscript) or line.of(node.value).kind not in ("function", "class"):
        return None
    inside = text(node.slice)
    inside = (
        f"({inside})" if isinstance(node.slice, ast.Tuple) and "(" not in inside[:1] else inside
    )
    return {"before": text(node), "after": f"{text(node.value)}({inside})"}


def _method_not_called(line: Line, match: re.Match[str]) -> Words:
    """See ``x.mean * 2``."""
    for node in line.find(ast.Attribute):
        calls = any(called(one) == text(node) for one in ast.walk(line.statement))
        if not calls and line.of(node).kind == "function":
            return {"before": text(node)}
    return None


def _function_in_a_loop(line: Line, match: re.Match[str]) -> Words:
    """See ``for intervals in isi``."""
    for loop in ast.walk(line.statement):
        if isinstance(loop, ast.For | ast.comprehension) and line.of(loop.iter).kind == "function":
            name = text(loop.iter)
            wanted = line.of(loop.iter).detail
            return {
                "before": f"for {text(loop.target)} in {name}",
                "name": name,
                "after": f"{name}({wanted})",
            }
    return None


def _shape_in_pieces(line: Line, match: re.Match[str]) -> Words:
    """See ``np.zeros(a, b)`` and ``np.array(1, 2)``."""
    node = line.spot
    name = called(node).rpartition(".")[2]
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return None
    inside = [text(one) for one in node.args]
    if name in ("zeros", "ones", "empty"):
        return {
            "before": text(node),
            "after": f"{called(node)}(({', '.join(inside)}))",
            "what": "shape",
        }
    if name == "full" and len(inside) > 2:
        shape, value = ", ".join(inside[:-1]), inside[-1]
        return {
            "before": text(node),
            "after": f"{called(node)}(({shape}), {value})",
            "what": "shape",
        }
    if name == "array":
        return {
            "before": text(node),
            "after": f"{called(node)}([{', '.join(inside)}])",
            "what": "list of numbers",
        }
    return None


def _one_number_function(line: Line, match: re.Match[str]) -> Words:
    """See ``math.exp`` (or a bare ``exp`` of math) of an array."""
    node = line.spot
    name = called(node)
    if not isinstance(node, ast.Call) or not node.args:
        return None
    module, _, function = name.rpartition(".")
    inside = ", ".join(map(text, node.args))
    if name == "int":
        return {"before": "int", "after": f"({inside}).astype(int)"}
    if name == "float":
        return {"before": "float", "after": f"({inside}).astype(float)"}
    if name == "round":
        return {"before": "round", "after": f"np.round({inside})"}
    if module == "math" and function in ("erf", "erfc"):
        return {
            "before": name,
            "after": f"scipy.special.{function}({inside}), after import scipy.special",
        }
    if module == "math":
        return {"before": name, "after": f"np.{_NUMPYS.get(function, function)}({inside})"}
    return None


def _pair(line: Line, match: re.Match[str]) -> Words:
    """See ``quad(...)``, ``np.nonzero(...)`` and others without [0]."""
    for node in ast.walk(line.statement):
        if isinstance(node, ast.Call):
            made, before = node, text(node)
            used = any(
                isinstance(one, ast.Subscript) and one.value is node
                for one in ast.walk(line.statement)
            )
        elif isinstance(node, ast.Name) and line.of(node).kind == "tuple":
            value = line.value_of(node)
            if not isinstance(value, ast.Call):
                continue
            made, before, used = value, text(value), False
        else:
            continue
        name = called(made).rpartition(".")[2]
        few = name != "where" or len(made.args) == 1
        if not used and few and name in _FIRST_OF:
            short = f"{called(made)}(...)"
            return {"before": short, "what": _FIRST_OF[name], "after": f"{before}[0]"}
    return None


_FIRST_OF = {
    "quad": "two numbers, the integral and an estimate of its error",
    "nonzero": "a tuple with one array an axis",
    "where": "a tuple with one array an axis",
    "histogram": "two arrays, the counts and the edges",
}


def _none(line: Line, match: re.Match[str]) -> Words:
    """See None that came from append or sort, or from a function without a return line."""
    for node in ast.walk(line.statement):
        value = line.value_of(node) if line.of(node).kind == "None" else None
        if isinstance(line.statement, ast.Assign) and line.of(node).kind == "None":
            own = line.statement.value
            if isinstance(own, ast.Call) and isinstance(own.func, ast.Attribute):
                value = own if text(own.func.value) == text(node) else value
        if not isinstance(value, ast.Call):
            continue
        if isinstance(value.func, ast.Attribute) and value.func.attr in _IN_PLACE:
            holder = text(value.func.value)
            return {
                "name": text(node),
                "what": f"{value.func.attr} changes {holder} itself and returns None",
                "mend": f"Write {text(value)} alone on its line, without a name and = before it, and use "
                f"{holder} afterwards.",
            }
        if isinstance(value.func, ast.Name) and line.of(node).kind == "None":
            return {
                "name": text(node),
                "what": f"{value.func.id} returned nothing",
                "mend": f"{value.func.id} needs a return line that is reached whatever the inputs are; a "
                "return inside an if or a loop may not be.",
            }
    return None


_IN_PLACE = ("append", "extend", "insert", "sort", "reverse", "fill", "shuffle")


def _self_missing(line: Line, match: re.Match[str]) -> Words:
    """See a method whose first line lacks self."""
    node = line.spot
    found = line.of(node.func) if isinstance(node, ast.Call) else None
    if found is None or not found.text.startswith("self.") or found.detail.startswith("self"):
        return None
    name = found.text.removeprefix("self.")
    inside = f"self, {found.detail}" if found.detail else "self"
    return {"name": name, "after": f"def {name}({inside}):"}


def _other_number_of_arguments(line: Line, match: re.Match[str]) -> Words:
    """See a call of one's own function with too few or too many arguments."""
    node = line.spot
    if not isinstance(node, ast.Call) or line.of(node.func).kind != "function":
        return None
    wanted = line.of(node.func).detail
    if not wanted or not isinstance(node.func, ast.Name):
        return None
    return {"before": text(node), "wanted": f"{called(node)}({wanted})"}


def _lacks_an_argument(line: Line, match: re.Match[str]) -> Words:
    return {"message": line.problem.message}


_NOT_CALLABLE = r"TypeError: '.*' object is not callable"
_SEQUENCE = (
    r"(TypeError: (can't multiply sequence|unsupported operand.*'tuple'|.*'tuple' and|can only "
    r"concatenate tuple|'<?[<>]=?' not supported.*'tuple')|AttributeError: 'tuple'|ValueError: operands "
    r"could not|ValueError: setting an array|TypeError: tuple indices|TypeError: bad operand.*'tuple')"
)

RULES = (
    Rule(
        name="number called as a function",
        says=_NOT_CALLABLE,
        look=_number_called,
        what="`{before}` {what}.",
        mend="{mend}",
    ),
    Rule(
        name="round brackets behind an array",
        says=_NOT_CALLABLE,
        look=_array_called,
        what="`{before}` calls {name} as if it were a function.",
        mend="{mend}",
    ),
    Rule(
        name="square brackets for a call",
        says=r"TypeError: '(type|function|method|builtin_function_or_method|ufunc|numpy\.ufunc|.*)' object "
        "is not subscriptable",
        look=_function_indexed,
        what="`{before}` has square brackets; a function is called with round ones.",
        mend="Write {after}",
    ),
    Rule(
        name="method not called",
        says=r"TypeError: .*('builtin_function_or_method'|'method'|'function')",
        look=_method_not_called,
        what="`{before}` is the function itself, not what it gives.",
        mend="Brackets call it: {before}()",
    ),
    Rule(
        name="method not called",
        says=r"TypeError: '(function|builtin_function_or_method|method)' object is not iterable",
        look=_function_in_a_loop,
        what="`{before}` goes through the function {name} itself, not through what it gives.",
        mend="Brackets call it: {after}",
    ),
    Rule(
        name="shape in pieces",
        says=r"TypeError: (Cannot interpret '|data type|\w+\(\) takes from|full\(\)|array\(\) takes)",
        look=_shape_in_pieces,
        what="`{before}` hands over several arguments; the {what} has to be one.",
        mend="It goes in brackets of its own: {after}",
    ),
    Rule(
        name="function for one number",
        says=r"TypeError: (only (0-dimensional|length-1|size-1) arrays|type numpy.ndarray doesn't define "
        "__round__)",
        look=_one_number_function,
        what="`{before}` takes one number; here it gets a whole array.",
        mend="This works on all entries at once: {after}",
    ),
    Rule(
        name="several results taken for one",
        says=_SEQUENCE,
        look=_pair,
        what="`{before}` gives {what}.",
        mend="The first of them is wanted: {after}",
    ),
    Rule(
        name="None used as a value",
        says=r"(TypeError|AttributeError): .*NoneType",
        look=_none,
        what="`{name}` is None here: {what}.",
        mend="{mend}",
    ),
    Rule(
        name="self missing",
        says=r"TypeError: .*takes \d+ positional arguments? but \d+ (was|were) given",
        look=_self_missing,
        what="A method gets the object itself first, and {name} has no place for it.",
        mend="Put self in front: {after}",
    ),
    Rule(
        name="other number of arguments",
        says=r"TypeError: .*(takes \d+ positional arguments? but|missing \d+ required positional)",
        look=_other_number_of_arguments,
        what="`{before}` does not hand over what the function asks for.",
        mend="Its first line says what it wants, in this order: {wanted}",
    ),
    Rule(
        name="call lacks an argument",
        says=r"TypeError: .*missing.*argument",
        look=_lacks_an_argument,
        what="A call in this line lacks an argument that it needs: {message}.",
        mend="np.array() and np.zeros() want something to begin with. For a value that comes later, None "
        "does.",
    ),
)
