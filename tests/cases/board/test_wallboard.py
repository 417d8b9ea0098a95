"""The wallboard."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.board import wallboard
from hotline import incidents
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import CallFactory, PresenceFactory


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def test_an_empty_hotline_has_a_wall_without_divisions_by_nothing(board: Client) -> None:
    page = board.get(reverse("cases:wallboard")).content.decode()
    assert 'id="big-waiting">0<' in page
    assert 'id="big-answered">–<' in page


def test_the_four_numbers(board: Client) -> None:
    now = timezone.now()
    CallFactory(waited=200)
    CallFactory(state="completed", waiting_since=now, connected_at=now + timedelta(seconds=10))
    CallFactory(state="completed", waiting_since=now, connected_at=now + timedelta(seconds=30))
    CallFactory(state="abandoned", waiting_since=now)
    CaseFactory(level=1)
    CaseFactory(level=2)
    window = {"promised_from": now, "promised_until": now}
    CaseFactory(promise_kept=True, level=3, **window)
    CaseFactory(promise_kept=False, level=3, **window)
    figures = wallboard.figures()
    assert figures["waiting"]["n"] == 1
    assert (figures["answered"]["part"], figures["answered"]["whole"]) == (1, 3)
    assert (figures["urgent"]["one"], figures["urgent"]["two"]) == (1, 1)
    assert figures["promises"]["percent"] == 50


def test_open_cases_by_level_and_age(board: Client) -> None:
    now = timezone.now()
    CaseFactory(level=2, created_at=now - timedelta(minutes=10))
    CaseFactory(level=2, created_at=now - timedelta(hours=30))
    CaseFactory(level=4, created_at=now - timedelta(days=8))
    grid = {row["level"]: row["cells"] for row in wallboard.figures()["grid"]}
    assert grid[2] == [1, 0, 0, 1, 0]
    assert grid[4] == [0, 0, 0, 0, 1]


def test_agents_call_backs_and_what_breaches(board: Client) -> None:
    PresenceFactory()
    owed = CallbackFactory()
    soon = CaseFactory(level=1, due_at=timezone.now() + timedelta(minutes=20))
    CaseFactory(level=1, due_at=timezone.now() + timedelta(hours=20))
    figures = wallboard.figures()
    assert {row["state"]: row["count"] for row in figures["agents"]}["available"] == 1
    assert figures["callbacks"]["n"] == 1
    assert {case.pk for case in figures["breaching"]} == {soon.pk, owed.case_id}


def test_requests_and_deliveries_of_today(board: Client) -> None:
    CaseFactory()
    CaseFactory(state="delivered", next_step="follow_up", owner="timer", delivered_at=timezone.now())
    hours = wallboard.figures()["hours"]
    assert (hours["asked"], hours["brought"]) == (2, 1)


def test_what_is_wrong_is_said(board: Client) -> None:
    assert wallboard.troubles(timezone.now())  # no beat and no worker run here
    assert 'class="system bad"' in board.get(reverse("cases:wallboard")).content.decode()


def test_a_wall_asks_a_bounded_number_of_times(board: Client, django_assert_max_num_queries) -> None:
    for _i in range(20):
        CaseFactory(level=1)
    with django_assert_max_num_queries(19):
        wallboard.figures()


def test_an_open_incident_is_in_the_line_of_the_system(board: Client) -> None:
    incidents.note(incidents.Found(incidents.Cause.CARRIER_AWAY))
    incident = incidents.open_ones().get()
    assert incidents.words(incident) in wallboard.troubles(timezone.now())
