"""The everyday exceptions of Python and NumPy: each is named, and its mend works when obeyed.

A row is a function with a mistake, the mistake's name, and the mend as a student carries it out: this
instead of that.  What is written instead has to stand in the report.
"""

import dataclasses
import linecache
import textwrap

import numpy as np
import pytest

from lifkit.judge import (
    Attempt,
    Call,
    Case,
    Exercise,
    Output,
    Problem,
    attempt,
    load_key,
    report_on,
)
from lifkit.judge.exceptions import RULES, believable, explained
from lifkit.judge.explain import from_notebook
from lifkit.judge.model import Mistake

INPUTS = {
    "N_t": 4,
    "dt": 0.5,
    "V_init": np.array([-70.0, -60.0, -65.0]),
    "I_ext": np.arange(12.0).reshape(4, 3),
    "t": np.array([0.0, 0.5, 1.0, 1.5, 2.0]),
    "tau": np.array([10.0, 20.0, 5.0]),
    "trains": [np.array([1.0, 3.0]), np.array([]), np.array([2.0])],
    "E_m": -70.0,
}
EXERCISE = Exercise(
    name="solve",
    lab="lab0",
    number="0.1",
    title="anything",
    parameters=tuple(INPUTS),
    outputs=(Output(name="V", axes=("step", "neuron"), shape="(N_t + 1, n)"),),
    properties=(),
    hints=(),
    builds_on=("isi",),
)
CASES = (Case(name="one", group="one", calls=(Call(inputs=INPUTS),)),)

NEURON = Exercise(
    name="Neuron",
    lab="lab0",
    number="0.2",
    title="a class",
    parameters=("tau", "E_m"),
    outputs=(Output(name="V"),),
    properties=(),
    hints=(),
    methods=("run",),
)
RUN = (Case(name="run", group="run", calls=(Call(inputs={"dt": 0.5}, method="run"),)),)


def tried(source, exercise=EXERCISE, cases=CASES, **notebook):
    """Call what `source` defines, and return the attempt."""
    cell = "<ipython-input-7>"
    linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
    namespace = {"np": np, "__name__": "__main__", **notebook}
    exec(compile(source, cell, "exec"), namespace)
    return attempt(exercise, namespace[exercise.name], cases)


def function(body):
    head = f"def solve({', '.join(INPUTS)}):\n"
    return head + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"


def said(given, exercise=EXERCISE):
    problem = given.answers[0].problem
    assert problem is not None
    return explained(exercise, problem, given.answers)


START = "V = np.zeros((N_t + 1, len(V_init)))\nV[0] = V_init\n"
STEP = START + "for k in range(N_t):\n    "

