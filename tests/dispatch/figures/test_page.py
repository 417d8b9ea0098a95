"""Figures of the road: sums over the stops of ended trips, by day, fleet and district, and as CSV."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch.figures import reckoning
from dispatch.models import CheckpointPassage
from tests.factories.cases import DistrictFactory
from tests.factories.dispatch import PlanFactory, ready_case, trip_with
from tests.factories.hotline import LineFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return LineFactory()


def ended_trip(line, count=2, *, minutes=30, failed=0, **fields):
    """Everything was collected and handed over, one stop every so many minutes; the last `failed` were refused."""
    cases = [ready_case(line=line) for _ in range(count)]
    started = timezone.now() - timedelta(hours=10)
    trip = trip_with(*cases, line=line, state="finished", **fields)
    for n, stop in enumerate(trip.stops.order_by("sequence"), start=1):
        ended = started + timedelta(minutes=minutes * n)
        refused = n > 2 * count - failed
        type(stop).objects.filter(pk=stop.pk).update(
            state="failed" if refused else "done",
            failed_reason="gate_refused" if refused else "",
            arrived_at=ended - timedelta(minutes=5),
            ended_at=ended,
            window_until=ended + timedelta(minutes=10 if n % 2 else -10),
        )
    type(trip).objects.filter(pk=trip.pk).update(
        started_at=started, ended_at=started + timedelta(minutes=minutes * 2 * count)
    )
    return trip


def one(line, group=None):
    today = timezone.localdate()
    return reckoning.table(line, today - timedelta(days=2), today, group)


def test_deliveries_hours_and_stops_are_added_up(line):
    ended_trip(line)
    (row,) = one(line)
    assert (row["deliveries"], row["failed"], row["hours"], row["stops_per_hour"]) == (2, 0, 2.0, 2.0)
    assert row["hours_per_delivery"] == 1.0
    assert row["km_per_delivery"] > 0


def test_a_promise_is_kept_when_it_was_there_before_the_window_ended(line):
    ended_trip(line)
    assert one(line)[0]["kept_percent"] == 50


def test_on_time_is_before_it_was_needed(line):
    trip = ended_trip(line)
    first, second = trip.stops.filter(kind="delivery")
    type(first.case).objects.filter(pk=first.case_id).update(needed_by=first.ended_at + timedelta(hours=1))
    type(first.case).objects.filter(pk=second.case_id).update(needed_by=second.ended_at - timedelta(hours=1))
    assert one(line)[0]["on_time_percent"] == 50


def test_what_is_driven_with_nothing_on_board_is_empty(line):
    ended_trip(line)
    (row,) = one(line)
    assert 0 < row["empty_percent"] < 100  # to the counter


def test_a_failed_hand_over_is_no_delivery(line):
    ended_trip(line, failed=1)
    assert (one(line)[0]["deliveries"], one(line)[0]["failed"]) == (1, 1)


def test_time_at_check_points_is_what_drivers_told(line):
    trip, home = ended_trip(line), DistrictFactory()
    at = timezone.now() - timedelta(hours=9)
    CheckpointPassage.objects.create(
        trip=trip, from_district=home, to_district=home, arrived_at=at, passed_at=at + timedelta(minutes=90)
    )
    assert one(line)[0]["checkpoint_hours"] == 1.5


@pytest.mark.parametrize("group", reckoning.GROUPS)
def test_the_rows_of_a_group_add_up_to_the_whole(line, group):
    ended_trip(line)
    ended_trip(line, count=1)
    rows, (total,) = one(line, group), one(line)
    assert sum(row["deliveries"] for row in rows) == total["deliveries"] == 3
    assert sum(row["hours"] for row in rows) == pytest.approx(total["hours"], abs=0.2)


def test_days_without_trips_have_nothing_to_divide_by(line):
    (row,) = one(line)
    assert (row["deliveries"], row["km_per_delivery"], row["on_time_percent"]) == (0, None, None)


def test_of_a_day_the_last_plan_says_who_was_left_out(line):
    now = timezone.now()
    PlanFactory(line=line, proposed_at=now - timedelta(minutes=9), figures={"unserved": {"full": 9}})
    PlanFactory(line=line, proposed_at=now, figures={"unserved": {"full": 3, "no_pass": 1}})
    today = timezone.localdate()
    assert reckoning.unserved(line, today, today) == (1, {"full": 3, "no_pass": 1})


@pytest.fixture
def dispatcher(client):
    client.force_login(UserFactory(role="dispatcher"))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_shows_rows_and_reasons(dispatcher, line):
    ended_trip(line)
    PlanFactory(line=line, figures={"unserved": {"no_pass": 4}})
    words = dispatcher.get(reverse("dispatch:figures"), {"by": "district"}).content.decode()
    assert "no pass for the district" in words
    assert 'class="num">2</td>' in words


def test_the_file_has_a_row_for_each_value_and_reads_in_a_spreadsheet(dispatcher, line):
    ended_trip(line)
    answer = dispatcher.get(reverse("dispatch:figures"), {"by": "fleet", "format": "csv"})
    head, row = answer.content.decode("utf-8-sig").strip().splitlines()
    assert head.split(",") == ["fleet", *reckoning.COLUMNS]
    assert row.startswith("药品专车,1,2,0,")


def test_an_agent_is_refused(client, line):
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("dispatch:figures")).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_trips(dispatcher, line, django_assert_max_num_queries):
    for _ in range(4):
        ended_trip(line, count=3)
    with django_assert_max_num_queries(24):
        dispatcher.get(reverse("dispatch:figures"))
