"""check_integrity names what is wrong with trips, stops and goods."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import trips
from dispatch.models import Proof, Sourcing, Stop
from hotline import integrity
from hotline.models import Message
from tests.factories.dispatch import PlanFactory, SourcingFactory, ready_case, trip_with

pytestmark = pytest.mark.django_db


def violations():
    return [(v.row, v.why) for v in integrity.check()]


def test_a_whole_trip_leaves_nothing_to_say():
    trip = trips.start(trips.release(trip_with(ready_case()), None))
    for stop in trip.stops.order_by("sequence"):
        trips.collect(stop) if stop.kind == "pickup" else trips.deliver(stop, name="王")
    assert violations() == []


def test_who_is_put_off_twice_for_the_same_reason_is_told_so_twice_and_no_oftener(templates):
    case = ready_case()
    for _attempt in range(2):
        trips.abort(trips.start(trips.release(trip_with(case), None)), None, "x", because="vehicle")
    told = Message.objects.filter(topic=f"case:{case.pk}", purpose="put_off").exclude(state="suppressed")
    first, second = told.order_by("pk")
    assert first.body == second.body
    assert violations() == []
    first.pk, first.idempotency_key, first._state.adding = None, "again", True
    first.save()
    assert violations() == [(f"case {case.pk}", "told put_off 3 times, and that came about 2 times")]


def test_a_delivery_without_proof_is_named():
    trip = trips.start(trips.release(trip_with(ready_case()), None))
    pickup, delivery = trip.stops.order_by("sequence")
    trips.collect(pickup)
    trips.deliver(delivery, name="王")
    Proof.objects.all().delete()
    assert (f"stop {delivery.pk}", "handed over without proof") in violations()


def test_a_trip_whose_permit_was_withdrawn_is_named():
    trip = trips.release(trip_with(ready_case()), None)
    trip.vehicle.permits.update(withdrawn_at=timezone.now())
    assert [row for row, _why in violations()] == [f"trip {trip.pk}"]


def test_a_planned_case_on_no_trip_is_named():
    case = ready_case()
    trip = trips.release(trip_with(case), None)
    Stop.objects.filter(trip=trip).delete()
    assert f"case {case.pk}" in [row for row, _why in violations()]


def test_a_question_nobody_follows_up_is_named():
    sourcing = SourcingFactory()
    Sourcing.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert f"sourcing {sourcing.pk}" in [row for row, _why in violations()]


def test_a_plan_nobody_makes_is_named():
    plan = PlanFactory(state="asked", proposed_at=None, asked_at=timezone.now() - timedelta(hours=1))
    assert f"plan {plan.pk}" in [row for row, _why in violations()]
