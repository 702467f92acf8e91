"""Answers come back as bytes that a hostile process wrote: nothing in them is believed."""

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from lifkit.judge import (
    Answer,
    Attempt,
    Call,
    Case,
    Exercise,
    Output,
    Problem,
    Property,
    attempt,
    load_key,
    pack,
)
from lifkit.judge.respond import ask
from lifkit.judge.scene import Scene, Seen
from lifkit_staff.grading.kernel.answers import Unreadable, read, tree_of
from lifkit_staff.grading.kernel.questions import question
from lifkit_staff.grading.limits import ANSWER_ITEMS, ANSWERS
from lifkit_staff.grading.verdict.decide import _without_inputs

EXERCISE = Exercise(
    name="double",
    lab="lab1",
    number="1.1",
    title="twice",
    parameters=("x", "n"),
    outputs=(Output(name="y", unit="mV", axes=("step",)),),
    properties=(Property(name="twice", text="it is twice x", outputs=("y",)),),
    hints=(),
)
CASES = tuple(
    Case(name=f"case {n}", group="all", calls=(Call(inputs={"x": np.arange(4.0), "n": n}),))
    for n in (2, 3)
)


def answered(target, tmp_path):
    """Ask `target` as a kernel would be asked and return the bytes that come back."""
    path = tmp_path / "answers.npz"
    line = question(EXERCISE, CASES, 5.0, str(path))
    eval(line, {"double": target} if target else {"duoble": len})
    return path.read_bytes()


def test_answers_survive_the_journey(tmp_path):
    def double(x, n):
        return [2 * x + n]

    here = attempt(EXERCISE, double, CASES)
    there = read(answered(double, tmp_path), EXERCISE, CASES).attempt
    for one, other in zip(here.answers, there.answers, strict=True):
        assert one.status == other.status == "ok"
        np.testing.assert_array_equal(one.value[0], other.value[0])
    assert there.repeated == here.repeated


@pytest.mark.parametrize("taken", ["globals", "__import__", "lifkit", "ask"])
def test_a_notebook_may_use_any_name(taken, tmp_path):
    def double(x, n):
        return 2 * x + n

    names = {"double": double, taken: None}
    path = tmp_path / "answers.npz"
    eval(question(EXERCISE, CASES, 5.0, str(path)), names)
    attempted = read(path.read_bytes(), EXERCISE, CASES).attempt
    assert [answer.status for answer in attempted.answers] == ["ok", "ok"]


def test_inputs_arrive_as_the_types_they_were(tmp_path):
    seen = []

    def double(x, n):
        seen.append((type(x), type(n)))
        return x

    case = Case(name="c", group="g", calls=(Call(inputs={"x": 1.5, "n": np.int64(3)}),))
    eval(question(EXERCISE, (case,), 5.0, str(tmp_path / "a"), apart=False), {"double": double})
    assert set(seen) == {(float, int)}


def test_inputs_that_are_equal_are_arrays_of_their_own(tmp_path):
    seen = []

    def double(x, n):
        seen.append(x is n)
        return x

    case = Case(name="c", group="g", calls=(Call(inputs={"x": np.ones(3), "n": np.ones(3)}),))
    eval(question(EXERCISE, (case,), 5.0, str(tmp_path / "a"), apart=False), {"double": double})
    assert set(seen) == {False}


def test_a_missing_function_brings_the_names_that_are_there(tmp_path):
    heard = read(answered(None, tmp_path), EXERCISE, CASES)
    assert heard.attempt is None
    assert "duoble" in heard.names


def test_complex_numbers_survive_the_journey(tmp_path):
    heard = read(answered(lambda x, n: x * 1j, tmp_path), EXERCISE, CASES)
    np.testing.assert_array_equal(heard.attempt.answers[0].value, np.arange(4.0) * 1j)


def test_too_much_is_not_sent_at_all(tmp_path):
    data = answered(lambda x, n: np.full(3_000_000, n), tmp_path)
    assert len(data) < 10_000
    with pytest.raises(Unreadable, match="more than 32 MB"):
        read(data, EXERCISE, CASES)


