"""What a report says of wrong answers that no usual mistake explains: where they begin, in which words."""

import numpy as np
import pytest

from solutions.reference import lab1, lab2, lab3, lab7
from tests.exercise_contract import BY_NAME, names, report


def described(name, wrong):
    """Return what the report says an answer looks like."""
    found = report(BY_NAME[name], wrong)
    assert not found.passed and names(found) == [], names(found)
    return "; ".join(found.symptoms)


def with_change(solution, change):
    def wrong(*inputs):
        result = solution(*inputs)
        result = result.copy() if isinstance(result, np.ndarray) else result
        return change(result)

    return wrong


def raised(place):
    def change(array):
        array = array.astype(float)
        array[place] += 1
        return array

    return change


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        (
            "spike_counts",
            np.s_[:, 1::2],
            "right for bins 0, 2 and 4, and wrong for bins 1, 3 and 5",
        ),
        ("spike_counts", np.s_[0], "right for neurons 1 and 2, and wrong for neuron 0"),
        ("passive_driven", np.s_[3:], "right up to step 2, and wrong from step 3 (t = "),
        ("euler_error", np.s_[1:], "right for time step number 0, and wrong for all others"),
        ("firing_rate", np.s_[:1], "right for neurons 1 and 2, and wrong for neuron 0"),
    ],
)
def test_it_is_said_where_an_answer_begins_to_be_wrong(name, place, words):
    solution = BY_NAME[name].solve
    assert words in described(name, with_change(solution, raised(place)))


def test_rows_that_were_never_filled_are_seen():
    def change(V):
        V[len(V) // 2 :] = 0
        return V

    said = described("passive_driven", with_change(lab1.passive_driven, change))
    assert "V still holds 0 from step " in said and said.endswith(" to the end")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda counts: np.repeat(counts[:1], len(counts), axis=0), "alike for all neurons"),
        (lambda counts: np.repeat(counts[:, :1], counts.shape[1], axis=1), "alike for all bins"),
        (lambda counts: counts[:, ::-1], "has the bins in another order"),
        (lambda counts: counts[:, :-2], "has 2 columns missing"),
    ],
)
def test_columns_are_called_what_the_output_says_they_are(change, words):
    assert words in described("spike_counts", with_change(lab3.spike_counts, change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: 1.5 * x, "intervals is 1.5 times what it should be"),
        (lambda x: np.append(x, 1.0), "another number of entries than it should for neurons 0, 1"),
        (lambda x: x * 0 + x.mean() if len(x) else x, "intervals is wrong for every neuron"),
    ],
)
def test_lists_of_arrays_are_described_too(change, words):
    def isi(spike_times):
        return [change(train) for train in lab3.isi(spike_times)]

    assert words in described("isi", isi)


def test_no_reset_is_read_off_where_the_spikes_are_wrong():
    def late(*inputs):
        V, spikes, times = lab2.lif_euler(*inputs)
        moved = np.roll(spikes, 1, axis=0)  # and V is -60 wherever it says that there is a spike
        moved[0] = 0
        return np.where(moved == 1, -60.5, V), moved, times

    def right_so_far(*inputs):
        V, spikes, times = lab2.lif_euler(*inputs)
        return np.where(spikes == 1, -60.5, V), spikes, times

    assert "resets to" not in described("lif_euler", late)
    assert "resets to -60.5 instead of" in described("lif_euler", right_so_far)


def test_the_headline_is_about_the_case_of_the_first_failing_line():
    """Later cases fail far more conspicuously: there the neurons fire, or should."""

    def half_the_current(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
        return lab2.lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext / 2, g_m, tau)

    found = report(BY_NAME["lif_euler"], half_the_current)
    first = next(line for line in found.lines if line.status == "fail")
    assert "neurons that stay silent" in first.detail
    assert "V is right up to step 0" in found.symptoms[0] and "fires" not in found.symptoms[0]


def test_the_first_step_of_one_column_is_compared_as_well():
    """V of Lab 7 has one entry a step and no columns."""

    def change(results):
        V, spikes, w = results
        return V[0] + 3.3 * (V - V[0]), spikes, w

    said = described("lif_plastic", with_change(lab7.lif_plastic, change))
    assert "the first step of V is 3.3 times as long as it should be" in said


def test_a_reset_to_another_level_that_was_handed_over_is_named():
    def wrong(N_t, dt, V_init, E_m, *others):
        V, spikes, times = lab2.lif_euler(N_t, dt, V_init, E_m, *others)
        return np.where(spikes == 1, E_m, V), spikes, [one + 1 for one in times]

    assert "(E_m) instead of" in described("lif_euler", wrong)


def test_columns_in_a_list_of_arrays_are_seen():
    def wrong(*inputs):
        V, spikes, times = lab2.lif_euler(*inputs)
        return V, spikes, [2 * one[:, np.newaxis] for one in times]

    assert "np.flatnonzero makes 1-D arrays" in described("lif_euler", wrong)


def test_one_number_where_each_neuron_has_one_is_seen():
    def wrong(spike_times):
        return 2 * lab3.cv(spike_times)[0]

    assert described("cv", wrong) == "values is one number, not one for each neuron"


def test_numbers_below_zero_that_can_not_be_are_seen():
    def wrong(counts):
        return -1 - lab3.fano(counts) ** 2

    assert "is negative everywhere" in described("fano", wrong)
