"""Lab 4 against closed forms, statistics of its own simulations, and Brian2."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from lifkit import explorers, stimuli
from solutions.reference.lab4 import (
    correlated_spikes,
    dynamic_synapse,
    effective_membrane,
    lif_conductance,
    membrane_moments,
    steady_efficacy,
    synaptic_trace,
)

FOLDER = Path(__file__).parent / "brian2"
SPEC = importlib.util.spec_from_file_location("make_synapses", FOLDER / "make_synapses.py")
make_synapses = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_synapses)

#: The two kinds of synapse of the lab's busy neuron, and the neuron.
KINDS = {"w": np.array([0.005, 0.006]), "tau_s": np.array([3.0, 8.0]), "E_s": np.array([0, -75.0])}
CELL = {"E_m": -70.0, "g_m": 0.05, "tau": 20.0}


@pytest.fixture(scope="module")
def brian2():
    with np.load(FOLDER / "synapses.npz", allow_pickle=False) as file:
        return dict(file)


# --- Closed forms --------------------------------------------------------------------------------


def psp(tau, tau_s, dt):
    """Return a membrane's answer to one arrival in step 0, in units of w/g_m."""
    counts = np.zeros((round(60 / dt), 1), dtype=int)
    counts[0] = 1
    x = synaptic_trace(dt, counts, 1.0, tau_s)[:, 0]
    V = np.zeros(len(x))
    for k in range(len(counts)):
        V[k + 1] = V[k] + dt / tau * (x[k] - V[k])
    return V


@pytest.mark.parametrize(("tau", "tau_s"), [(20.0, 5.0), (10.0, 2.0), (4.0, 9.0)])
def test_one_spike_makes_the_hump_of_two_exponentials(tau, tau_s):
    """Euler's hump comes nearer to the closed peak as the step does, by a tenth a tenth."""
    peak = (tau_s / tau) ** (tau / (tau - tau_s))
    after = np.log(tau / tau_s) * tau * tau_s / (tau - tau_s)
    errors = []
    for dt in (0.1, 0.01):
        V = psp(tau, tau_s, dt)
        errors.append(abs(V.max() / peak - 1))
        assert abs(V.argmax() * dt - dt - after) <= 2 * dt  # seen from the row after the arrival on
    assert errors[0] < 0.02
    assert errors[1] < 0.2 * errors[0]


def test_the_stationary_mean_of_a_trace_is_that_of_theory_at_any_step():
    """With one arrival a step, Euler settles at w tau_s/dt exactly."""
    for dt in (0.1, 0.7):
        x = synaptic_trace(dt, np.ones((2000, 1), dtype=int), 0.03, 4.0)
        assert x[-1, 0] == pytest.approx(0.03 * 4.0 / dt, rel=1e-12)


def test_moments_are_the_integrals_over_the_hump():
    """Campbell's theorem itself: rate times the integrals of the PSP and of its square."""
    rate_hz, w, tau_s = np.array([4000.0, 1000.0]), np.array([0.01, -0.03]), np.array([5.0, 10.0])
    mean, sd = membrane_moments(rate_hz, w, tau_s, -70.0, 0.1, 20.0)
    lift = variance = 0.0
    for r, one, s in zip(rate_hz / 1000, w, tau_s, strict=True):

        def hump(t, one=one, s=s):
            return one / 0.1 * s / (20.0 - s) * (np.exp(-t / 20.0) - np.exp(-t / s))

        lift += r * quad(hump, 0, 400)[0]
        variance += r * quad(lambda t: hump(t) ** 2, 0, 400)[0]
    assert mean == pytest.approx(-70 + lift, rel=1e-9)
    assert sd == pytest.approx(np.sqrt(variance), rel=1e-7)
    assert (mean, sd) == (pytest.approx(-71.0), pytest.approx(0.4123106, abs=5e-8))


@pytest.mark.parametrize(
    ("rate_hz", "w", "expected"),
    [
        ([3000, 2000], [0.005, 0.006], (-56.0209424, 5.2356021, 2.2900256)),
        ([1500, 1000], [0.010, 0.012], (-56.0209424, 5.2356021, 3.2385853)),
        ([2000, 1000], [0.003, 0.0075], (-62.5, 7.8125, 1.694603)),
        ([8000, 4000], [0.003, 0.0075], (-59.392265, 2.762431, 1.660455)),
    ],
)
def test_effective_membranes_of_the_design(rate_hz, w, expected):
    kinds = KINDS | {"rate_hz": np.array(rate_hz, float), "w": np.array(w)}
    np.testing.assert_allclose(effective_membrane(**kinds, **CELL), expected, atol=6e-7)


