"""What one more vehicle, driver or pass would serve, by planning again with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import trials
from dispatch.models import Plan, Trial
from tests.factories.cases import AddressFactory, CommunityFactory, DistrictFactory
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return LineFactory()


def run(line, what):
    return trials.run(trials.ask(line, what).pk)


def test_one_more_vehicle_serves_what_the_one_there_cannot(line):
    ShiftFactory(vehicle=VehicleFactory(line=line), ends_at=timezone.now() + timedelta(minutes=70))
    for n in range(12):
        community = CommunityFactory(name=f"c{n}", lon=121.5 + 0.03 * (n % 4), lat=31.3 + 0.02 * (n // 4))
        ready_case(line=line, address=AddressFactory(community=community))
    trial = run(line, Trial.What.VEHICLE)
    assert trial.results[0]["more"] > 0
    assert trial.results[0]["more"] == sum(trial.results[0]["by_level"].values())
    assert not Plan.objects.filter(state="proposed").exists()


def test_a_pass_is_tried_for_the_district_that_lacks_it(line):
    home = DistrictFactory()
    ShiftFactory(vehicle=VehicleFactory(line=line, districts=[home]))
    far = DistrictFactory(slug="hongkou", name="虹口区", name_en="Hongkou")
    for n in range(3):
        ready_case(line=line, address=AddressFactory(community=CommunityFactory(name=f"h{n}", district=far)))
    trial = run(line, Trial.What.PASS)
    assert (trial.served, trial.results[0]["more"]) == (0, 3)
    assert "虹口区的通行证" in trial.results[0]["zh-hans"]
    assert "Hongkou" in trial.results[0]["en"]


def test_a_driver_is_tried_for_a_vehicle_that_stands_without_one(line):
    VehicleFactory(line=line, plate="沪A·IDLE1")
    ready_case(line=line)
    trial = run(line, Trial.What.DRIVER)
    assert (trial.results[0]["more"], "沪A·IDLE1" in trial.results[0]["en"]) == (1, True)


def test_where_every_vehicle_has_a_driver_there_is_nothing_to_try(line):
    ShiftFactory(vehicle=VehicleFactory(line=line))
    assert run(line, Trial.What.DRIVER).results == []


def test_pressing_twice_is_asking_once(line):
    assert trials.ask(line, Trial.What.PASS) == trials.ask(line, Trial.What.PASS)


def test_the_sweep_runs_what_was_asked_for(line):
    trials.ask(line, Trial.What.VEHICLE)
    assert trials.run_asked() == 1
    assert Trial.objects.get().state == "done"
    assert trials.run_asked() == 0
