"""How many agents a load needs: Erlang C, where everybody waits, and Erlang A, where the impatient hang up.

Erlang C after A. K. Erlang (1917) in its usual form; Erlang A (M/M/n+M) after Baccelli and Hebuterne (1981), as used by
Mandelbaum and Zeltyn (2007). Times in seconds, loads in calls an hour, shares 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log

STEPS = 2000  # of Simpson's rule
MOST_AGENTS = 5000


@dataclass(frozen=True)
class Forecast:
    """What a number of agents would mean. `service_level`: the share of all callers answered within the time asked."""

    agents: int
    waits: float  # the share that does not get through at once
    service_level: float
    average_wait: float  # of all callers; inf when the queue grows without end
    abandoned: float
    occupancy: float


def erlang_c(agents: int, calls_an_hour: float, handling: float, within: float = 20) -> Forecast:
    """Nobody hangs up: with fewer agents than load the queue grows without end."""
    load = calls_an_hour * handling / 3600
    if load <= 0:
        return Forecast(agents, 0, 1, 0, 0, 0)
    if agents <= load:
        return Forecast(agents, 1, 0, inf, 0, 1)
    blocked = _erlang_b(agents, load)
    waits = blocked / (1 - load / agents * (1 - blocked))
    service_level = 1 - waits * exp(-(agents - load) * within / handling)
    return Forecast(agents, waits, service_level, waits * handling / (agents - load), 0, load / agents)


def erlang_a(agents: int, calls_an_hour: float, handling: float, patience: float, within: float = 20) -> Forecast:
    """Callers hang up after an exponential time of `patience` seconds on average; stable whatever the load."""
    arrivals, service, hanging_up = calls_an_hour / 3600, 1 / handling, 1 / patience
    if arrivals <= 0 or agents <= 0:
        return Forecast(agents, float(arrivals > 0), float(arrivals <= 0), patience, float(arrivals > 0), 0)

    def exponent(wait: float) -> float:
        return arrivals * (1 - exp(-hanging_up * wait)) / hanging_up - agents * service * wait

    # where the density is highest; everything is measured against that, or large loads would leave the range of floats
    peak = max(0.0, log(arrivals / (agents * service)) / hanging_up)
    scale = exp(-exponent(peak))

    def density(wait: float) -> float:
        """How likely the next free agent is `wait` away, up to a constant."""
        return exp(exponent(wait) - exponent(peak))

    idle = scale / _erlang_b(agents - 1, arrivals / service)
    queue = _integral(density, 0, _far(density, peak))
    whole = idle + arrivals * queue
    abandoned = (scale + (arrivals - agents * service) * queue) / whole
    in_time = _integral(lambda wait: density(wait) * exp(-hanging_up * wait), 0, within)
    return Forecast(
        agents=agents,
        waits=arrivals * queue / whole,
        service_level=(idle + arrivals * in_time) / whole,
        average_wait=abandoned * patience,
        abandoned=abandoned,
        occupancy=arrivals * (1 - abandoned) * handling / agents,
    )


def agents_needed(
    calls_an_hour: float, handling: float, *, target: float = 0.8, within: float = 20, patience: float | None = None
) -> Forecast:
    """The fewest agents that answer the share `target` of callers within `within` seconds; `patience` makes it Erlang A."""

    def forecast(agents: int) -> Forecast:
        if patience is None:
            return erlang_c(agents, calls_an_hour, handling, within)
        return erlang_a(agents, calls_an_hour, handling, patience, within)

    low, high = 1, 1
    while forecast(high).service_level < target and high < MOST_AGENTS:
        low, high = high, min(high * 2, MOST_AGENTS)
    while low < high:
        middle = (low + high) // 2
        if forecast(middle).service_level >= target:
            high = middle
        else:
            low = middle + 1
    return forecast(high)


def _erlang_b(agents: int, load: float) -> float:
    """The share blocked when nobody may wait; the recursion stays in range for any number of agents."""
    inverse = 1.0
    for n in range(1, agents + 1):
        inverse = 1 + inverse * n / load
    return 1 / inverse


def _far(density: Callable[[float], float], peak: float) -> float:
    """A wait beyond which nothing is left to count."""
    wait = peak + 1.0
    while density(wait) > 1e-12:
        wait = peak + (wait - peak) * 1.5
    return wait


def _integral(function: Callable[[float], float], start: float, end: float) -> float:
    """Simpson's rule."""
    step = (end - start) / STEPS
    inner = sum((4 if n % 2 else 2) * function(start + n * step) for n in range(1, STEPS))
    return (function(start) + inner + function(end)) * step / 3
