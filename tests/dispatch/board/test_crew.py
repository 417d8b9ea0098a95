"""The drivers at work, for those who dispatch: alarms, offers, hours, and what they decide."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from dispatch import trips
from dispatch.driver import alarms
from dispatch.models import DriverAlarm, HoursOverride, TripOffer
from tests.factories.dispatch import ShiftFactory, TripFactory, ready_case, trip_with
from tests.factories.hotline import UserFactory


@pytest.fixture
def released(templates):
    trip = trip_with(ready_case())
    ShiftFactory(driver=trip.driver, vehicle=trip.vehicle)
    return trips.release(trip, None)


def board(client):
    return client.get("/dispatch/").content.decode()


def test_an_alarm_is_on_the_board_until_somebody_takes_it_up(dispatcher, released):
    alarm = alarms.raise_alarm(released, "sos", lon=121.5, lat=31.2)
    assert alarms.raise_alarm(released, "sos") == alarm
    assert f"alarm-{alarm.pk}" in board(dispatcher)
    dispatcher.post(f"/dispatch/alarms/{alarm.pk}/")
    assert DriverAlarm.objects.get().seen_by
    assert f"alarm-{alarm.pk}" not in board(dispatcher)


def test_an_alarm_is_on_every_page_of_those_who_dispatch_until_it_is_taken_up(dispatcher, released):
    alarm = alarms.raise_alarm(released, "sos")
    bar = reverse("line:incidents-bar")
    assert released.driver.name in dispatcher.get(bar).content.decode()
    on_board = {"HX-Current-URL": f"http://testserver{reverse('dispatch:board')}"}
    assert dispatcher.get(bar, headers=on_board).content.decode().strip() == ""
    dispatcher.post(f"/dispatch/alarms/{alarm.pk}/")
    assert dispatcher.get(bar).content.decode().strip() == ""


def test_an_agent_sees_no_drivers_alarm(client, released):
    alarms.raise_alarm(released, "sos")
    client.force_login(UserFactory(role="agent"))
    assert released.driver.name not in client.get(reverse("line:incidents-bar")).content.decode()


def test_who_declined_and_why_is_on_the_board(dispatcher, released):
    trips.decline(released, "unwell", "发烧三十八度")
    words = board(dispatcher)
    assert "发烧三十八度" in words
    assert released.driver.name in words


def test_the_trip_is_given_to_somebody_else_from_the_board(dispatcher, released):
    trips.decline(released, "unwell")
    other = ShiftFactory(vehicle=released.vehicle).driver
    assert f'<option value="{other.pk}">' in board(dispatcher)
    dispatcher.post(f"/dispatch/trips/{released.pk}/another-driver/", {"driver": other.pk})
    released.refresh_from_db()
    assert released.driver == other
    assert TripOffer.objects.get(driver=other).state == "open"


def test_more_hours_are_allowed_with_a_reason(dispatcher, released):
    shift = released.driver.shifts.get()
    now = timezone.now()
    span = (now - timedelta(hours=11), now - timedelta(hours=1))
    TripFactory(
        driver=released.driver,
        vehicle=released.vehicle,
        state="finished",
        period=TimestamptzRange(*span),
        started_at=span[0],
        ended_at=span[1],
    )
    assert released.driver.name in dispatcher.get("/dispatch/crew/").content.decode()
    dispatcher.post(f"/dispatch/shifts/{shift.pk}/hours/", {"reason": "没有别的司机"})
    assert HoursOverride.objects.get().reason == "没有别的司机"
    file = dispatcher.get("/dispatch/crew/hours/").content.decode("utf-8-sig")
    assert released.driver.name in file


def test_the_page_asks_a_fixed_number_of_times(dispatcher, django_assert_max_num_queries):
    for _ in range(5):
        ShiftFactory()
    with django_assert_max_num_queries(20):
        assert dispatcher.get("/dispatch/crew/").status_code == 200
