"""How long a case may be in its state: supervisors set it, the queue review, the case page and the wall show it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import ages, steps
from cases.board import wallboard
from cases.models import AgeThreshold, Case
from hotline.models import Line
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory


@pytest.fixture(autouse=True)
def thresholds(line: Line) -> None:
    cache.clear()
    AgeThreshold.objects.all().delete()
    AgeThreshold.objects.create(state="new", level=1, warn_minutes=5, alert_minutes=15)
    AgeThreshold.objects.create(state="new", warn_minutes=60, alert_minutes=120)


def aged(minutes: int, **fields: object) -> Case:
    return CaseFactory(state_since=timezone.now() - timedelta(minutes=minutes), **fields)


@pytest.mark.parametrize(
    ("level", "minutes", "mark"),
    [(1, 4, ""), (1, 6, "warn"), (1, 16, "alert"), (2, 16, ""), (2, 61, "warn"), (2, 121, "alert")],
)
def test_a_level_has_its_own_threshold_or_that_of_every_level(level: int, minutes: int, mark: str) -> None:
    case = aged(minutes, level=level)
    assert ages.thresholds().of(case).mark == mark
    assert Case.objects.filter(ages.too_long()).exists() is (mark == "alert")


def test_a_state_without_a_threshold_is_never_too_old() -> None:
    assert ages.thresholds().of(aged(9999, state="triaged")).mark == ""


def test_only_another_state_begins_it_anew() -> None:
    case = aged(30)
    since = case.state_since
    steps.reckon_again(case, level=3)
    assert case.state_since == since
    steps.move(case, "triage", by=UserFactory())
    assert timezone.now() - case.state_since < timedelta(minutes=1)  # type: ignore[operator]
    since = case.state_since
    steps.move(case, "triage", by=UserFactory())
    assert case.state_since == since


def test_a_threshold_warns_before_it_alerts_and_there_is_one_per_state_and_level() -> None:
    with pytest.raises(IntegrityError):
        AgeThreshold.objects.create(state="ready", warn_minutes=10, alert_minutes=10)


def test_the_queue_review_the_case_page_and_the_wall_show_it(client: Client) -> None:
    client.force_login(UserFactory(role="supervisor"))
    old, young = aged(200), aged(1)
    listed = client.get(reverse("cases:queue"), {"view": "too_long"}).content.decode()
    assert old.number in listed
    assert young.number not in listed
    assert 'data-age="alert"' in client.get(reverse("cases:case", args=[old.number])).content.decode()
    assert "data-age" not in client.get(reverse("cases:case", args=[young.number])).content.decode()
    assert wallboard.figures()["too_long"] == 1


def test_a_supervisor_changes_it_in_the_admin_and_it_holds_at_once(client: Client) -> None:
    client.force_login(UserFactory(role="supervisor", is_staff=True))
    row = AgeThreshold.objects.get(level=None)
    case = aged(30)
    client.post(
        reverse("admin:cases_agethreshold_change", args=[row.pk]),
        {"state": "new", "level": "", "warn_minutes": 10, "alert_minutes": 20},
    )
    assert ages.thresholds().of(case).mark == "alert"
