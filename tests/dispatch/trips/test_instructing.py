"""What a dispatcher tells the planner about a case: only this vehicle, not before a time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import planner, trips
from dispatch.models import Instruction, Plan
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory, UserFactory

pytestmark = pytest.mark.django_db


def proposed():
    return planner.propose(planner.ask(LineFactory(), because="test"))


def vehicles_of(plan):
    return {stop["case"]: trip["vehicle"] for trip in plan.trips for stop in trip["stops"]}


def test_a_pinned_case_is_planned_with_its_vehicle_only(dispatcher):
    shifts = [ShiftFactory() for _ in range(3)]
    cases = [ready_case() for _ in range(3)]
    for case, shift in zip(cases, shifts, strict=True):
        trips.pin(case, shift.vehicle, by=dispatcher, reason="认识门卫")
    assert vehicles_of(proposed()) == {case.pk: shift.vehicle_id for case, shift in zip(cases, shifts, strict=True)}


def test_a_case_pinned_to_a_vehicle_that_is_off_waits_and_says_so(dispatcher):
    ShiftFactory()
    case = ready_case()
    trips.pin(case, VehicleFactory(), by=dispatcher, reason="认识门卫")
    plan = proposed()
    assert [row["code"] for row in plan.unserved] == ["pinned"]
    case.refresh_from_db()
    assert "指定" in case.waits_because["zh-hans"]


def test_an_excluded_case_is_in_no_plan_until_its_time_and_says_so(dispatcher):
    ShiftFactory()
    case = ready_case()
    until = timezone.now() + timedelta(hours=5)
    trips.exclude(case, until=until, by=dispatcher, reason="居民晚上才到家")
    plan = proposed()
    assert plan.trips == []
    assert plan.unserved[0]["code"] == "excluded"
    assert timezone.localtime(until).strftime("%H:%M") in plan.unserved[0]["words"]["en"]
    assert "居民" not in plan.unserved[0]["words"]["zh-hans"]


def test_an_exclusion_ends_by_itself_and_a_plan_is_asked_for(dispatcher):
    case = ready_case()
    trips.exclude(case, until=timezone.now() + timedelta(hours=1), by=dispatcher, reason="等")
    Instruction.objects.update(until=timezone.now() - timedelta(seconds=1))
    Plan.objects.all().delete()
    assert trips.lift_ended() == 1
    assert trips.lift_ended() == 0
    assert Plan.objects.filter(state="asked").exists()


def test_an_instruction_is_lifted_by_hand(dispatcher):
    case = ready_case()
    trips.pin(case, VehicleFactory(), by=dispatcher, reason="认识门卫")
    assert trips.lift(case, "pin", by=dispatcher) == 1
    assert not Instruction.objects.filter(ended_at=None).exists()


def test_the_second_dispatcher_sees_what_the_first_said(dispatcher):
    case = ready_case()
    trips.pin(case, VehicleFactory(), by=dispatcher, reason="认识门卫")
    with pytest.raises(trips.Refused, match="认识门卫"):
        trips.pin(case, VehicleFactory(), by=UserFactory(role="dispatcher"), reason="近")


def test_a_reason_a_role_and_a_time_are_asked_for(dispatcher):
    case = ready_case()
    with pytest.raises(trips.Refused):
        trips.pin(case, VehicleFactory(), by=dispatcher, reason=" ")
    with pytest.raises(trips.Refused):
        trips.pin(case, VehicleFactory(), by=UserFactory(role="agent"), reason="近")
    with pytest.raises(trips.Refused):
        trips.exclude(case, until=timezone.now() - timedelta(hours=1), by=dispatcher, reason="等")


def test_who_said_it_is_in_the_history_of_the_case(dispatcher):
    case = ready_case()
    trips.pin(case, VehicleFactory(), by=dispatcher, reason="认识门卫")
    last = case.history.first()
    assert last.history_user == dispatcher
    assert "认识门卫" in last.history_change_reason
