"""Two dispatchers and the planner at once, on connections of their own: no vehicle, driver or case twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import Case
from dispatch import planner, trips
from dispatch.models import Plan, Stop, Trip
from dispatch.planner.routing import Effort
from dispatch.refused import Refused
from hotline import integrity
from hotline.lifecycle import MoveRefused
from tests.factories.cases import AddressFactory, CommunityFactory
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory, UserFactory

ROUNDS = 3
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(templates):
    line = LineFactory()
    for _ in range(3):
        ShiftFactory(vehicle=VehicleFactory(line=line), ends_at=timezone.now() + timedelta(hours=9))
    for n in range(14):
        community = CommunityFactory(name=f"c{n}", lon=121.45 + n / 40, lat=31.3)
        ready_case(line=line, address=AddressFactory(community=community), level=1 + n % 4)
    return line


def dispatch(line, by, together):
    """Whatever is proposed, all of it, and released at once; who is too late hears so."""
    together.wait(30)
    for _ in range(ROUNDS):
        for plan in Plan.objects.filter(line=line, state__in=["proposed", "accepted"]).order_by("-id")[:2]:
            try:
                for trip in trips.accept(plan, by):
                    trips.release(trip, by)
            except (Refused, MoveRefused):
                continue


def plan(line, together):
    together.wait(30)
    for _ in range(ROUNDS):
        planner.propose(planner.ask(line, because="at once"), Effort(threads=1))


def closing(act, *args):
    try:
        act(*args)
    finally:
        connection.close()


def test_two_dispatchers_and_the_planner_at_once_book_nobody_twice(line):
    planner.propose(planner.ask(line, because="first"), Effort(threads=1))
    one, other = UserFactory(role="dispatcher"), UserFactory(role="dispatcher")
    together = Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        acts = [
            pool.submit(closing, dispatch, line, one, together),
            pool.submit(closing, dispatch, line, other, together),
            pool.submit(closing, plan, line, together),
        ]
        for act in acts:
            act.result(120)
    assert Trip.objects.filter(state="released").exists()
    live = Stop.objects.filter(state__in=["planned", "arrived"], kind="delivery")
    assert live.count() == live.values("case").distinct().count()
    assert Case.objects.filter(state="planned").count() == live.filter(trip__state="released").count()
    assert [v for answer in integrity.ask_all() if answer.number == 3 for v in answer.violations] == []
