"""Agents needed, against published values."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.staffing import agents_needed, erlang_a, erlang_c


def test_the_usual_worked_example_of_erlang_c() -> None:
    """100 calls in 30 minutes of 180 s, 14 agents: 17.4 % wait, 88.8 % within 20 s, 7.8 s on average, 71.4 % busy."""
    found = erlang_c(14, calls_an_hour=200, handling=180, within=20)
    assert found.waits == pytest.approx(0.174, abs=0.0005)
    assert found.service_level == pytest.approx(0.888, abs=0.0005)
    assert found.average_wait == pytest.approx(7.8, abs=0.05)
    assert found.occupancy == pytest.approx(0.714, abs=0.0005)


def test_fourteen_are_the_fewest_that_reach_eighty_in_twenty() -> None:
    assert agents_needed(200, 180, target=0.8, within=20).agents == 14


def test_garnett_mandelbaum_and_reiman_without_abandonment() -> None:
    """48 calls a minute of a minute, 50 agents: 20.8 s on average, agents 96 % busy (2002, table 1)."""
    found = erlang_c(50, calls_an_hour=48 * 60, handling=60)
    assert found.average_wait == pytest.approx(20.8, abs=0.1)
    assert found.occupancy == pytest.approx(0.96)


def test_garnett_mandelbaum_and_reiman_with_abandonment() -> None:
    """The same with two minutes of patience: 3.1 % abandon, 3.7 s, agents 93 % busy."""
    found = erlang_a(50, calls_an_hour=48 * 60, handling=60, patience=120)
    assert found.abandoned == pytest.approx(0.031, abs=0.0005)
    assert found.average_wait == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=0.005)


def test_too_few_agents_and_patient_callers_wait_without_end() -> None:
    assert erlang_c(10, calls_an_hour=200, handling=180).average_wait == inf


def test_a_line_that_nobody_calls_needs_one() -> None:
    assert agents_needed(0, 180).agents == 1


@given(st.integers(1, 40), st.floats(1, 20_000), st.floats(30, 600), st.floats(10, 1200))
def test_one_more_agent_never_makes_it_worse(agents: int, calls: float, handling: float, patience: float) -> None:
    now = erlang_a(agents, calls, handling, patience)
    more = erlang_a(agents + 1, calls, handling, patience)
    assert more.service_level >= now.service_level - 1e-6
    assert more.abandoned <= now.abandoned + 1e-6
    assert -1e-6 <= now.service_level <= 1 + 1e-6


@given(st.integers(2, 40), st.floats(1, 300), st.floats(30, 300))
def test_endless_patience_is_erlang_c(agents: int, calls: float, handling: float) -> None:
    patient = erlang_c(agents, calls, handling)
    if patient.occupancy < 0.9:
        assert erlang_a(agents, calls, handling, patience=1e7).service_level == pytest.approx(
            patient.service_level, abs=0.01
        )
