"""The gate: a trip needs its permit and test from start to end, and the answer says what is missing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import clearance
from tests.factories.cases import DistrictFactory
from tests.factories.dispatch import CertificateFactory, DriverFactory, PermitFactory, VehicleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def yangpu():
    return DistrictFactory()


@pytest.fixture
def chongming():
    return DistrictFactory(slug="chongming", name="崇明区")


def span(start=0.0, end=4.0):
    now = timezone.now()
    return clearance.Span(now + timedelta(hours=start), now + timedelta(hours=end))


def why_not(vehicle=None, driver=None, districts=(), period=None):
    return clearance.why_not(vehicle or VehicleFactory(), driver or DriverFactory(), districts, period or span())


def test_a_cleared_trip_has_nothing_against_it(yangpu):
    assert why_not(districts=[yangpu]) == []


def test_a_district_without_a_permit_is_named(yangpu, chongming):
    vehicle = VehicleFactory(districts=[yangpu])
    (reason,) = why_not(vehicle, districts=[yangpu, chongming])
    assert "崇明区" in reason


def test_a_withdrawn_permit_is_none(yangpu):
    vehicle = VehicleFactory(districts=[])
    PermitFactory(vehicle=vehicle, districts=[yangpu], withdrawn_at=timezone.now())
    assert len(why_not(vehicle, districts=[yangpu])) == 1


def test_a_permit_that_ends_on_the_way_says_when(yangpu):
    vehicle = VehicleFactory(districts=[])
    ends_at = timezone.now() + timedelta(hours=2)
    PermitFactory(vehicle=vehicle, districts=[yangpu], valid_until=ends_at)
    (reason,) = why_not(vehicle, districts=[yangpu])
    assert timezone.localtime(ends_at).strftime("%H:%M") in reason


def test_one_permit_may_take_over_from_another(yangpu):
    vehicle = VehicleFactory(districts=[])
    middle = timezone.now() + timedelta(hours=2)
    PermitFactory(vehicle=vehicle, districts=[yangpu], valid_until=middle)
    PermitFactory(vehicle=vehicle, districts=[yangpu], valid_from=middle)
    assert why_not(vehicle, districts=[yangpu]) == []


def test_a_gap_between_two_permits_is_a_gap(yangpu):
    vehicle = VehicleFactory(districts=[])
    middle = timezone.now() + timedelta(hours=2)
    PermitFactory(vehicle=vehicle, districts=[yangpu], valid_until=middle)
    PermitFactory(vehicle=vehicle, districts=[yangpu], valid_from=middle + timedelta(minutes=1))
    assert len(why_not(vehicle, districts=[yangpu])) == 1


def test_no_test_no_trip():
    (reason,) = why_not(driver=DriverFactory(tested=-1, name="周师傅"))
    assert "周师傅" in reason


def test_a_test_that_runs_out_on_the_way_stops_the_trip():
    driver = DriverFactory(tested=46)
    assert len(why_not(driver=driver, period=span(0, 3))) == 1
    assert why_not(driver=driver, period=span(0, 1.5)) == []


def test_a_newer_test_helps():
    driver = DriverFactory(tested=46)
    CertificateFactory(driver=driver, sampled_at=timezone.now() - timedelta(hours=1))
    assert why_not(driver=driver, period=span(0, 3)) == []


def test_a_vehicle_in_the_workshop_does_not_go():
    assert len(why_not(VehicleFactory(state="broken_down"))) == 1


def test_a_licence_that_has_ended_is_said():
    driver = DriverFactory(licence_valid_until=timezone.localdate() - timedelta(days=1))
    assert len(why_not(driver=driver)) == 1


def test_somebody_who_left_does_not_drive():
    assert len(why_not(driver=DriverFactory(active=False))) == 1
