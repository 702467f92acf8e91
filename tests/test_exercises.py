"""The parts of lifkit.judge: plain data, comparison, diagnosis, keys."""

import json

import numpy as np
import pytest

from lifkit.judge import (
    Call,
    Case,
    Exercise,
    KeyNotFound,
    Output,
    Property,
    compare,
    key_editions,
    key_names,
    load_key,
    pack,
    plain,
    report_on,
    save_key,
    unpack,
)
from lifkit.judge.calling import Answer
from lifkit.judge.keys import forget_keys, lab_exercises

ARRAY = Output(name="x", unit="mV", atol=1e-9, axes=("step", "neuron"), shape="(N_t + 1, n)")
TRAINS = Output(name="times", kind="ragged", unit="ms", atol=1e-6, axes=("neuron", "spike"))
CASE = Case(name="a", group="all", calls=(Call(inputs={}),), dt=0.5)


def exercise(*outputs):
    line = Property(name="p", text="holds", outputs=tuple(output.name for output in outputs))
    return Exercise(
        name="f",
        lab="lab0",
        number="0.1",
        title="",
        parameters=(),
        outputs=outputs,
        properties=(line,),
        hints=(),
    )


def gap(output, expected, value):
    given = Answer(status="ok", value=plain(value))
    return compare(exercise(output), CASE, {output.name: expected}, given)[output.name]


@pytest.mark.parametrize("form", [np.array, list, tuple, lambda x: [list(row) for row in x]])
def test_arrays_lists_and_tuples_are_the_same_answer(form):
    right = np.arange(6.0).reshape(3, 2)
    assert gap(ARRAY, right, form(right)) is None


def test_a_gap_names_the_place_the_time_and_both_numbers():
    right = np.zeros((4, 2))
    wrong = right.copy()
    wrong[2:, 1] = 1.0
    found = gap(ARRAY, right, wrong)
    assert found.place == (2, 1) and (found.got, found.expected) == (1.0, 0.0)
    assert found.message == "x at step 2, neuron 1 (t = 1 ms): got 1 mV, expected 0 mV"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.zeros((2, 4)), "shape"),
        (np.zeros((4, 2), np.float32), "precision"),
        (np.full((4, 2), np.nan), "not finite"),
        (np.zeros((4, 2), complex), "form"),
        (None, "form"),
        ("text", "form"),
        ({"V": 1}, "form"),
        ([[1.0], [1.0, 2.0]], "shape"),
        ((x for x in range(3)), "form"),
        (np.zeros((4, 2)) + 1e-8, "value"),
    ],
)
def test_every_other_form_gets_its_own_gap(value, kind):
    assert gap(ARRAY, np.zeros((4, 2)), value).kind == kind


def test_not_a_number_agrees_with_itself_only():
    right = np.array([np.nan, 1.0])
    one = Output(name="x")
    assert gap(one, right, right.copy()) is None
    assert gap(one, right, np.array([0.0, 1.0])).kind == "value"


@pytest.mark.parametrize(
    "value",
    [
        [np.array([1.0, 2.0]), np.array([])],
        ([1.0, 2.0], []),
        [[1, 2], ()],
        np.array([np.array([1.0, 2.0]), np.array([])], dtype=object),
    ],
)
def test_spike_trains_come_in_any_sequence(value):
    assert gap(TRAINS, [np.array([1.0, 2.0]), np.empty(0)], value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([np.array([1.0, 2.0]), None], "None"),
        ([np.array([1.0, 2.0]), np.array([None])], "None"),
        ([(np.array([1, 2]),), (np.array([]),)], "shape"),
        ([1.0, 2.0], "one number"),
        ([np.array([1.0, 2.0])], "1 entries"),
        ([np.array([1.0]), np.array([])], "1 values, expected 2"),
        ([np.array([1.0, 2.5]), np.array([])], "got 2.5 ms, expected 2 ms"),
    ],
)
def test_malformed_spike_trains_are_described(value, words):
    assert words in gap(TRAINS, [np.array([1.0, 2.0]), np.empty(0)], value).message


def test_plain_keeps_no_object_of_the_students():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

    value = plain(np.zeros(3).view(Liar))
    assert type(value) is np.ndarray
    assert plain(object()) == {"foreign": "a object"}
    assert plain(np.array(["a"])) == {"foreign": "an array of <U1"}


def test_pack_refuses_what_is_not_data():
    tree = {"a": [1, 2.5, None, "t", {"b": np.arange(3)}]}
    back = unpack(pack(tree))
    assert back["a"][:4] == [1, 2.5, None, "t"] and back["a"][4]["b"].tolist() == [0, 1, 2]
    with pytest.raises(TypeError):
        pack({"f": print})
    with pytest.raises(TypeError):
        pack({"f": np.array([print])})


@pytest.mark.parametrize("name", key_names())
def test_a_key_survives_the_disk_and_gives_the_same_bytes(name, tmp_path):
    key = load_key(name)
    first = save_key(key, tmp_path / "one").read_bytes()
    load_key.cache_clear()
    again = load_key(name, tmp_path / "one")
    assert save_key(again, tmp_path / "two").read_bytes() == first
    assert again.exercise == key.exercise and again.mistakes == key.mistakes