def stored(arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def good():
    answer = {"status": "ok", "value": np.zeros(4), "problem": None, "changed": []}
    return {
        "answers": [answer, answer],
        "again": answer,
        "repeated": 0,
        "notebook_variables": [],
        "uses": [],
    }


def test_the_forger_s_template_is_read():
    assert read(stored(pack(good())), EXERCISE, CASES).attempt.repeated == 0


def changed(path, value):
    tree = good()
    *way, last = path
    place = tree
    for step in way:
        place = place[step]
    place[last] = value
    return stored(pack(tree))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("answers",), []),
        (("answers",), "ok"),
        (("answers", 0), 3),
        (("answers", 0, "status"), "correct"),
        (("answers", 0, "value"), {"correct": True}),
        (("answers", 0, "value"), "text"),
        (("answers", 0, "value"), {"real": np.zeros(3), "imag": np.zeros(4)}),
        (("answers", 0, "value"), {"real": 1, "imag": np.zeros(4)}),
        (("answers", 0, "value"), [[[[[[[1.0]]]]]]]),
        (("answers", 0, "value"), np.zeros((1,) * 9)),
        (("answers", 0, "changed"), "x"),
        (("answers", 0, "problem"), "it failed"),
        (
            ("answers", 0, "problem"),
            {"kind": 1, "message": 2, "line": 3, "source": 4, "function": 5},
        ),
        (("answers", 0, "status"), "error"),
        (("uses",), None),
    ],
)
def test_what_is_not_in_the_right_place_is_refused(path, value):
    with pytest.raises(Unreadable):
        read(changed(path, value), EXERCISE, CASES)


def test_one_array_that_is_referred_to_often_counts_as_often():
    import re

    tree = good()
    tree["answers"][0] = {**tree["answers"][0], "value": [np.zeros(1_000_000), np.ones(1)] * 5}
    arrays = pack(tree)
    text = bytes(arrays["json"]).decode()
    place = r'\{"\$array": \["<f8"[^]]*\]\}'
    same = re.sub(place, '{"$array": ["<f8", 0, 1000000]}', text)
    arrays["json"] = np.frombuffer(same.encode(), np.uint8)
    with pytest.raises(Unreadable, match="more than 32 MB"):
        read(stored(arrays), EXERCISE, CASES)


def test_a_file_that_says_it_is_encrypted_is_refused():
    data = bytearray(stored(pack(good())))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    data[6] |= 1
    with pytest.raises(Unreadable):
        read(bytes(data), EXERCISE, CASES)


def test_claims_about_other_inputs_and_impossible_repeats_are_dropped():
    heard = read(changed(("answers", 0, "changed"), ["x", "grade"]), EXERCISE, CASES)
    assert heard.attempt.answers[0].changed == ("x",)
    assert read(changed(("repeated",), 7), EXERCISE, CASES).attempt.repeated is None


def test_texts_are_cut_and_lose_addresses():
    problem = {
        "kind": "Odd",
        "message": "<f at 0x7f1234567890>\x1b[31m" + "x" * 10_000,
        "line": -3,
        "source": "",
        "function": "",
        "scene": {
            "spot": "x" * 10_000,
            "statement": "",
            "seen": [{"text": "<f at 0x7f1234567890>", "kind": "", "detail": "", "made": ""}]
            * 1000,
            "known": ["x", "not a name"],
        },
    }
    tree = good()
    tree["answers"][0] = {"status": "error", "value": None, "problem": problem, "changed": []}
    found = read(stored(pack(tree)), EXERCISE, CASES).attempt.answers[0].problem
    assert found.line is None
    assert len(found.message) <= 300
    assert "0x7f" not in found.message
    assert "\x1b" not in found.message
    assert len(found.scene.spot) <= 300 and len(found.scene.seen) <= 30
    assert "0x7f" not in found.scene.seen[0].text and found.scene.known == ("x",)