#: The name, the body, what is written there, what the report says to write instead; and that again where
#: it is woven into the line by the student.
ROWS = [
    # names
    ("undefined name", "return V_int", "V_int", "V_init"),
    ("undefined name", "V_inf = 1\nreturn V_infty", "V_infty", "V_inf"),
    ("undefined name", "return e ** (-dt / tau)", "e ** (-dt / tau)", "np.exp(-dt / tau)"),
    ("undefined name", "return e * dt", "e *", "np.e.", "np.e *"),
    ("undefined name", "return sqrt(tau)", "sqrt", "np.sqrt"),
    ("undefined name", "return ln(tau)", "ln", "np.log"),
    ("undefined name", "done = true\nreturn done", "true", "True"),
    ("missing import", "return math.sqrt(dt)", "def", "write import math", "import math\ndef"),
    (
        "own name before it has a value",
        "def inner(x):\n    tau = tau * 2\n    return tau * x\nreturn inner(1.0)",
        "tau = tau * 2\n        return tau",
        "tau_2 = tau * 2",
        "tau_2 = tau * 2\n        return tau_2",
    ),
    ("name without a value yet", "n += 1\nreturn n", "n += 1", "n = 0", "n = 0; n += 1"),
    (
        "name without a value yet",
        "if dt > 9:\n    n = 1\nreturn n",
        "if dt",
        "above the loop or the if: n = 0",
        "n = 0\n    if dt",
    ),
    ("not in this module", "return np.Exp(tau)", "np.Exp", "np.exp"),
    ("not in this module", "return np.arctg(tau)", "np.arctg", "np.arctan"),
    ("not in this module", "return np.int(dt)", "np.int", "int"),
    ("list used as an array", "x = [1.0, 2.0]\nreturn x.std()", "x.std", "np.array(x).std"),
    (
        "list used as an array",
        "return [trains.sum()]",
        "[trains.sum()]",
        "for x in trains: x.sum",
        "[x.sum() for x in trains]",
    ),
    ("array used as a list", "x = np.array([])\nx.append(dt)\nreturn x", "np.array([])", "[]"),
    ("array used as a list", "return tau.length", "tau.length", "len(tau)"),
    # conditions
    (
        "one question about a whole array",
        "return t[t >= 0.5 and t < 2]",
        "t >= 0.5 and t < 2",
        "(t >= 0.5) & (t < 2)",
    ),
    (
        "one question about a whole array",
        "return t[0.5 <= t < 2]",
        "0.5 <= t < 2",
        "(0.5 <= t) & (t < 2)",
    ),
    (
        "one question about a whole array",
        "held = t > 1\nfired = t > 0 and not held\nreturn fired",
        "t > 0 and not held",
        "(t > 0) & ~held",
    ),
    (
        "if of a whole array",
        "V = tau * 1\nif V > 8:\n    V[:] = E_m\nreturn V",
        "if V > 8:\n        V[:]",
        "V[:][mask] = E_m",
        "mask = V > 8\n    if True:\n        V[:][mask]",
    ),
    (
        "if of a whole array",
        "if tau > 8:\n    x = 1\nelse:\n    x = 2\nreturn x",
        "if tau > 8:\n        x = 1\n    else:\n        x = 2",
        "np.where(mask, a, b)",
        "x = np.where(tau > 8, 1, 2)",
    ),
    (
        "one of two for a whole array",
        "return 1 if tau > 8 else 2",
        "1 if tau > 8 else 2",
        "np.where(tau > 8, 1, 2)",
    ),
    ("one of two for a whole array", "return max(tau, 8)", "max(tau, 8)", "np.maximum(tau, 8)"),
    (
        "& without brackets",
        "return t[t >= 0.5 & t < 2]",
        "t >= 0.5 & t < 2",
        "(t >= 0.5) & (t < 2)",
    ),
    (
        "numbers used as a mask",
        "on = np.ones(5)\nreturn (t > 0) & on",
        "& on",
        "(on > 0)",
        "& (on > 0)",
    ),
    ("minus for not", "fired = t > 1\nreturn t[-fired]", "-fired", "~fired"),
    # calls
    ("number called as a function", "return 2(dt + 1)", "2(dt + 1)", "2 * (dt + 1)"),
    ("number called as a function", "return dt(tau - E_m)", "dt(tau - E_m)", "dt * (tau - E_m)"),
    ("number called as a function", "sum = 0\nreturn sum(tau)", "sum = 0", "my_sum", "my_sum = 0"),
    ("round brackets behind an array", "k = 1\nreturn tau(k)", "tau(k)", "tau[k]"),
    ("round brackets behind an array", "return tau(dt + 1)", "tau(dt + 1)", "tau * (dt + 1)"),
    ("square brackets for a call", "return np.zeros[3]", "np.zeros[3]", "np.zeros(3)"),
    ("square brackets for a call", "return np.exp[tau]", "np.exp[tau]", "np.exp(tau)"),
    ("method not called", "return tau.mean * 2", "tau.mean", "tau.mean()"),
    (
        "shape in pieces",
        "return np.zeros(N_t + 1, len(tau))",
        "(N_t + 1, len(tau))",
        "((N_t + 1, len(tau)))",
    ),
    (
        "shape in pieces",
        "return np.full(N_t, len(tau), 0.0)",
        "(N_t, len(tau), 0.0)",
        "((N_t, len(tau)), 0.0)",
    ),
    ("shape in pieces", "return np.array(1, 2)", "np.array(1, 2)", "np.array([1, 2])"),
    ("shape in pieces", "return np.array(1.0, 2.0, 3.0)", "(1.0, 2.0, 3.0)", "([1.0, 2.0, 3.0])"),
    ("function for one number", "import math\nreturn math.exp(-dt / tau)", "math.exp(", "np.exp("),
    ("function for one number", "import math\nreturn math.atan(tau)", "math.atan(", "np.arctan("),
    ("function for one number", "return int(t / dt)", "int(t / dt)", "(t / dt).astype(int)"),
    ("function for one number", "return round(t)", "round(t)", "np.round(t)"),
    (
        "no zero between the ends",
        "from scipy.optimize import brentq\ndef f(x):\n    return x\nreturn brentq(f, dt, 2)",
        "return x",
        "less what is to be reached",
        "return x - 1",
    ),
    (
        "array where one number is asked for",
        "from scipy.optimize import brentq\nreturn brentq(lambda x: x - tau, 0, 99)",
        "x - tau",
        "np.vectorize",
        "x - tau[0]",
    ),
    (
        "array where one number is asked for",
        "from scipy.integrate import quad\nreturn quad(lambda x: x * tau, 0, dt)[0]",
        "x * tau",
        "np.vectorize",
        "x * tau[0]",
    ),
    (
        "value for a function",
        "from scipy.integrate import quad\nreturn quad(np.exp(-u), 0, dt)[0]",
        "np.exp(-u)",
        "lambda u: np.exp(-u)",
    ),
    (
        "value for a function",
        "from scipy.integrate import quad\nreturn quad(np.exp(-dt), 0, dt)[0]",
        "np.exp(-dt)",
        "lambda u: ...",
        "lambda u: np.exp(-u)",
    ),
    (
        "array in one place",
        STEP + "for i in range(3):\n        V[k + 1, i] = V[k, i] - dt / tau * V_init[i]\nreturn V",
        "tau *",
        "tau[i]",
        "tau[i] *",
    ),
    (
        "array in one place",
        STEP + "V[k + 1, 0] = I_ext[k]\nreturn V",
        "I_ext[k]",
        "an index takes one entry",
        "I_ext[k][0]",
    ),
    (
        "no lists in the list",
        "n = 3\nx = [] * n\nfor i in range(n):\n    x[i].append(dt)\nreturn x",
        "[] * n",
        "[[] for _ in range(n)]",
    ),
    (
        "divided by one term alone",
        "t_ref = 0.0\nreturn 1000 / t_ref + dt",
        "1000 / t_ref + dt",
        "1000 / (t_ref + dt)",
    ),
    (
        "list in a formula",
        "V = [V_init]\nfor k in range(N_t):\n    V.append(-V)\nreturn V",
        "-V)",
        "V[-1]",
        "-V[-1])",
    ),
    (
        "mask for the rows",
        STEP
        + "fired = V[k + 1] >= E_m\n    x = np.zeros((N_t + 1, 3))\n    x[fired] = 1\nreturn V",
        "x[fired]",
        "x[k + 1, fired]",
    ),
    (
        "one row too few",
        "V = np.zeros(I_ext.shape)\nfor k in range(len(I_ext)):\n    V[k + 1] = V[k]\nreturn V",
        "np.zeros(I_ext.shape)",
        "np.zeros((len(I_ext) + 1, I_ext.shape[1]))",
    ),
    (
        "several results taken for one",
        "from scipy.integrate import quad\nx = quad(np.exp, 0, dt)\nreturn 2.0 * x",
        "quad(np.exp, 0, dt)",
        "quad(np.exp, 0, dt)[0]",
    ),
    (
        "several results taken for one",
        "return np.nonzero(t > 1) / dt",
        "np.nonzero(t > 1)",
        "np.nonzero(t > 1)[0]",
    ),
    (
        "None used as a value",
        "x = []\nfor y in tau:\n    x = x.append(y)\nreturn x",
        "x = x.append(y)",
        "x.append(y)",
    ),
    (
        "None used as a value",
        "x = list(tau)\ny = x.sort()\nreturn y[0]",
        "y = x.sort()\n    return y",
        "x.sort() alone",
        "x.sort()\n    return x",
    ),
    (
        "None used as a value",
        "def f(x):\n    x + 1\ny = f(dt)\nreturn y * 2",
        "x + 1",
        "return line",
        "return x + 1",
    ),
    (
        "other number of arguments",
        "def f(x, y):\n    return x + y\nreturn f(dt)",
        "f(dt)",
        "f(x, y)",
        "f(dt, dt)",
    ),
    ("call lacks an argument", "V = np.array()\nV = tau\nreturn V", "np.array()", "None"),
    # indices
    (
        "empty array",
        "return [x[0] for x in trains]",
        "[x[0] for x in trains]",
        "if len(x) > 0",
        "[x[0] for x in trains if len(x) > 0]",
    ),
    ("axes in another order", STEP + "V[0, k + 1] = 0\nreturn V", "V[0, k + 1]", "V[k + 1, 0]"),
    (
        "index of the step in what has one entry a neuron",
        STEP + "V[k + 1] = V[k] + dt / tau[k] * (E_m - V[k])\nreturn V",
        "tau[k]",
        "tau",
    ),
    (
        "row one too late",
        START + "for k in range(1, N_t + 1):\n    V[k] = V[k - 1] + I_ext[k]\nreturn V",
        "I_ext[k]",
        "I_ext[k - 1]",
    ),
    (
        "row one too late",
        STEP + "V[k + 1] = V[k] + I_ext[k + 1]\nreturn V",
        "I_ext[k + 1]",
        "I_ext[k]",
    ),
    (
        "one row too few",
        "V = np.zeros((N_t, 3))\nfor k in range(N_t):\n    V[k + 1] = V[k]\nreturn V",
        "np.zeros((N_t, 3))",
        "np.zeros((N_t + 1, 3))",
    ),
    (
        "one row too few",
        "V = np.zeros_like(I_ext)\nfor k in range(len(I_ext)):\n    V[k + 1] = V[k]\nreturn V",
        "np.zeros_like(I_ext)",
        "np.zeros((len(I_ext) + 1, I_ext.shape[1]))",
    ),
    (
        "index beyond the end",
        "return [t[i + 1] - t[i] for i in range(len(t))]",
        "range(len(t))",
        "range(len(t) - 1)",
    ),
    (
        "index beyond the end",
        "x = []\nfor i in range(len(t)):\n    x.append(t[i + 1] - t[i])\nreturn x",
        "range(len(t))",
        "range(len(t) - 1)",
    ),
    (
        "index beyond the end",
        "x = 0\nfor i in range(4):\n    x += trains[i].size\nreturn x",
        "range(4)",
        "range(len(trains))",
    ),
    (
        "one difference fewer",
        "D = np.diff(t)\nx = 0\nfor i in range(len(t)):\n    x += D[i]\nreturn x",
        "D[i]",
        "D[i - 1]",
    ),
    (
        "array with one axis",
        "V = np.zeros(N_t + 1)\nV[0] = V_init\nreturn V",
        "np.zeros(N_t + 1)",
        "np.zeros((N_t + 1, len(V_init)))",
    ),
    (
        "array with one axis",
        "V = np.zeros(N_t + 1)\nV[0, 1] = 3\nreturn V",
        "np.zeros(N_t + 1)",
        "np.zeros((N_t + 1, len(V_init)))",
    ),
    (
        "entry used as an index",
        "x = []\nfor i in trains:\n    x.append(trains[i])\nreturn x",
        "trains[i]",
        "i",
    ),
    (
        "entry used as an index",
        "x = []\nfor i in tau:\n    x.append(tau[i])\nreturn x",
        "tau[i]",
        "i",
    ),
    (
        "entry used as an index",
        "x = np.zeros(3)\nfor i in t:\n    x[i] = 1\nreturn x",
        "for i in t:\n        x[i]",
        "for j, i in enumerate(t): and x[j]",
        "for j, i in enumerate(t[:3]):\n        x[j]",
    ),
    ("list not grown", "x = []\nx[0] = dt\nreturn x", "x[0] = dt", "x.append(dt)"),
    (
        "index beyond the end",
        "x = np.zeros((2, 3))\nfor i in range(4):\n    x[0, i] = 1\nreturn x",
        "range(4)",
        "range(x.shape[1])",
    ),
    ("method not called", "return [x for x in solve]", "in solve", "solve(N_t", "in trains"),
    ("undefined name", "return v_init", "v_init", "V_init"),
    ("undefined name", "V_inf == E_m + 1\nreturn V_inf", "V_inf == E_m + 1", "V_inf = E_m + 1"),
    (
        "& without brackets",
        "on = t > 1\nreturn on & t < 2",
        "on & t < 2",
        "on & (t < 2)",
    ),
    ("^ for a power", "return 1 + tau ^ 2", "1 + tau ^ 2", "1 + tau ** 2"),
    ("round brackets behind an array", "return I_ext.shape()", "shape()", "I_ext.shape,", "shape"),
    ("number called as a function", "return dt()", "dt()", "dt, without", "dt"),
    (
        "number used as an array",
        "x = 0\nx[0] = dt\nreturn x",
        "x = 0",
        "np.zeros(",
        "x = np.zeros(2)",
    ),
    ("float as an index", "i = t[2] / dt\nreturn t[i]", "t[i]", "int(i)", "t[int(i)]"),
    ("float as an index", "i = 1.0\nreturn trains[i]", "trains[i]", "int(i)", "trains[int(i)]"),
    ("floats as an index", "i = t / dt\nreturn t[i]", "t[i]", "i.astype(int)", "t[i.astype(int)]"),
    ("floats as an index", "on = (t > 1) * 1.0\nreturn t[on]", "t[on]", "on == 1", "t[on == 1]"),
    ("index for an array, of a list", "x = [[1, 2], [3, 4]]\nreturn x[0, 1]", "x[0, 1]", "x[0][1]"),
    (
        "index for an array, of a list",
        "x = [1.0, 2.0, 3.0]\nm = tau > 8\nreturn x[m]",
        "x[m]",
        "np.array(x)[m]",
    ),
    (
        "mask for the rows",
        STEP + "fired = V[k] >= E_m\n    V[fired] = E_m\nreturn V",
        "V[fired]",
        "V[k, fired]",
    ),
    (
        "loop over a number",
        "for i in len(tau):\n    pass\nreturn 1",
        "in len(tau)",
        "in range(len(tau))",
    ),
    ("loop over a number", "for k in N_t:\n    pass\nreturn 1", "in N_t", "in range(N_t)"),
    (
        "length forgotten",
        "for i in range(trains):\n    pass\nreturn 1",
        "range(trains)",
        "len(trains)",
        "range(len(trains))",
    ),
    ("length forgotten", "return np.zeros((2, tau))", "2, tau", "len(tau)", "2, len(tau)"),
    ("length forgotten", "return np.full(tau, dt)", "full(tau", "len(tau)", "full(len(tau)"),
    (
        "number for an axis",
        "return np.min(E_m / dt, 1 / dt)",
        "np.min(E_m / dt, 1 / dt)",
        "np.minimum(E_m / dt, 1 / dt)",
    ),
    ("number for an axis", "return np.max(tau, V_init)", "np.max(", "np.maximum("),
    (
        "float as a count",
        "n = 2 / dt\nreturn np.zeros(n)",
        "zeros(n)",
        "int(round(n))",
        "zeros(int(round(n)))",
    ),
    (
        "float as a count",
        "n = np.floor(2.2 / dt)\nreturn np.zeros((n, 2))",
        "(n,",
        "int(n)",
        "(int(n),",
    ),
    ("float as a count", "return [0] * (2 / dt)", "(2 / dt)", "int(round(2 / dt))"),
    (
        "float as a count",
        "for k in range(2 / dt):\n    pass\nreturn 1",
        "2 / dt",
        "int(round(2 / dt))",
    ),
    ("tuple changed", "x = (0, 0)\nx[0] = 1\nreturn x", "x = (0, 0)", "x = [...]", "x = [0, 0]"),
    # arrays
    ("^ for a power", "return tau ^ 2", "tau ^ 2", "tau ** 2"),
    ("^ for a power", "return dt ^ 2", "dt ^ 2", "dt ** 2"),
    ("number added to a list", "x = []\nx = x + dt\nreturn x", "x = x + dt", "x.append(dt)"),
    ("number added to a list", "x = []\nx += dt\nreturn x", "x += dt", "x.append(dt)"),
    (
        "list in a formula",
        "x = [1.0, 2.0]\nreturn x - 1",
        "x - 1",
        "np.array(x)",
        "np.array(x) - 1",
    ),
    (
        "list in a formula",
        "x = [1.0, 2.0]\nreturn x * dt",
        "x * dt",
        "np.array(x)",
        "np.array(x) * dt",
    ),
    (
        "list in a formula",
        "x = [1.0, 2.0]\nreturn x >= 1",
        "x >= 1",
        "np.array(x)",
        "np.array(x) >= 1",
    ),
    (
        "list in a formula",
        "return trains >= 1",
        "trains >= 1",
        "for x in trains",
        "[x >= 1 for x in trains]",
    ),
    (
        "all rows at once",
        STEP + "V[k + 1] = V[k] + I_ext\nreturn V",
        "+ I_ext",
        "I_ext[k]",
        "+ I_ext[k]",
    ),
    (
        "column for a row",
        STEP + "V[k + 1] = V[k] + I_ext[:, 0]\nreturn V",
        "I_ext[:, 0]",
        "I_ext[0]",
    ),
    ("times not a column", "return np.exp(-t / tau)", "t /", "t[:, None]", "t[:, None] /"),
    (
        "row numbers beside a table",
        "x = t[:4]\nreturn x * I_ext",
        "x *",
        "x[:, np.newaxis]",
        "x[:, None] *",
    ),
    (
        "pairs from a plain loop",
        "for i, x in trains:\n    pass\nreturn 1",
        "in trains",
        "in enumerate(trains)",
    ),
    (
        "one axis for two",
        "m, n = tau.shape\nreturn n",
        "m, n = tau.shape",
        "len(tau)",
        "n = len(tau)",
    ),
    ("number used as an array", "return E_m[0]", "E_m[0]", "E_m"),
    ("number used as an array", "return np.zeros(len(E_m))", "len(E_m)", "np.shape(E_m)"),
    (
        "number used as an array",
        "return len(E_m)",
        "len(E_m)",
        "np.atleast_1d(E_m)",
        "len(np.atleast_1d(E_m))",
    ),
    (
        "number used as an array",
        "for x in E_m:\n    pass\nreturn 1",
        "in E_m",
        "np.atleast_1d(E_m)",
        "in np.atleast_1d(E_m)",
    ),
    (
        "arrays of different lengths in one",
        "return np.mean(trains)",
        "np.mean(trains)",
        "np.mean(x) in the loop",
        "[np.mean(x) for x in trains]",
    ),
    (
        "whole numbers changed in place",
        "x = np.arange(3)\nx += dt\nreturn x",
        "x += dt",
        "x = x + dt",
    ),
    (
        "array of whole numbers",
        "x = np.zeros(2, dtype=int)\nx[0] = np.nan\nreturn x",
        "dtype=int",
        "dtype=float",
    ),
    (
        "empty array",
        "return [x.max() for x in trains]",
        "trains]",
        "if len(x) > 0",
        "trains if len(x) > 0]",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[3]}")
def test_an_exception_is_named_and_its_mend_works_when_obeyed(row):
    name, body, before, told, *woven = row
    source = function(body)
    found = said(tried(source))
    assert [one.name for one in found] == [name]
    assert told in f"{found[0].diagnosis} {found[0].hint}"
    assert before in source
    given = tried(source.replace(before, woven[0] if woven else told))
    assert given.answers[0].status == "ok", given.answers[0].problem


def test_each_rule_is_tried():
    tried_ones = {row[0] for row in ROWS} | {"undefined attribute", "self missing"}
    assert {rule.name for rule in RULES} <= tried_ones


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("undefined attribute", "tau = 10.0", "self.tau = 10.0"),
        ("undefined name", "self.V = E_m", "self.V = self.E_m"),
        ("self missing", "def _run(dt)", "def _run(self, dt)"),
    ],
)
def test_a_missing_self_is_named_and_its_mend_works(name, before, after):
    right = """\
class Neuron:
    def __init__(self):
        self.tau = 10.0
        self.E_m = -70.0

    def run(self, dt):
        self.V = self.E_m
        self._run(dt)

    def _run(self, dt):
        self.V = self.V + dt / self.tau
"""
    assert tried(right, NEURON, RUN).answers[0].status == "ok"
    wrong = right.replace(after, before)
    assert wrong != right
    found = said(tried(wrong, NEURON, RUN), NEURON)
    assert [one.name for one in found] == [name]
    assert after.split(" = ")[-1].split(":")[0] in f"{found[0].diagnosis} {found[0].hint}" or (
        "self.tau = ..." in found[0].diagnosis
    )
    assert "Did you mean self.tau" not in found[0].diagnosis