def test_a_damaged_or_missing_key_says_so(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"not a key")
    with pytest.raises(ValueError, match="damaged"):
        load_key("broken", tmp_path)
    with pytest.raises(ValueError, match="damaged"):
        key_editions("lab2", tmp_path)
    with pytest.raises(KeyNotFound, match="broken"):
        load_key("absent", tmp_path)


def test_a_key_with_objects_is_not_opened(tmp_path):
    text = b'{"format": 2, "exercise": {"$array": ["|O", 0, 1]}}'
    objects = np.array([print], dtype=object)
    np.savez(tmp_path / "evil.npz", **{"json": np.frombuffer(text, np.uint8), "|O": objects})
    with pytest.raises(ValueError, match="damaged"):
        load_key("evil", tmp_path)


@pytest.mark.parametrize(
    "array",
    [
        np.float64(2.5),
        np.zeros((0, 3)),
        np.arange(6, dtype=np.int32).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([True, False]),
        np.array([1 + 2j, np.nan]),
    ],
    ids=["number", "empty", "int32", "by column", "bool", "complex"],
)
def test_an_array_survives_packing(array, tmp_path):
    np.savez(tmp_path / "any.npz", **pack({"one": array, "others": [array, np.arange(3.0)]}))
    with np.load(tmp_path / "any.npz") as arrays:
        back = unpack(arrays)
    for mine in (back["one"], back["others"][0]):
        assert (mine.dtype, mine.shape) == (array.dtype, array.shape)
        assert mine.tobytes() == array.tobytes() and mine.flags.writeable
    assert back["others"][1].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "place",
    [["<f8", 0, 4], ["<f8", 2, 2], ["<f8", -1, 2], ["<f8", 0, -2], ["<f8", 0, 2, 2], ["<f4", 0, 1]],
)
def test_an_array_that_is_not_all_there_is_refused(place):
    text = json.dumps({"$array": place}).encode()
    with pytest.raises((ValueError, KeyError)):
        unpack({"json": np.frombuffer(text, np.uint8), "<f8": np.arange(3.0)})


def test_a_labs_editions_are_read_without_loading_its_keys():
    labs = {name: load_key(name) for name in key_names()}
    forget_keys()
    for lab in ("lab1", "lab2", "lab3", "lab9"):
        mine = {key.edition for key in labs.values() if key.exercise.lab == lab}
        assert key_editions(lab) == mine
    assert lab_exercises("lab1")[0] == "passive_euler"
    assert load_key.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda V, s, t: (V, s * 0, t), "never fires"),
        (lambda V, s, t: (np.where(s == 1, -70.5, V), s, t), "resets to -70.5 instead of -"),
        (lambda V, s, t: (np.repeat(V[:, :1], V.shape[1], axis=1), s, t), "alike for all neurons"),
        (lambda V, s, t: (V * 1000, s, t), "1000 times"),
        (lambda V, s, t: (V + 3.25, s, t), "off by +3.25"),
        (lambda V, s, t: (np.repeat(V[:1], len(V), axis=0), s, t), "never leaves its first value"),
        (lambda V, s, t: (np.vstack([V[:1], V[:-1]]), s, t), "one row late"),
        (lambda V, s, t: (V * np.inf, s, t), "beyond all bounds"),
    ],
)
def test_an_unknown_fault_is_described_by_its_symptom(spoil, words):
    from solutions.reference.lab2 import lif_euler as right

    def lif_euler(*inputs):
        return spoil(*right(*inputs))

    report = report_on(load_key("lif_euler"), lif_euler)
    assert not report.passed and not report.mistakes
    assert any(words in said for said in report.symptoms), report.symptoms


def test_a_wrong_number_that_no_property_looks_at_is_not_accepted():
    """A spike time at t = 0, where only the voltages have a line of their own."""
    from solutions.reference.lab2 import lif_euler as right

    def lif_euler(N_t, dt, V_init, *rest):
        V, spikes, spike_times = right(N_t, dt, V_init, *rest)
        early = [
            np.r_[[0.0] * int(v >= rest[1]), t] for v, t in zip(V_init, spike_times, strict=True)
        ]
        return V, spikes, early

    report = report_on(load_key("lif_euler"), lif_euler)
    assert report.outcome == "partial" and report.fraction < 1


def test_not_a_number_everywhere_is_described():
    def cv(spike_times):
        values = [
            np.diff(t).std() / np.diff(t).mean() if len(t) > 2 else np.nan for t in spike_times
        ]
        return np.array(values) + 0 * np.sum(values)

    report = report_on(load_key("cv"), cv)
    assert not report.passed and "NaN where a number should be" in report.symptoms[0]


def test_the_decision_does_not_hang_on_the_notebooks_error_settings():
    with np.errstate(all="raise"):
        report = report_on(
            load_key("siegert_rate"), lambda *inputs: np.full(np.shape(inputs[0]), 1e-310)
        )
    assert report.outcome == "wrong"
