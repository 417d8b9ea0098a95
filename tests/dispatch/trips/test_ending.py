"""Trips end: by themselves, by a breakdown, or because nobody needs them any more."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases import outcomes
from cases.models import Case
from dispatch import trips
from dispatch.models import Plan, Stop
from hotline import integrity
from hotline.lifecycle import MoveRefused
from tests.factories.dispatch import ready_case, trip_with


def now(case):
    return Case.objects.get(pk=case.pk)


def broken_promises():
    return [v for answer in integrity.ask_all() if answer.number in (2, 3, 6) for v in answer.violations]


@pytest.fixture
def cases(templates):
    return [ready_case() for _ in range(3)]


@pytest.fixture
def trip(cases):
    return trips.start(trips.release(trip_with(*cases), None))


def test_a_breakdown_brings_the_cases_back_with_the_reason(trip, cases, dispatcher):
    done = trip.stops.filter(case=cases[0])
    trips.collect(done.get(kind="pickup"))
    trips.deliver(done.get(kind="delivery"), name="王")
    trips.abort(trip, dispatcher, "发动机故障")
    assert [now(c).state for c in cases] == ["delivered", "ready", "ready"]
    assert now(cases[1]).transitions.latest("id").reason == "发动机故障"
    assert Plan.objects.filter(state="asked").exists()
    assert broken_promises() == []


def test_goods_on_board_of_a_broken_vehicle_are_not_lost(trip, cases, dispatcher):
    trips.collect(trip.stops.get(case=cases[0], kind="pickup"))
    trips.abort(trip, dispatcher, "发动机故障")
    assert cases[0].sourcings.get().state == "confirmed"


def test_the_promise_is_withdrawn(trip, cases, dispatcher):
    trips.abort(trip, dispatcher, "发动机故障")
    assert now(cases[0]).promised_until is None


def test_an_abort_needs_a_reason(trip, dispatcher):
    with pytest.raises(trips.Refused):
        trips.abort(trip, dispatcher, " ")


def test_what_is_over_is_not_aborted(trip, dispatcher):
    trips.abort(trip, dispatcher, "发动机故障")
    with pytest.raises(trips.Refused):
        trips.abort(trip, dispatcher, "again")


def test_the_vehicle_is_free_after_an_abort(trip, dispatcher):
    trips.abort(trip, dispatcher, "发动机故障")
    again = trip_with(ready_case(), vehicle=trip.vehicle, driver=trip.driver)
    assert again.pk


@pytest.mark.parametrize("stage", ["planned", "released", "under_way"])
def test_a_cancelled_case_leaves_its_stops(cases, stage):
    trip = trip_with(*cases)
    if stage != "planned":
        trips.release(trip, None)
    if stage == "under_way":
        trips.start(trip)
    outcomes.cancel(now(cases[0]), reason="社区已送")
    assert set(trip.stops.filter(case=cases[0]).values_list("state", flat=True)) == {"dropped"}
    assert trip.stops.filter(case=cases[1], state="planned").count() == 2
    assert broken_promises() == []


def test_a_trip_whose_last_case_is_cancelled_is_off(templates):
    case = ready_case()
    trip = trips.release(trip_with(case), None)
    outcomes.cancel(now(case), reason="社区已送")
    trip.refresh_from_db()
    assert trip.state == "aborted"


def test_the_dispatcher_takes_a_case_off(cases, dispatcher):
    trip = trips.release(trip_with(*cases), dispatcher)
    trips.take_off(now(cases[0]), dispatcher, "改走另一辆车")
    assert now(cases[0]).state == "ready"
    assert not Stop.objects.filter(case=cases[0], state="planned").exists()
    assert trip.stops.filter(state="planned").count() == 4


def test_a_trip_is_finished_a_minute_after_its_last_stop(trip, cases):
    for case in cases:
        trips.collect(trip.stops.get(case=case, kind="pickup"))
        trips.deliver(trip.stops.get(case=case, kind="delivery"), name="王")
    assert trips.finish_done() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert trips.finish_done() == 1
        trip.refresh_from_db()
        assert trip.state == "finished"
        assert trip.period.upper <= timezone.now()


def test_a_trip_with_open_stops_is_not_finished(trip):
    with pytest.raises(MoveRefused):
        trips.finish(trip)
