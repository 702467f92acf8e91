"""Sliders that drive the student's own function.

An explorer is one call line at the end of a cell::

    explore_lif(lif_euler)

Where a person sits at the notebook it is live: moving a slider calls the function again and redraws
at once.  Where the notebook is only executed (graded, validated, converted) a picture of the first
setting stands in, drawn by `lifkit.plotting`; the same picture shows wherever widgets can't run.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from . import adaptation, inverse, networks, noise, pairs, passive, plasticity, spiking, synapses
from .frames import Frame, Scene

__all__ = [
    "Explorer",
    "explore_adaptation",
    "explore_adex",
    "explore_candidate",
    "explore_competition",
    "explore_conductances",
    "explore_distances",
    "explore_dynamic_synapse",
    "explore_fi_curve",
    "explore_intervals",
    "explore_lif",
    "explore_mean_field",
    "explore_membrane",
    "explore_network",
    "explore_noise",
    "explore_noisy_fi_curve",
    "explore_pairing",
    "explore_synapse",
    "explore_time_step",
    "explore_traces",
]


#: Seconds after which an explorer shows itself with what it has, and goes on measuring.
ENOUGH = 0.5


def explore_membrane(
    passive_euler: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore how a passive membrane follows a constant current.

    Parameters
    ----------
    passive_euler : function
        Your solver, ``passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)``.
    theory : function, optional
        Your closed form, ``passive_exact(t, V_init, E_m, I_ext, g_m, tau)``, drawn over it.

    Returns
    -------
    Explorer
        Shows itself at the end of a cell.

    Raises
    ------
    TypeError
        If something else than a function is handed in.
    NotImplementedError
        If the solver is not written yet.
    """
    return Explorer(passive.membrane(passive_euler, theory))


def explore_time_step(
    passive_euler: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore what Euler's method makes of a time step, from 0.1 ms to beyond twice tau.

    Parameters, result and errors are those of `explore_membrane`.
    """
    return Explorer(passive.time_step(passive_euler, theory))


def explore_lif(lif_euler: Callable[..., Any]) -> Explorer:
    """Explore a leaky integrate-and-fire neuron: its trace and its spikes, with all parameters.

    Parameters
    ----------
    lif_euler : function
        Your solver, ``lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau)`` or
        ``lif_refractory(..., tau, t_ref)``, which gets one slider more.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(spiking.lif(lif_euler))


