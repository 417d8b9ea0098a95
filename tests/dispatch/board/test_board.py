"""The dispatcher's board: the proposal, what is left out and why, and deciding."""

import re

import pytest
from django.urls import reverse

from cases.models import Case
from dispatch.models import Plan, Trip
from hotline.models import Message
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case, trip_with
from tests.factories.hotline import LineFactory, TemplateFactory, UserFactory


def shown(client):
    answer = client.get(reverse("dispatch:board"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "administrator"])
def test_the_board_opens_for_those_who_dispatch(client, db, role):
    LineFactory()
    client.force_login(UserFactory(role=role))
    shown(client)


def test_an_agent_is_refused(client, db):
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("dispatch:board")).status_code == 403


def test_an_empty_board_says_what_will_be_here(dispatcher):
    LineFactory()
    assert "empty" in shown(dispatcher)


def test_without_a_line_the_board_says_what_to_do(dispatcher):
    assert "load_city" in shown(dispatcher)


def test_the_proposal_and_what_is_left_out_are_shown_with_the_reason(dispatcher, plan):
    words = shown(dispatcher)
    assert "没有车辆有崇明的通行证" in words
    for trip in plan.trips:
        assert f'id="proposed-{trip["vehicle"]}-{trip["shift"]}"' in words


def test_a_vehicle_proposed_for_two_shifts_is_no_id_twice(dispatcher, plan):
    later = plan.trips[0] | {"shift": ShiftFactory().pk}
    Plan.objects.filter(pk=plan.pk).update(trips=[*plan.trips, later])
    ids = re.findall(r' id="([^"]+)"', shown(dispatcher))
    assert f"proposed-{later['vehicle']}-{later['shift']}" in ids
    assert len(ids) == len(set(ids))


def test_accepting_all_makes_the_trips(dispatcher, plan):
    dispatcher.post(reverse("dispatch:accept", args=[plan.pk]))
    assert Trip.objects.filter(plan=plan, state="planned").count() == 2


def test_accepting_one_vehicle_leaves_the_other_proposed(dispatcher, plan):
    first, second = plan.trips
    dispatcher.post(reverse("dispatch:accept", args=[plan.pk]), {"vehicle": first["vehicle"]})
    assert Trip.objects.get(plan=plan).vehicle_id == first["vehicle"]
    words = shown(dispatcher)
    assert f'id="proposed-{second["vehicle"]}-' in words
    assert f'id="proposed-{first["vehicle"]}-' not in words


def test_accept_and_release_tells_the_driver(dispatcher, plan):
    TemplateFactory(event="driver_trip", body="行程：{link}")
    dispatcher.post(reverse("dispatch:accept", args=[plan.pk]), {"then": "release"})
    assert Trip.objects.filter(state="released").count() == 2
    assert Message.objects.filter(purpose="driver_trip").count() == 2


def test_what_cannot_be_accepted_says_why_and_does_not_stop_the_rest(dispatcher, plan):
    grounded = plan.trips[0]["vehicle"]
    VehicleFactory._meta.model.objects.filter(pk=grounded).update(state="broken_down")
    answer = dispatcher.post(reverse("dispatch:accept", args=[plan.pk]), follow=True)
    assert Trip.objects.get(plan=plan).vehicle_id == plan.trips[1]["vehicle"]
    assert "notice-error" in answer.content.decode()


def test_accepting_twice_says_who_was_first(dispatcher, plan):
    dispatcher.post(reverse("dispatch:accept", args=[plan.pk]))
    answer = dispatcher.post(reverse("dispatch:accept", args=[plan.pk]), follow=True)
    assert Trip.objects.filter(plan=plan).count() == 2
    assert "notice-error" in answer.content.decode()


def test_releasing_a_trip_promises_its_cases(dispatcher, db):
    case = ready_case()
    trip = trip_with(case)
    dispatcher.post(reverse("dispatch:release", args=[trip.pk]))
    case.refresh_from_db()
    assert case.state == "planned"
    assert case.promised_until


def test_calling_off_needs_a_reason(dispatcher, db):
    trip = trip_with(ready_case())
    dispatcher.post(reverse("dispatch:abort", args=[trip.pk]), {"reason": " "})
    trip.refresh_from_db()
    assert trip.state == "planned"


def test_calling_off_gives_the_cases_back(dispatcher, db):
    case = ready_case()
    trip = trip_with(case)
    dispatcher.post(reverse("dispatch:release", args=[trip.pk]))
    dispatcher.post(reverse("dispatch:abort", args=[trip.pk]), {"reason": "爆胎"})
    trip.refresh_from_db()
    case.refresh_from_db()
    assert (trip.state, case.state) == ("aborted", "ready")


def test_a_new_link_makes_the_old_one_worthless(dispatcher, db):
    TemplateFactory(event="driver_trip", body="行程：{link}")
    trip = trip_with(ready_case())
    dispatcher.post(reverse("dispatch:release", args=[trip.pk]))
    trip.refresh_from_db()
    dispatcher.post(reverse("dispatch:send-link", args=[trip.pk]), {"renew": "1", "once": "1"})
    before = trip.link_version
    trip.refresh_from_db()
    assert trip.link_version == before + 1
    assert Message.objects.filter(purpose="driver_trip").count() == 2


def test_a_dispatcher_writes_down_what_a_driver_says_by_telephone(dispatcher, db):
    trip = trip_with(ready_case())
    for name in ("release", "start"):
        dispatcher.post(reverse(f"dispatch:{name}", args=[trip.pk]))
    pickup, delivery = trip.stops.order_by("sequence")
    dispatcher.post(reverse("dispatch:stop-act", args=[pickup.pk, "collect"]))
    dispatcher.post(reverse("dispatch:stop-act", args=[delivery.pk, "deliver"]), {"words": "门卫老王"})
    assert Case.objects.get(pk=delivery.case_id).state == "delivered"


def test_a_vehicle_out_asks_for_a_new_plan(dispatcher, db):
    vehicle = VehicleFactory()
    dispatcher.post(reverse("dispatch:vehicle-state", args=[vehicle.pk]), {"state": "broken_down"})
    vehicle.refresh_from_db()
    assert vehicle.state == "broken_down"
    assert Plan.objects.filter(line=vehicle.line, state="asked").exists()


def test_the_board_asks_the_database_a_fixed_number_of_times(dispatcher, plan, django_assert_max_num_queries):
    for _ in range(5):
        trip_with(ready_case(), ready_case())
    with django_assert_max_num_queries(28):
        shown(dispatcher)
