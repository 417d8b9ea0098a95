"""Whatever is pressed at the stops, in whatever order: a delivery has its proof, and an open case its next step."""

import contextlib
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case
from dispatch import trips
from dispatch.models import Stop
from hotline.lifecycle import MoveRefused
from tests.factories.dispatch import ready_case, trip_with
from tests.factories.hotline import UserFactory

AT = st.sampled_from(["pickup", "delivery"])


def arrive(stop, by):
    trips.arrive(stop)


def collect(stop, by):
    trips.collect(stop)


def deliver_without_proof(stop, by):
    trips.deliver(stop)


def deliver_with_a_wrong_pin(stop, by):
    trips.deliver(stop, pin="xxxx")


def deliver_by_name(stop, by):
    trips.deliver(stop, name="邻居")


def deliver_less(stop, by):
    trips.deliver(stop, name="邻居", given={need.pk: Decimal(1) for need in stop.case.needs.all()})


def deliver_on_a_supervisors_word(stop, by):
    trips.deliver(stop, by=by, reason="they called and said so")


def fail(stop, by):
    trips.fail(stop, "no_answer")


def undo(stop, by):
    trips.undo(stop, "slip")


ACTS = st.sampled_from(
    [
        arrive,
        collect,
        deliver_without_proof,
        deliver_with_a_wrong_pin,
        deliver_by_name,
        deliver_less,
        deliver_on_a_supervisors_word,
        fail,
        undo,
    ]
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ACTS, AT), min_size=1, max_size=10))
def test_a_delivery_always_has_proof_or_a_supervisors_reason(templates, acts):
    case = ready_case()
    trip = trips.start(trips.release(trip_with(case), None))
    supervisor = UserFactory(role="supervisor")
    for act, kind in acts:
        stop = trip.stops.select_related("trip", "case").filter(kind=kind).latest("pk")
        with contextlib.suppress(trips.Refused, MoveRefused):
            act(stop, supervisor)
        check(trip.stops.filter(kind="delivery").latest("pk"), Case.objects.get(pk=case.pk))


def check(stop: Stop, case: Case) -> None:
    assert (case.delivered_at is not None) == (stop.state == "done")
    assert (stop.state == "done") == stop.proofs.exists()
    assert case.next_step
    assert case.owner
    assert case.due_at
    open_rests = [rest for rest in case.rests.all() if rest.is_open]
    assert len(open_rests) <= (1 if case.delivered_at else 0)