def explore_fi_curve(
    lif_refractory: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore the firing rate over the input current, measured on your solver's spikes.

    Parameters
    ----------
    lif_refractory : function
        Your solver, as for `explore_lif`.
    theory : function, optional
        Your closed form, ``fi_exact(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref)``.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(spiking.fi_curve(lif_refractory, theory))


def explore_noise(lif_noisy: Callable[..., Any]) -> Explorer:
    """Explore a neuron under noise: its trace, its spikes, and how regular they are.

    Parameters
    ----------
    lif_noisy : function
        Your solver,
        ``lif_noisy(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi)``.  It gets the
        same random numbers at every setting.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(noise.trace(lif_noisy))


def explore_intervals(lif_noisy: Callable[..., Any]) -> Explorer:
    """Explore the histogram of a noisy neuron's intervals beside that of a Poisson process.

    Parameter, result and errors are those of `explore_noise`.
    """
    return Explorer(noise.intervals(lif_noisy))


def explore_noisy_fi_curve(
    lif_noisy: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore the firing rate of a noisy neuron over its mean input current.

    Parameters
    ----------
    lif_noisy : function
        Your solver, as for `explore_noise`.
    theory : function, optional
        Your ``siegert_rate(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma)``, drawn for the
        time step of the simulation.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(noise.noisy_fi_curve(lif_noisy, theory))


def explore_synapse(synaptic_trace: Callable[..., Any]) -> Explorer:
    """Explore the current of one synapse under random spikes.

    Parameters
    ----------
    synaptic_trace : function
        Your ``synaptic_trace(dt, counts, w, tau_s)``.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(synapses.synapse(synaptic_trace))


def explore_conductances(
    lif_conductance: Callable[..., Any],
    synaptic_trace: Callable[..., Any],
    *,
    theory: Callable[..., Any] | None = None,
) -> Explorer:
    """Explore a neuron whose synapses are conductances, beside the effective membrane.

    Parameters
    ----------
    lif_conductance : function
        Your solver, ``lif_conductance(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau)``.
    synaptic_trace : function
        Your synapse, as for `explore_synapse`; it makes the conductances.
    theory : function, optional
        Your ``effective_membrane(rate_hz, w, tau_s, E_s, E_m, g_m, tau)``.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(synapses.conductances(lif_conductance, synaptic_trace, theory))


def explore_dynamic_synapse(
    dynamic_synapse: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore what the spikes of a regular train release from a synapse with a memory.

    Parameters
    ----------
    dynamic_synapse : function
        Your ``dynamic_synapse(spike_times, U, tau_f, tau_d)``.
    theory : function, optional
        Your ``steady_efficacy(rate_hz, U, tau_f, tau_d)``.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(synapses.dynamic(dynamic_synapse, theory))


class Explorer:
    """A scene with its sliders at some setting; shows itself in a notebook.

    Attributes
    ----------
    values : dict
        Where the sliders stand, by name.
    frame : Frame
        What is shown there; computed when it is first looked at.

    Examples
    --------
    >>> import numpy as np
    >>> def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    ...     return np.full((N_t + 1, 1), -70.0)  # a wrong solver: nothing ever changes
    >>> explorer = explore_membrane(passive_euler)
    >>> explorer.move(I_ext=30.0).readouts[1]
    ('last voltage', '-70.00 mV')
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.values = scene.settle({})
        self._frame: Frame | None = None

    @property
    def frame(self) -> Frame:
        """What is shown where the sliders stand."""
        if self._frame is None:
            self._frame = self.scene.compute(self.values)
        return self._frame

    def move(self, **values: float) -> Frame:
        """Move the named sliders and return the new frame.

        Raises
        ------
        ValueError
            If there is no slider of that name.
        """
        known = [slider.name for slider in self.scene.sliders]
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ValueError(
                f"there is no slider {unknown[0]!r}; the sliders are {', '.join(known)}."
            )
        self.values = self.scene.settle({**self.values, **values})
        self._frame = None
        return self.frame

    def __repr__(self) -> str:
        return self._said(self.frame)

    def _said(self, frame: Frame) -> str:
        return f"<Explorer: {self.scene.title} at {self.scene.setting(self.values)}. {frame.alt}>"

    def _ipython_display_(self) -> None:
        """Show the picture, and where somebody sits at the notebook the widget in its place."""
        from IPython.display import display

        from .snapshot import snapshot_html

        live, name = _somebody_is_there(), uuid.uuid4().hex
        frame = self._soon() if live else self.frame
        page = snapshot_html(self.scene.title, self.scene.setting(self.values), frame, name)
        display({"text/plain": self._said(frame), "text/html": page}, raw=True)
        if live:
            from .widget import ExplorerWidget

            display(ExplorerWidget(self.scene, frame, self.values, name))

    def _soon(self) -> Frame:
        """Return the best frame that there is in half a second, or the first if that takes longer."""
        if self._frame is not None:
            return self._frame
        end = time.perf_counter() + ENOUGH
        frames = self.scene.frames(self.values)
        soon = next(frame for frame in frames if not frame.more or time.perf_counter() > end)
        self._frame = None if soon.more else soon
        return soon


def _somebody_is_there() -> bool:
    """Whether a person could answer: what executes a notebook unattended says it can't.

    nbclient, and with it nbgrader and nbconvert, runs cells without a standard input.  A widget
    there would only leave its source behind in the file.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    return kernel is not None and bool(getattr(kernel, "_allow_stdin", True))


def explore_adaptation(
    lif_adaptive: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore a neuron with an adaptation current: its trace, its first and its last interval.

    Parameters
    ----------
    lif_adaptive : function
        Your solver, ``lif_adaptive(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b,
        tau_w)``.
    theory : function, optional
        Your ``adapted_rate(I_ext, E_m, V_theta, V_reset, g_m, tau, b, tau_w)``, said beside it.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(adaptation.adapting(lif_adaptive, theory))


def explore_adex(adex_euler: Callable[..., Any]) -> Explorer:
    """Explore an adaptive exponential neuron, from one that bursts.

    Parameters
    ----------
    adex_euler : function
        Your solver, ``adex_euler(dt, V_init, w_init, E_m, V_T, Delta_T, V_peak, V_reset, I_ext, g_m,
        tau, a, b, tau_w)``.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(adaptation.adex(adex_euler))


def explore_network(lif_network: Callable[..., Any], outgoing: Callable[..., Any]) -> Explorer:
    """Explore a network of 300 neurons: how active it is, and one neuron's spikes.

    Parameters
    ----------
    lif_network : function
        Your solver, ``lif_network(dt, V_init, E_m, V_theta, V_reset, tau, t_ref, J_ext, counts_ext, start,
        targets, J, delay, record)``.
    outgoing : function
        Your ``outgoing(sources)``, called once.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(networks.network(lif_network, outgoing))


def explore_mean_field(
    mean_field_input: Callable[..., Any],
    siegert_rate: Callable[..., Any],
    *,
    theory: Callable[..., Any] | None = None,
) -> Explorer:
    """Explore where a network's rate comes to rest: the rate that comes out over the rate that goes in.

    Parameters
    ----------
    mean_field_input : function
        Your ``mean_field_input(rate_hz, rate_ext_hz, E_m, tau, J, g, C_E, C_I)``.
    siegert_rate : function
        Your ``siegert_rate(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma)``.
    theory : function, optional
        Your ``mean_field_rate(rate_ext_hz, E_m, V_theta, V_reset, tau, t_ref, J, g, C_E, C_I)``, marked.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(networks.mean_field(mean_field_input, siegert_rate, theory))


def explore_pairing(
    stdp_total: Callable[..., Any], *, theory: Callable[..., Any] | None = None
) -> Explorer:
    """Explore what a train of pairs of spikes does to a synapse, over the time between input and spike.

    Parameters
    ----------
    stdp_total : function
        Your ``stdp_total(pre_times, post_times, A_plus, A_minus, tau_plus, tau_minus)``.
    theory : function, optional
        Your ``stdp_window(delta_t, A_plus, A_minus, tau_plus, tau_minus)``, drawn for as many pairs
        that are far apart.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(pairs.pairing(stdp_total, theory))


def explore_traces(
    stdp_traces: Callable[..., Any], stdp_total: Callable[..., Any] | None = None
) -> Explorer:
    """Explore how a weight follows two short trains, and where the sum over all pairs says it ends.

    Parameters
    ----------
    stdp_traces : function
        Your ``stdp_traces(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus)``.
    stdp_total : function, optional
        Your sum over all pairs, as for `explore_pairing`.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(pairs.two_trains(stdp_traces, stdp_total))


def explore_competition(
    lif_plastic: Callable[..., Any], correlated_spikes: Callable[..., Any] | None = None
) -> Explorer:
    """Explore how a hundred synapses compete for a neuron that learns.

    Parameters
    ----------
    lif_plastic : function
        Your solver, ``lif_plastic(dt, V_init, E_m, V_theta, V_reset, tau, counts, w_init, w_max, A_plus,
        A_minus, tau_plus, tau_minus, every)``.
    correlated_spikes : function, optional
        Your ``correlated_spikes(dt, rate_hz, c, u_source, u_copy)`` of Lab 4, with which half of the
        synapses may share spikes.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(plasticity.competition(lif_plastic, correlated_spikes))


def explore_candidate(
    simulate_candidates: Callable[..., Any], *, score: Callable[..., Any] | None = None
) -> Explorer:
    """Explore how a candidate's threshold and adaptation move its spikes beside the recording's.

    Parameters
    ----------
    simulate_candidates : function
        Your ``simulate_candidates(dt, I, E_m, g_m, tau, V_theta, V_reset, t_ref, b, tau_w)``.
    score : function, optional
        Your ``coincidence_factor(data, model, T, precision)``, said beside it.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(inverse.candidate(simulate_candidates, score))


def explore_distances(
    van_rossum: Callable[..., Any], victor_purpura: Callable[..., Any]
) -> Explorer:
    """Explore two distances of spike trains over the scale on which they look at them.

    Parameters
    ----------
    van_rossum : function
        Your ``van_rossum(times_a, times_b, tau_R)``.
    victor_purpura : function
        Your ``victor_purpura(times_a, times_b, q)``; the scale is 1/q.

    Returns
    -------
    Explorer

    Raises
    ------
    TypeError, NotImplementedError
        As `explore_membrane`.
    """
    return Explorer(inverse.distances(van_rossum, victor_purpura))
