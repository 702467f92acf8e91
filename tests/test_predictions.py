"""A prediction beside what the student's own function says: whole, in words, and never an error."""

import numpy as np
import pytest

from lifkit import weigh

FOUND = {"It settles at (mV)": (-55.04, 0.1), "Who is late?": "neither"}


def said(capsys, answers, found=FOUND):
    weigh(answers, found)
    return capsys.readouterr().out.splitlines()


def test_each_prediction_stands_beside_what_was_found(capsys):
    assert said(capsys, (-55, " Neither ")) == [
        "✓ It settles at (mV): you said -55, your function says -55.04.",
        "✓ Who is late? You said  Neither , your function says neither.",
    ]


@pytest.mark.parametrize("answers", [-55.0, (), (1, 2, 3), "ab", None, np.zeros(2)])
def test_other_than_so_many_answers_is_one_sentence(capsys, answers):
    (line,) = said(capsys, answers)
    assert line.startswith("Return 2 answers with commas between them, not ")


@pytest.mark.parametrize("answer", ["-55", None, np.nan, np.inf, -54.9, [1.0], 1j])
def test_what_is_not_near_is_no_agreement(capsys, answer):
    assert said(capsys, (answer, "x"))[0].startswith("✗")


def test_a_rounding_error_is_shown_as_nothing(capsys):
    assert said(capsys, [0], {"Scatter": (-1.7e-13, 1.0)}) == [
        "✓ Scatter: you said 0, your function says 0."
    ]