def npy(header, data=b""):
    text = (header + "\n").encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def archive(members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


HOSTILE = {
    "nothing": b"",
    "noise": b"\x00" * 1000,
    "a pickle": b"\x80\x04\x95",
    "an empty archive": archive({}),
    "compressed": archive({"json.npy": bytes(1_000_000)}, zipfile.ZIP_DEFLATED),
    "no npy": archive({"json.npy": b"hello"}),
    "objects": archive(
        {"json.npy": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"\x80")}
    ),
    "records": archive(
        {
            "json.npy": npy(
                "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", bytes(8)
            )
        }
    ),
    "a large shape": archive(
        {"json.npy": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000,)}")}
    ),
    "a negative shape": archive(
        {"json.npy": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", b"x")}
    ),
    "code for a header": archive(
        {"json.npy": npy("__import__('os').system('touch /tmp/lifkit-was-here')")}
    ),
    "a long header": archive({"json.npy": npy(" " * 60_000)}),
    "a deep header": archive({"json.npy": npy("(" * 900)}),
    "text that is no json": stored({"json": np.frombuffer(b"{", np.uint8)}),
    "deep json": stored({"json": np.frombuffer(b"[" * 100_000, np.uint8)}),
    "too much json": stored({"json": np.zeros(1_000_001, np.uint8)}),
    "a number": stored({"json": np.frombuffer(b"1", np.uint8)}),
    "a missing array": stored(
        {
            "json": np.frombuffer(
                json.dumps({**good(), "answers": {"$array": ["<f8", 9, 1]}}, default=str).encode(),
                np.uint8,
            )
        }
    ),
    "too large": bytes(ANSWERS + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused_and_nothing_else_happens(name):
    with pytest.raises(Unreadable):
        read(HOSTILE[name], EXERCISE, CASES)


def test_members_that_share_their_bytes_are_refused():
    data = archive(
        {"json.npy": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (9,)}", bytes(9))}
    )
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        (member,) = file.infolist()
    entry = data[data.index(b"PK\x01\x02") : data.index(b"PK\x05\x06")]
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    count = 500
    end[8:10] = end[10:12] = count.to_bytes(2, "little")
    end[12:16] = (count * len(entry)).to_bytes(4, "little")
    forged = data[: data.index(b"PK\x01\x02")] + count * entry + bytes(end)
    assert member.file_size
    with pytest.raises(Unreadable):
        read(forged, EXERCISE, CASES)


def test_ask_writes_its_file_whole_or_not_at_all(tmp_path):
    ask(
        {"double": lambda x, n: x},
        question(EXERCISE, CASES, 1.0, "x").split('"')[1],
        1.0,
        str(tmp_path / "a"),
        ANSWERS,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_list_of_members_that_is_the_whole_file_is_refused():
    data = b"PK\x01\x02" * (ANSWER_ITEMS + 1)
    with pytest.raises(Unreadable, match="too many members"):
        tree_of(data)


def test_a_complaint_about_secret_inputs_names_none_of_them():
    key = load_key("passive_euler")
    secret = dataclasses.replace(key.cases[0], fingerprint=False)
    key = dataclasses.replace(key, cases=(key.cases[0], secret), expected=key.expected[:2])
    told = Problem(kind="GIVEN_80_05", message="V is -80.05", line=3)
    scene = Scene(spot="V", seen=(Seen(text="V", kind="GIVEN", detail="-80.05", made=""),))
    said = dataclasses.replace(told, scene=scene)
    own, usual = (
        _without_inputs(
            key,
            Attempt(answers=tuple(Answer(status="error", problem=one) for one in (first, said))),
        )
        for first in (dataclasses.replace(told, kind="ValueError", message="public"), said)
    )
    silent = own.answers[1].problem
    assert (silent.kind, silent.message, silent.line, silent.scene.seen) == ("Exception", "", 3, ())
    assert usual.answers[1].problem == said  # a public case said the same
