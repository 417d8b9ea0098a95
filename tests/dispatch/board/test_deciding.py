"""The sheets of the board: what a decision costs and breaks before it is made, the press, and of many at once row by row."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from dispatch.models import Instruction, Permit, Stop, Trip
from tests.dispatch.trips.test_moving import case_at
from tests.factories.dispatch import DriverFactory, ShiftFactory, ready_case, trip_with


def place(client, case, **query):
    answer = client.get(reverse("dispatch:place", args=[case.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, name, pk=None, **fields):
    return client.post(reverse(f"dispatch:{name}", args=[pk] if pk else []), fields, headers={"HX-Request": "true"})


@pytest.fixture
def cases(db):
    return [case_at(121.50 + n / 100, 31.25 + n / 100) for n in range(3)]


def test_the_sheet_offers_the_cheapest_places_and_says_who_cannot(dispatcher, cases):
    good, bad = trip_with(cases[0]), trip_with(cases[1])
    Permit.objects.filter(vehicle=bad.vehicle).update(withdrawn_at=timezone.now())
    dispatcher.cookies["django_language"] = "en"
    words = place(dispatcher, cases[2])
    assert f"trip={good.pk}" in words
    assert f"{bad.vehicle.plate} has no permit" in words


def test_the_sheet_shows_what_a_place_costs(dispatcher, cases):
    trip = trip_with(cases[0])
    words = place(dispatcher, cases[2], trip=trip.pk)
    assert "km" in words
    assert 'name="seen"' in words


def test_what_is_refused_cannot_be_pressed(dispatcher, cases):
    trip = trip_with(cases[0])
    Permit.objects.filter(vehicle=trip.vehicle).update(withdrawn_at=timezone.now())
    assert "disabled" in place(dispatcher, cases[2], trip=trip.pk)


def test_the_press_moves_the_case(dispatcher, cases):
    trip = trip_with(cases[0])
    assert press(dispatcher, "move", cases[2].pk, trip=trip.pk).headers["HX-Redirect"]
    assert Stop.objects.get(case=cases[2], kind="delivery").trip == trip


def test_a_refusal_stays_in_the_sheet_with_its_words(dispatcher, cases):
    trip = trip_with(cases[0])
    Permit.objects.filter(vehicle=trip.vehicle).update(withdrawn_at=timezone.now())
    answer = press(dispatcher, "move", cases[2].pk, trip=trip.pk, reason="急")
    assert answer.status_code == 409
    assert trip.vehicle.plate in answer.content.decode()


def test_pin_keep_out_and_hold_from_the_sheet(dispatcher, cases):
    vehicle = ShiftFactory().vehicle
    press(dispatcher, "instruct", cases[0].pk, what="pin", vehicle=vehicle.pk, reason="认识门卫")
    press(dispatcher, "instruct", cases[1].pk, what="exclude", hours="4", reason="晚上才在家")
    press(dispatcher, "instruct", cases[2].pk, what="hold", hours="4", reason="等处方")
    assert set(Instruction.objects.values_list("case_id", "kind")) == {(cases[0].pk, "pin"), (cases[1].pk, "exclude")}
    assert Case.objects.get(pk=cases[2].pk).state == "on_hold"


def test_the_board_shows_what_was_said_of_a_case(dispatcher, plan):
    left_out = plan.unserved[0]["case"]
    press(dispatcher, "instruct", left_out, what="pin", vehicle=ShiftFactory().vehicle_id, reason="认识门卫")
    assert "认识门卫" in dispatcher.get(reverse("dispatch:board")).content.decode()


def test_of_many_at_once_each_row_says_what_became_of_it(dispatcher, cases):
    Case.objects.filter(pk=cases[1].pk).update(state="on_hold", held_until=timezone.now() + timedelta(hours=1))
    press(dispatcher, "choose", what="exclude", hours="2", reason="等", case=[c.pk for c in cases])
    words = dispatcher.get(reverse("dispatch:board")).content.decode()
    assert Instruction.objects.count() == 2
    assert words.count("notice-success") == 2
    assert words.count("notice-error") == 1
    assert f"#{cases[1].number}" in words


def test_a_trip_of_ticked_cases_is_shown_and_made(dispatcher, cases):
    shift = ShiftFactory()
    shown = dispatcher.get(reverse("dispatch:chosen"), {"case": [c.pk for c in cases], "shift": shift.pk})
    assert "km" in shown.content.decode()
    press(dispatcher, "choose", what="trip", shift=shift.pk, reason="急", case=[c.pk for c in cases])
    assert Trip.objects.get().stops.count() == 6


def test_the_sheet_of_a_trip_offers_what_can_be_done(dispatcher, cases):
    trip, other = trip_with(*cases[:2]), trip_with(cases[2])
    shift, driver = ShiftFactory(), DriverFactory()
    words = dispatcher.get(reverse("dispatch:decide-trip", args=[trip.pk])).content.decode()
    for value in (f"trip:{other.pk}", f"shift:{shift.pk}", f'value="{driver.pk}"', cases[0].number):
        assert value in words


def test_a_vehicle_out_says_of_each_case_where_it_went(dispatcher, cases):
    trip, shift = trip_with(*cases[:2]), ShiftFactory()
    press(dispatcher, "vehicle-out", trip.vehicle_id, reason="爆胎", to=f"shift:{shift.pk}")
    words = dispatcher.get(reverse("dispatch:board")).content.decode()
    assert words.count(shift.vehicle.plate) >= 2
    assert set(Trip.objects.get(vehicle=shift.vehicle).stops.values_list("case_id", flat=True)) == {
        c.pk for c in cases[:2]
    }


def test_split_and_another_driver_from_the_sheet(dispatcher, cases):
    trip, shift, driver = trip_with(*cases), ShiftFactory(), DriverFactory()
    press(dispatcher, "split", trip.pk, case=[cases[2].pk], shift=shift.pk, reason="装不下")
    press(dispatcher, "another-driver", trip.pk, driver=driver.pk, reason="发烧")
    trip.refresh_from_db()
    assert trip.driver == driver
    assert Stop.objects.get(case=cases[2], kind="delivery", state="planned").trip.vehicle == shift.vehicle


def test_one_stop_of_the_proposal_is_accepted_alone(dispatcher, plan):
    row = plan.trips[0]
    case = row["stops"][0]["case"]
    dispatcher.post(reverse("dispatch:accept", args=[plan.pk]), {"vehicle": row["vehicle"], "case": case})
    assert set(Trip.objects.get().stops.values_list("case_id", flat=True)) == {case}


def test_differences_say_gain_cost_and_what_is_otherwise_than_before(dispatcher, plan):
    dispatcher.cookies["django_language"] = "en"
    case = Case.objects.get(pk=plan.trips[0]["stops"][0]["case"])
    Case.objects.filter(pk=case.pk).update(needed_by=timezone.now() + timedelta(hours=5))
    plan.pk, plan.state = plan.pk + 1, "proposed"
    first = type(plan).objects.get(pk=plan.pk - 1)
    first.state = "superseded"
    first.trips = [first.trips[1] | {"stops": [s | {"case": case.pk} for s in first.trips[1]["stops"]]}]
    first.save()
    plan.save(force_insert=True)
    words = dispatcher.get(reverse("dispatch:board")).content.decode()
    assert "km" in words
    assert "was with" in words
    assert "to spare" in words


def test_the_sheet_asks_the_database_a_fixed_number_of_times(dispatcher, django_assert_max_num_queries):
    for _ in range(4):
        trip_with(ready_case(), ready_case())
    case = ready_case()
    with django_assert_max_num_queries(45):
        place(dispatcher, case)