def test_a_number_of_steps_that_is_no_argument_is_to_be_found_from_one():
    source = function("return np.zeros(N_t)").replace("N_t, dt", "steps, dt")
    exercise = dataclasses.replace(EXERCISE, parameters=("steps", *EXERCISE.parameters[1:]))
    given = tried(source, exercise)
    (found,) = said(given, exercise)
    assert found.hint == "Above this line: N_t = I_ext.shape[0]"
    mended = source.replace("return", "N_t = I_ext.shape[0]\n    return")
    assert tried(mended, exercise).answers[0].status == "ok"


def test_an_argument_in_a_helper_that_does_not_know_it_is_named():
    helper = "def step(V):\n    return V * E_m\n\n"
    given = tried(helper + function("return step(1.0)"))
    (found,) = said(given)
    assert found.name == "undefined name" and "put E_m among the arguments of step" in found.hint
    mended = helper.replace("(V)", "(V, E_m)") + function("return step(1.0, E_m)")
    assert tried(mended).answers[0].status == "ok"


@pytest.mark.parametrize(
    "body",
    [
        "return 1 / 0",  # says itself all there is to say
        "return tau + tau[:2]",  # nothing tells which of the two is meant otherwise
        "raise ValueError('The truth value of an array')",
        "return np.linalg.inv(I_ext)",
        "return {}['x']",
        "return dt.Sum",
    ],
)
def test_where_no_rule_is_sure_nothing_is_said(body):
    assert said(tried(function(body))) == ()