def test_a_few_open_channels_are_currents():
    """At low rates the effective membrane becomes that of Campbell's theorem."""
    rare = np.array([0.3, 0.2])
    mean, tau_eff, sd = effective_membrane(rate_hz=rare, **KINDS, **CELL)
    currents = KINDS["w"] * (KINDS["E_s"] - CELL["E_m"])
    plain = membrane_moments(rare, currents, KINDS["tau_s"], **CELL)
    assert tau_eff == pytest.approx(20.0, rel=1e-3)
    np.testing.assert_allclose((mean + 70, sd), (plain[0] + 70, plain[1]), rtol=2e-3)


def test_a_constant_conductance_is_a_membrane_of_another_speed():
    """Euler's free membrane goes to its level by the factor 1 - dt/tau_eff a step."""
    g_e, g_i = np.full((50, 2), 0.045), np.full((50, 2), 0.096)
    V, spikes, _ = lif_conductance(
        0.1, np.array([-70.0, -40.0]), -70, np.inf, -60, g_e, g_i, 0.0, -75.0, 0.05, 20.0
    )
    mean, tau_eff, _ = effective_membrane(rate_hz=np.array([3000.0, 2000.0]), **KINDS, **CELL)
    expected = mean + (V[0] - mean) * (1 - 0.1 / tau_eff) ** np.arange(51)[:, np.newaxis]
    np.testing.assert_allclose(V, expected, atol=1e-11)
    assert not spikes.any()


@pytest.mark.parametrize(
    ("constants", "releases"),
    [
        ((0.45, 50.0, 750.0), (0.450000, 0.313280, 0.061653, 0.061432)),
        ((0.15, 750.0, 50.0), (0.150000, 0.254418, 0.480623, 0.513495)),
        ((0.5, 50.0, 100.0), (0.5, 0.412446, 0.315100, 0.315098)),
        ((0.2, 750.0, 100.0), (0.2, 0.307263, 0.352867, 0.357211)),
    ],
)
def test_a_long_regular_train_ends_in_the_steady_state(constants, releases):
    u, x = dynamic_synapse(50.0 * np.arange(200), *constants)
    steady = steady_efficacy(20.0, *constants)
    assert u[-1] * x[-1] == pytest.approx(steady, rel=1e-6)
    np.testing.assert_allclose((*(u * x)[[0, 1, 9]], steady), releases, atol=6e-7)


def test_high_rates_release_what_the_store_regains():
    """Per second a depressing synapse passes on 1/tau_d at most."""
    assert 500 * steady_efficacy(500.0, 0.45, 50.0, 750.0) == pytest.approx(1000 / 750, rel=0.01)


# --- Statistics, with the chance of a false alarm below one in ten thousand -----------------------


def test_free_membranes_have_the_moments_of_theory():
    rng, dt, n = np.random.default_rng(1), 0.1, 200
    rate_hz, w, tau_s = [2000.0, 800.0], [0.02, -0.03], [3.0, 8.0]
    I = 0.0
    for r, one, s in zip(rate_hz, w, tau_s, strict=True):
        I = I + synaptic_trace(dt, stimuli.make_poisson(8000, dt, np.full(n, r), rng), one, s)
    V = np.empty((8001, n))
    V[0] = -70.72
    for k in range(8000):
        V[k + 1] = V[k] + dt / 20 * (-(V[k] + 70) + I[k] / 0.1)
    mean, sd = membrane_moments(*map(np.array, (rate_hz, w, tau_s)), -70.0, 0.1, 20.0)
    # 200 x 600 ms at a memory of about 45 ms are some 2700 looks: sd/sqrt(2700), and 1.4 % of the sd.
    assert V[2000:].mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(2700))
    assert V[2000:].std() == pytest.approx(sd, rel=0.056)


