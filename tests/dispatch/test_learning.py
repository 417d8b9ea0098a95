"""What finished trips teach: delays at borders by hour and speeds by hour, used by the next plan."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import learning, travel
from dispatch.models import BorderDelay, CheckpointPassage, HourSpeed
from dispatch.planner import problem as problems
from tests.factories.cases import AddressFactory, CaseFactory, CommunityFactory, DistrictFactory
from tests.factories.dispatch import PickupPointFactory, StopFactory, TripFactory
from tests.factories.hotline import LineFactory

pytestmark = pytest.mark.django_db
KILOMETRE = 1 / 95  # degrees of longitude


@pytest.fixture
def line():
    return LineFactory()


@pytest.fixture
def borders():
    here, there = DistrictFactory(slug="yangpu"), DistrictFactory(slug="hongkou", name="虹口区")
    here.borders.add(there)
    there.borders.add(here)
    return here, there


def driven(line, start, end, minutes, *, kilometres=4.0, count=1, left_at=None):
    """Trips that were driven from a pickup point to a gate so many kilometres east in so many minutes."""
    left_at = left_at or timezone.now() - timedelta(hours=6)
    made = []
    for _ in range(count):
        trip = TripFactory(line=line, state="finished", ended_at=timezone.now() - timedelta(hours=1))
        case = CaseFactory(address=AddressFactory(community=CommunityFactory(district=end)))
        at = {"state": "done", "case": case, "lat": 31.3}
        StopFactory(
            trip=trip,
            kind="pickup",
            pickup_point=PickupPointFactory(line=line, district=start),
            lon=121.5,
            arrived_at=left_at - timedelta(minutes=5),
            ended_at=left_at,
            **at,
        )
        reached = left_at + timedelta(minutes=minutes)
        StopFactory(
            trip=trip,
            lon=121.5 + kilometres * KILOMETRE,
            arrived_at=reached,
            ended_at=reached + timedelta(minutes=3),
            **at,
        )
        made.append(trip)
    return made


def delay(line, start, end, hour):
    return learning.conditions(line).delay(start.pk, end.pk, [hour])


def test_a_slow_border_is_learned_for_its_hour_and_direction(line, borders):
    here, there = borders
    left_at = timezone.now() - timedelta(hours=6)
    driven(line, here, there, 50, count=8, left_at=left_at)
    learning.learn(line)
    hour = timezone.localtime(left_at).hour
    assert delay(line, here, there, hour) > 1800
    assert delay(line, here, there, (hour + 12) % 24) < delay(line, here, there, hour)
    assert delay(line, there, here, hour) == travel.CHECKPOINT_SECONDS


def test_one_slow_trip_says_little(line, borders):
    driven(line, *borders, 50)
    learning.learn(line)
    assert max(BorderDelay.objects.values_list("seconds", flat=True)) < 1200


def test_what_the_driver_told_of_a_checkpoint_counts_instead_of_the_whole_drive(line, borders):
    here, there = borders
    for trip in driven(line, here, there, 60, count=6):
        stood = timezone.now() - timedelta(hours=5)
        CheckpointPassage.objects.create(
            trip=trip, from_district=here, to_district=there, arrived_at=stood, passed_at=stood + timedelta(minutes=2)
        )
    learning.learn(line)
    assert max(BorderDelay.objects.values_list("seconds", flat=True)) <= travel.CHECKPOINT_SECONDS


def test_drives_inside_a_district_give_the_speed_of_their_hour(line):
    here = DistrictFactory(slug="yangpu")
    left_at = timezone.now() - timedelta(hours=6)
    driven(line, here, here, 40, kilometres=8, count=8, left_at=left_at)
    learning.learn(line)
    hour = timezone.localtime(left_at).hour
    assert HourSpeed.objects.get().hour == hour
    assert learning.conditions(line).speeds[hour] < travel.SPEEDS[hour]


def test_learning_twice_is_learning_once(line, borders):
    driven(line, *borders, 50, count=3)
    learning.learn(line)
    before = list(BorderDelay.objects.order_by("pk").values_list("pk", "seconds", "legs"))
    learning.learn(line)
    assert list(BorderDelay.objects.order_by("pk").values_list("pk", "seconds", "legs")) == before


def test_a_border_not_crossed_for_two_weeks_is_not_known_any_more(line, borders):
    driven(line, *borders, 50, count=3)
    learning.learn(line)
    learning.learn(line, timezone.now() + timedelta(days=20))
    assert not BorderDelay.objects.exists()


def test_the_next_plan_drives_by_it(line, borders):
    here, there = borders
    driven(line, here, there, 55, count=10)
    learning.learn(line)
    known = problems.read(line, timezone.now()).conditions
    assert known.delay(here.pk, there.pk, range(24)) > travel.CHECKPOINT_SECONDS