def test_an_earlier_exercise_is_not_to_be_mended_for_what_it_is_handed():
    source = "def isi(x):\n    return len(x)\n" + function("return isi(E_m)")
    assert said(tried(source)) == ()


def test_a_place_that_can_not_be_read_is_no_trouble():
    for scene in ("", "x = (", "-" * 290, "[" * 150 + "]" * 150):
        given = Problem(kind="IndexError", message="list index out of range")
        hostile = type(given.scene)(spot=scene, statement=scene, known=("x",))
        problem = Problem(kind=given.kind, message=given.message, scene=hostile)
        assert explained(EXERCISE, problem) == ()


def test_a_usual_mistake_is_believed_only_of_its_own_array():
    words = "The step that makes row k uses I_ext[k + 1], which belongs to the step after it."
    mistake = Mistake(name="row", diagnosis=words, hint="")
    of_v = tried(
        function("V = np.zeros((4, 3))\nfor k in range(4):\n    V[k + 1] = I_ext[k]\nreturn V")
    )
    of_i = tried(
        function("V = np.zeros((5, 3))\nfor k in range(4):\n    V[k] = I_ext[k + 1]\nreturn V")
    )
    assert believable(EXERCISE, of_v.answers[0].problem, [mistake]) == ()
    assert believable(EXERCISE, of_i.answers[0].problem, [mistake]) == (mistake,)