@pytest.mark.parametrize(("rate_hz", "c"), [(20.0, 0.1), (20.0, 0.5), (100.0, 0.3)])
def test_trains_have_the_rate_and_the_correlation_that_were_asked_for(rate_hz, c):
    rng, N_t = np.random.default_rng(2), 200_000
    counts = correlated_spikes(1.0, rate_hz, c, rng.random(N_t), rng.random((N_t, 6)))
    table = np.corrcoef(counts.T)[np.triu_indices(6, 1)]
    p = rate_hz / 1000
    assert counts.mean() == pytest.approx(p, abs=4 * np.sqrt(p / N_t))
    # One pair's coefficient is uncertain by some sqrt(c/p/N_t); all pairs share one source.
    assert table.mean() == pytest.approx(c, abs=4 * np.sqrt(c / p / N_t))


# --- Brian2 --------------------------------------------------------------------------------------


def test_conductances_and_spikes_match_brian2(brian2):
    """Brian2 makes the whole chain by itself, from arriving spikes to the neuron's own."""
    stored = {name.split("/")[1]: a for name, a in brian2.items() if name.startswith("cond")}
    p = make_synapses.NEURON
    g = {}
    for kind, one in make_synapses.SYNAPSES.items():
        g[f"g_{kind}"] = synaptic_trace(p["dt"], stored[f"counts_{kind}"], **one)
        np.testing.assert_allclose(g[f"g_{kind}"], stored[f"g_{kind}"], rtol=0, atol=1e-13)
    drive = {name: trace[:-1] for name, trace in g.items()}
    V, spikes, _ = lif_conductance(V_init=np.full(3, p["E_m"]), **drive, **p)
    np.testing.assert_array_equal(spikes, stored["spikes"])
    np.testing.assert_allclose(V, stored["V"], rtol=0, atol=1e-9)
    assert spikes.sum(axis=0).min() >= 5 and stored["counts_e"].max() > 1


@pytest.mark.parametrize("kind", make_synapses.DYNAMIC)
def test_a_dynamic_synapse_matches_brian2(brian2, kind):
    u, x = dynamic_synapse(brian2[f"{kind}/spike_times"], **make_synapses.DYNAMIC[kind])
    np.testing.assert_allclose(u, brian2[f"{kind}/u"], rtol=1e-10)
    np.testing.assert_allclose(u * x, brian2[f"{kind}/released"], rtol=1e-10)


# --- Explorers -----------------------------------------------------------------------------------


def explore():
    return {
        "synapse": explorers.explore_synapse(synaptic_trace),
        "conductances": explorers.explore_conductances(
            lif_conductance, synaptic_trace, theory=effective_membrane
        ),
        "dynamic": explorers.explore_dynamic_synapse(dynamic_synapse, theory=steady_efficacy),
    }


@pytest.mark.parametrize("name", explore())
def test_every_corner_of_an_explorer_can_be_drawn(name):
    explorer = explore()[name]
    sliders = explorer.scene.sliders
    for corner in range(2 ** len(sliders)):
        at = {s.name: (s.low, s.high)[corner >> i & 1] for i, s in enumerate(sliders)}
        frame = explorer.move(**at)
        assert frame.curves and not frame.message, (at, frame.message)
        for curve in frame.curves:
            assert np.isfinite(curve.y).all(), at
            inside = (curve.y >= frame.y_range[0]) & (curve.y <= frame.y_range[1])
            assert inside.all(), at


def test_the_arrivals_of_an_explorer_are_poisson():
    """At the highest rate several spikes come in a step, and their number is that of theory."""
    frame = explore()["conductances"].move(rate_e=12_000, rate_i=8000, size=1, fires=0)
    said = dict(frame.readouts)
    simulated, theory = (float(said[key].split()[0]) for key in ("mean of V", "theory"))
    assert simulated == pytest.approx(theory, abs=0.6)


def test_explorers_say_what_is_wrong_with_an_answer():
    frame = explorers.explore_dynamic_synapse(lambda spike_times, U, tau_f, tau_d: U).frame
    assert "expected the 2 (u, x)" in frame.message
    bad = explorers.explore_conductances(
        lif_conductance, synaptic_trace, theory=lambda *inputs: (-60.0, np.zeros(2), 1.0)
    )
    assert "tau_eff is an array of shape (2,)" in bad.frame.message
    assert bad.frame.curves  # the neuron is drawn all the same
