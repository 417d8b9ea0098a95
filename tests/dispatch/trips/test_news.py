"""What residents hear on the way: window, PIN, near, here, not handed over; each once, none stale, to the receiver too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import people, receivers
from cases.models import Case
from dispatch import trips
from dispatch.models import Stop
from dispatch.trips import failures
from hotline.lifecycle import MoveRefused
from hotline.models import Message
from tests.factories.cases import CommunityFactory
from tests.factories.dispatch import StopFactory, ready_case, trip_with
from tests.factories.hotline import UserFactory


def told(case, *events):
    """What was told about the case, and is not taken back, in order."""
    found = Message.objects.filter(topic=f"case:{case.pk}", direction="out").exclude(state="suppressed")
    return [m.purpose for m in found.order_by("id") if not events or m.purpose in events]


def case_at(n):
    """A ready case at a community of its own, so that it is a stop of its own."""
    case = ready_case()
    address = case.address
    address.community = CommunityFactory(name=f"小区{n}", lon=121.53 + n / 100, lat=31.28)
    address.save()
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def trip(templates):
    return trips.start(trips.release(trip_with(ready_case()), None))


@pytest.fixture
def at_the_door(trip):
    trips.collect(trip.stops.get(kind="pickup"))
    return trips.arrive(trip.stops.get(kind="delivery"))


def test_who_waits_is_told_that_the_vehicle_is_there_with_the_pin(at_the_door):
    here = Message.objects.get(purpose="driver_here")
    assert at_the_door.pin in here.body
    assert "on_its_way" not in told(at_the_door.case)


def test_three_stops_before_theirs_a_resident_is_told_once(templates):
    cases = [case_at(n) for n in range(6)]
    trip = trips.start(trips.release(trip_with(*cases), None))
    for stop in trip.stops.filter(kind="pickup").order_by("sequence"):
        trips.collect(stop)
    doors = list(trip.stops.filter(kind="delivery").order_by("sequence"))
    assert told(cases[3], "near") == ["near"]
    assert told(cases[4], "near") == []
    trips.deliver(doors[0], name="王")
    trips.deliver(doors[1], name="李")
    assert [told(case, "near") for case in cases[3:]] == [["near"]] * 3
    assert "3" in Message.objects.get(purpose="near", topic=f"case:{cases[4].pk}").body


def test_after_a_failure_the_resident_hears_what_happens_next(at_the_door):
    trips.fail(at_the_door, "gate_refused")
    news = Message.objects.get(purpose="attempt_failed")
    assert "代收" in news.body
    assert told(at_the_door.case, "on_its_way", "driver_here") == []


def test_a_failure_taken_back_is_not_told(at_the_door):
    trips.fail(at_the_door, "no_answer")
    trips.undo(at_the_door, "按错了")
    assert told(at_the_door.case, "attempt_failed") == []


def test_nobody_answers_is_tried_again_today_and_the_second_time_called_first(at_the_door):
    trips.fail(at_the_door, "no_answer")
    case = Case.objects.get(pk=at_the_door.case_id)
    assert case.held_until < timezone.now() + timedelta(hours=2)
    again = StopFactory(case=case, trip=at_the_door.trip, state="failed", failed_reason="no_answer")
    assert failures.rule(again).next == "call_back"
    assert failures.rule(StopFactory(case=case, state="failed", failed_reason="other")).next == "agent"


@pytest.mark.parametrize("reason", failures.AT_THE_DOOR)
def test_every_reason_has_a_next_step_and_its_words(reason):
    from dispatch.trips import news

    for follow in failures.AT_THE_DOOR[reason]:
        assert bool(follow.hold) == bool(follow.call)
        for language in ("zh-hans", "en"):
            assert news.HAPPENED[language][reason]
            assert news.COMES_NEXT[language][follow.next]


def test_the_reason_and_what_follows_are_in_the_history(at_the_door):
    trips.fail(at_the_door, "wrong_address", "楼号不对")
    moved = at_the_door.case.transitions.get(move="return_to_ready")
    assert "楼号不对 →" in moved.reason


def test_not_attempted_is_no_failure_and_the_trip_goes_on(templates):
    trip = trips.start(trips.release(trip_with(ready_case(), ready_case()), None))
    for stop in trip.stops.filter(kind="pickup"):
        trips.collect(stop)
    first, second = trip.stops.filter(kind="delivery").order_by("sequence")
    trips.not_attempted(first, "太晚了")
    first.refresh_from_db()
    assert (first.state, first.failed_reason) == ("dropped", "")
    assert Case.objects.get(pk=first.case_id).state == "ready"
    assert told(first.case, "attempt_failed") == []
    trips.deliver(second, name="王")


def test_a_delay_of_minutes_is_no_news_a_broken_window_is_told_once(trip):
    stop = trip.stops.get(kind="delivery")
    late = stop.window_until - stop.eta
    for beyond, events in (
        (timedelta(minutes=5), []),
        (timedelta(minutes=40), ["delayed"]),
        (timedelta(minutes=41), ["delayed"]),
    ):
        trips.retime(trip, timezone.now() + late + beyond)
        assert told(stop.case, "delayed") == events


def test_nobody_comes_before_the_promised_window(templates):
    trip = trip_with(ready_case())
    trip.stops.update(eta=timezone.now() + timedelta(hours=3))
    trip = trips.release(trip, None)
    stop = trip.stops.get(kind="delivery")
    assert trips.best_start(trip, list(trip.stops.all())) > timezone.now() + timedelta(hours=1)
    trips.start(trip)
    now = trip.stops.get(kind="delivery")
    assert now.eta >= stop.window_from
    assert (now.window_from, now.window_until) == (stop.window_from, stop.window_until)
    assert told(stop.case, "delayed") == []


def test_an_agreed_neighbour_gets_the_pin_too(templates):
    case = ready_case()
    receivers.agree(case, kind="neighbour", name="李阿姨", phone="+8613900000001", by=UserFactory(), consent=True)
    trip = trips.start(trips.release(trip_with(case), None))
    pin = trip.stops.get(kind="delivery").pin
    to = {m.number: m for m in Message.objects.filter(body__contains=pin)}
    assert set(to) == {"+8613900000001", people.text_number(case.reporter or case.person)}
    assert "李阿姨" in to["+8613900000001"].body


def test_who_is_agreed_on_the_way_gets_it_at_once_and_once(trip):
    case = trip.stops.get(kind="delivery").case
    receivers.agree(case, kind="committee", name="居委会", phone="+8613900000002", by=None, consent=True)
    trips.tell_receiver(case)
    trips.tell_receiver(case)
    assert Message.objects.filter(purpose="receiver_pin").count() == 1


def test_without_consent_nobody_else_receives(db):
    case = ready_case()
    with pytest.raises(MoveRefused):
        receivers.agree(case, kind="neighbour", name="李", by=None, consent=False)
    assert receivers.of(case) is None


def test_one_receiver_at_a_time_and_the_person_again(db):
    case = ready_case()
    for name in ("李", "王"):
        receivers.agree(case, kind="neighbour", name=name, by=None, consent=True)
    assert receivers.of(case).name == "王"
    receivers.withdraw(case)
    assert receivers.of(case) is None


OFF = ("put_off", "attempt_failed")


@pytest.mark.parametrize("reason", [value for value in Stop.FailedReason.values if value])
def test_a_failure_at_the_door_is_told_once_and_not_as_put_off_too(at_the_door, reason):
    trips.fail(at_the_door, reason)
    trips.abort(at_the_door.trip, UserFactory(role="dispatcher"), "车坏了")
    assert told(at_the_door.case, *OFF) == ["attempt_failed"]


@pytest.mark.parametrize("reason", ["goods_missing", "goods_damaged", "turned_back", "other"])
def test_who_was_promised_goods_that_are_not_there_is_told_once_that_it_is_put_off(trip, reason):
    pickup = trip.stops.get(kind="pickup")
    trips.fail(pickup, reason)
    trips.abort(trip, UserFactory(role="dispatcher"), "车坏了")
    assert told(pickup.case, *OFF) == ["put_off"]
    assert told(pickup.case, "on_its_way", "planned") == []


def test_a_stop_that_was_not_attempted_is_told_once_as_put_off(at_the_door):
    trips.not_attempted(at_the_door)
    assert told(at_the_door.case, *OFF) == ["put_off"]


def test_a_failed_pickup_taken_back_leaves_nothing_told_as_put_off(trip):
    pickup = trip.stops.get(kind="pickup")
    trips.fail(pickup, "goods_missing")
    pickup.refresh_from_db()
    trips.undo(pickup, "pressed by mistake")
    assert told(pickup.case, *OFF) == []
