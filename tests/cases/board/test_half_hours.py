"""The page of half hours, where a supervisor tries how many agents a load needs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.board.half_hours import Load, forecasts
from hotline import half_hours, staffing
from hotline.models import HalfHour, Line
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


def test_the_last_day_is_shown(board: Client, city: Line) -> None:
    begins = half_hours.begin_of(timezone.now()) - timedelta(minutes=30)
    HalfHour.objects.create(line=city, begins=begins, offered=40, answered=36, in_time=30, abandoned=4)
    page = board.get(reverse("cases:half-hours"))
    assert page.context["rows"][0]["service_level"] == 75
    assert page.context["load"].calls == 80


def test_numbers_are_tried(board: Client, city: Line) -> None:
    asked = {"calls": "360", "handling": "240", "target": "80", "within": "20", "patience": "0"}
    page = board.get(reverse("cases:half-hours"), asked)
    needed = next(row for row in page.context["forecasts"] if row["needed"])
    assert needed["agents"] == staffing.agents_needed(360, 240).agents
    assert "Erlang C" in page.content.decode()


@pytest.mark.parametrize("typed", ["", "nonsense", "nan", "-5", "1e9"])
def test_nonsense_is_brought_within_sense(board: Client, city: Line, typed: str) -> None:
    assert board.get(reverse("cases:half-hours"), {"calls": typed, "handling": "60"}).status_code == 200


def test_with_impatient_callers_fewer_agents_do() -> None:
    def needed(patience: float) -> int:
        load = Load(calls=360, handling=240, target=80, within=20, patience=patience)
        return next(row["agents"] for row in forecasts(load) if row["needed"])

    assert needed(60) < needed(0)


def test_agents_do_not_see_it(client: Client, city: Line) -> None:
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("cases:half-hours")).status_code == 403


def test_the_wall_shows_the_half_hour_that_runs(board: Client, city: Line) -> None:
    from django.core.cache import cache

    cache.clear()
    HalfHour.objects.create(line=city, begins=half_hours.begin_of(timezone.now()), offered=10, answered=9, in_time=9)
    assert board.get(reverse("cases:wallboard")).context["half_hour"]["service_level"] == 90