def test_what_code_that_never_works_reads_from_the_notebook_is_found_and_said_first():
    body = "V = np.zeros((N_t + 1, 3))\nfor k in range(N_rows):\n    V[k + 1] = V[k]\nreturn V"
    given = tried(function(body), N_rows=40, unused=3.0)
    assert given.notebook_variables == ("N_rows",)
    assert from_notebook(given)[0].name == "notebook variable used"
    assert from_notebook(given, in_place_of=EXERCISE) == ()
    helper = "def step(V):\n    return V[:9][8] * I_ext\n" + function("return step(tau)")
    given = tried(helper, I_ext=np.ones(4))
    assert given.notebook_variables == ()  # it stops alike whatever I_ext holds
    given = Attempt(answers=given.answers, notebook_variables=("I_ext", "scale"))
    (found,) = from_notebook(given, in_place_of=EXERCISE)
    assert "I_ext" in found.diagnosis and "scale" not in found.diagnosis


DRIVEN = """\
def passive_driven(dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt / tau * (-(V[k] - E_m) + I_ext[k] / g_m)
    return V
"""
OU = """\
def ou_current(dt, I_init, mu, sigma, tau_noise, xi):
    decay = np.exp(-dt / tau_noise)
    I = np.zeros_like(xi)
    I[0] = I_init
    for k in range(len(xi)):
        I[k + 1] = mu + (I[k] - mu) * decay + sigma * np.sqrt(1 - decay**2) * xi[k]
    return I
"""
CV = """\
def cv(spike_times):
    values = []
    for times in spike_times:
        x = np.diff(times)
        values[len(values)] = x.std() / x.mean() if len(x) > 1 else np.nan
    return np.array(values)
"""
GAIN = """\
def membrane_gain(f_hz, g_m, tau):
    gain, phase = np.zeros(len(f_hz)), np.zeros(len(f_hz))
    for i, f in enumerate(f_hz):
        gain[i] = 1 / g_m / np.sqrt(1 + (2 * np.pi * f * tau / 1000) ** 2)
        phase[i] = np.arctan(2 * np.pi * f * tau / 1000)
    return gain, phase
"""

