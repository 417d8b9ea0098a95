"""At the stops: what the driver reports and what follows for the case."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Callback, Case
from dispatch import trips
from dispatch.models import Plan, Stop
from hotline import integrity
from tests.factories.dispatch import ready_case, trip_with


@pytest.fixture
def case(templates):
    return ready_case()


@pytest.fixture
def trip(case):
    return trips.start(trips.release(trip_with(case), None))


@pytest.fixture
def pickup(trip):
    return trip.stops.get(kind="pickup")


@pytest.fixture
def delivery(trip):
    return trip.stops.get(kind="delivery")


@pytest.fixture
def on_board(trip, pickup, delivery):
    trips.collect(trips.arrive(pickup))
    return delivery


def now(case):
    return Case.objects.get(pk=case.pk)


def broken_promises():
    return [v for answer in integrity.ask_all() if answer.number in (2, 3, 6) for v in answer.violations]


def test_collected_goods_are_on_board(on_board, case):
    assert case.sourcings.get().state == "collected"


def test_handed_over_with_the_pin(on_board, case):
    trips.deliver(trips.arrive(on_board), pin=on_board.pin)
    assert now(case).state == "delivered"
    assert on_board.proofs.get().kind == "pin"
    assert broken_promises() == []


def test_a_wrong_pin_hands_nothing_over(on_board, case):
    wrong = "0000" if on_board.pin != "0000" else "1111"
    with pytest.raises(trips.Refused):
        trips.deliver(on_board, pin=wrong)
    assert now(case).state == "en_route"


def test_a_name_or_a_photo_is_proof_too(on_board, case, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    trips.deliver(on_board, name="3 楼李阿姨", photo=SimpleUploadedFile("door.jpg", b"x", "image/jpeg"))
    assert sorted(p.kind for p in on_board.proofs.all()) == ["name", "photo"]


def test_no_proof_no_delivery(on_board, case):
    with pytest.raises(trips.Refused):
        trips.deliver(on_board)
    assert now(case).state == "en_route"


def test_goods_are_collected_first(trip, delivery):
    with pytest.raises(trips.Refused):
        trips.deliver(delivery, name="王")


def test_nothing_is_done_before_the_start(case):
    trip = trips.release(trip_with(case), None)
    with pytest.raises(trips.Refused):
        trips.arrive(trip.stops.first())


def test_handing_over_twice_is_refused(on_board):
    trips.deliver(on_board, name="王")
    with pytest.raises(trips.Refused):
        trips.deliver(on_board, name="王")


@pytest.mark.parametrize("reason", ["gate_refused", "no_answer", "wrong_address", "not_wanted"])
def test_a_failed_hand_over_is_called_about(on_board, case, reason):
    trips.fail(on_board, reason, words="门卫不让进")
    case = now(case)
    assert (case.state, case.promised_until) == ("on_hold", None)
    assert Callback.objects.get(case=case).state in ("scheduled", "due")
    assert case.sourcings.get().state == "confirmed"
    assert broken_promises() == []


def test_turned_back_at_a_check_point_waits_for_the_next_plan(on_board, case):
    trips.fail(on_board, "turned_back")
    assert now(case).state == "ready"
    assert Plan.objects.filter(state="asked").exists()


@pytest.mark.parametrize("reason", ["goods_damaged", "goods_missing"])
def test_spoilt_goods_are_looked_for_again(on_board, case, reason):
    trips.fail(on_board, reason)
    assert now(case).state == "sourcing"
    assert case.sourcings.get().state == "refused"


def test_goods_that_are_not_there_take_the_delivery_off_the_trip(trip, pickup, delivery, case):
    trips.fail(pickup, "goods_missing")
    delivery.refresh_from_db()
    assert delivery.state == "dropped"
    assert now(case).state == "sourcing"


def test_a_failure_needs_a_reason(on_board):
    with pytest.raises(trips.Refused):
        trips.fail(on_board, "")


def test_a_slip_at_the_door_is_taken_back(on_board, case):
    trips.deliver(on_board, name="王")
    trips.undo(on_board, "按错了")
    on_board.refresh_from_db()
    assert (on_board.state, now(case).state) == ("arrived", "en_route")
    assert not on_board.proofs.exists()
    trips.deliver(on_board, pin=on_board.pin)
    assert now(case).state == "delivered"


@pytest.mark.parametrize("reason", ["no_answer", "turned_back", "goods_damaged"])
def test_a_failure_pressed_by_mistake_is_taken_back(on_board, case, reason):
    trips.fail(on_board, reason)
    trips.undo(on_board, "按错了")
    assert now(case).state == "en_route"
    trips.deliver(on_board, name="王")
    assert now(case).state == "delivered"
    assert broken_promises() == []


def test_a_failed_pickup_taken_back_brings_its_delivery_back(trip, pickup, case):
    trips.fail(pickup, "goods_missing")
    trips.undo(pickup, "找到了")
    trips.collect(pickup)
    again = Stop.objects.get(case=case, kind="delivery", state="planned")
    trips.deliver(again, pin=again.pin)
    assert now(case).state == "delivered"


def test_what_is_on_another_trip_is_not_taken_back(on_board, case):
    trips.fail(on_board, "turned_back")
    trip_with(now(case))
    with pytest.raises(trips.Refused):
        trips.undo(on_board, "按错了")
