"""The whole of dispatch in the city as it is loaded: plan, accept, release, drive, and nothing left over."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Address, Case, Category, Community
from dispatch import planner, trips
from dispatch.city.load import load
from dispatch.models import PickupPoint, Sourcing, Stop, Trip
from hotline import integrity
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory
from tests.factories.dispatch import never_close

pytestmark = pytest.mark.django_db
NEEDS = {"medicine": (1, 40), "infant": (2, 15), "elderly": (2, 12), "food": (3, 10)}


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "plum-rain-over-the-river")
    line = load()
    never_close()
    return line


def fill(line):
    """Ready cases of every category all over the city, in their order of urgency."""
    communities = list(Community.objects.order_by("id"))
    for slug, (least, count) in NEEDS.items():
        category = Category.objects.get(slug=slug)
        point = PickupPoint.objects.filter(categories=category).first()
        for n in range(count):
            case = CaseFactory(
                line=line,
                category=category,
                person=ResidentFactory(),
                address=Address.objects.create(community=communities[n * 37 % len(communities)]),
                district=None,
                level=least + n % 3,
                state="ready",
                next_step="plan",
                owner="dispatch",
                due_at=timezone.now() + timedelta(hours=n),
            )
            NeedFactory(case=case)
            Sourcing.objects.create(case=case, pickup_point=point, state="confirmed", ready_at=timezone.now())


def drive(trip):
    """To the end: every fourth gate refuses."""
    for stop in trip.stops.order_by("sequence").select_related("trip"):
        with time_machine.travel(max(stop.eta, timezone.now()), tick=True):
            stop.refresh_from_db()
            if stop.state != "planned":
                continue
            trips.arrive(stop)
            if stop.kind == "pickup":
                trips.collect(stop)
            elif stop.case_id % 4 == 0:
                trips.fail(stop, "gate_refused")
            else:
                trips.deliver(stop, pin=Stop.objects.get(pk=stop.pk).pin)


def test_a_wave_of_trips_through_the_city(line):
    fill(line)
    plan = planner.propose(planner.ask(line, because="morning"))
    assert plan.figures["served"] > 30
    assert {o["code"] for o in plan.unserved} <= {"full", "no_pass", "closed", "shift", "certificate", "too_far"}
    first: dict[int, int] = {}  # a vehicle with two shifts ahead drives in the first of them
    for row in sorted(plan.trips, key=lambda row: row["starts_at"]):
        first.setdefault(row["vehicle"], row["shift"])
    made = trips.accept(plan, None, shifts=set(first.values()))
    assert len(made) == len(first)
    for trip in made:
        trips.release(trip, None)
    for trip in made:
        with time_machine.travel(trip.period.lower, tick=True):
            trips.start(trip)
    for trip in made:
        drive(trip)
    states = set(Case.objects.filter(stops__isnull=False).values_list("state", flat=True))
    assert states == {"delivered", "on_hold"}
    assert [v for a in integrity.ask_all() if a.number in (2, 3, 6) for v in a.violations] == []
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        assert trips.finish_done() == Trip.objects.count()