EXACT = """\
def passive_exact(t, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((len(t), len(V_init)))
    V_inf = E_m + I_ext / g_m
    for j in range(len(t)):
        for i in range(len(V_init)):
            V[j, i] = V_inf[i] + (V_init[i] - V_inf[i]) * np.exp(-t[j] / tau)
    return V
"""
ERROR = """\
def euler_error(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    return np.zeros(dt_values)
"""
REST = """\
def lif_refractory(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    V = np.zeros((N_t + 1, len(V_init)))
    left = np.zeros(len(V_init))
    for k in range(N_t):
        if left > 0:
            V[k + 1] = V_reset
    return V
"""
EFFICACY = """\
def steady_efficacy(rate_hz, U, tau_f, tau_d):
    return U + float(rate_hz)
"""
SHARED = """\
def correlated_spikes(dt, rate_hz, c, u_source, u_copy):
    p = rate_hz * dt / 1000
    if u_source < p:
        return u_copy < c
"""


@pytest.mark.parametrize(
    ("source", "notebook", "named"),
    [
        (REST, {}, ["if of a whole array"]),  # not an `if` about V_theta
        (EXACT, {}, ["array in one place"]),  # not a V without columns
        (EFFICACY, {}, ["function for one number"]),  # not math.exp
        (SHARED, {}, ["if of a whole array"]),  # not an `and`
        (ERROR, {}, ["length forgotten"]),  # not a number of steps that is a float
        (DRIVEN, {"N_t": 1000}, ["notebook variable used"]),  # not an index too far
        (DRIVEN, {"N_t": 2}, ["notebook variable used"]),
        (DRIVEN, {}, ["undefined name"]),
        (OU, {}, ["one row too few"]),  # not a row of xi used too late
        (CV, {}, ["list not grown"]),  # not a neuron too many
        (GAIN, {}, ["phase sign", "number used as an array"]),  # both
    ],
)
def test_no_usual_mistake_of_an_exercise_takes_the_place_of_what_happened(source, notebook, named):
    name = source.split("(")[0].removeprefix("def ")
    cell = "<ipython-input-8>"
    linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
    namespace = {"np": np, "__name__": "__main__", **notebook}
    exec(compile(source, cell, "exec"), namespace)
    report = report_on(load_key(name), namespace[name])
    assert [mistake.name for mistake in report.mistakes] == named
    assert report.together == (len(named) > 1)
