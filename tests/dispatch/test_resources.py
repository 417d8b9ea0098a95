"""Fleets lent for hours, times out of service, districts and gates closed by order: planner and clearance keep to them, and
one page shows what can go.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases.models import District
from dispatch import clearance, planner, resources, trips
from dispatch.models import FleetLoan, VehicleOutage, ZoneOrder
from tests.factories.cases import CategoryFactory, DistrictFactory
from tests.factories.dispatch import FleetFactory, ShiftFactory, VehicleFactory, ready_case, trip_with
from tests.factories.hotline import LineFactory, UserFactory

pytestmark = pytest.mark.django_db


def hours(n):
    return timezone.now() + timedelta(hours=n)


def proposed():
    return planner.propose(planner.ask(LineFactory(), because="test"))


def served(plan):
    return {stop["case"] for trip in plan.trips for stop in trip["stops"]}


@pytest.fixture
def infant():
    """A case of a category that no vehicle on duty drives for."""
    category = CategoryFactory(slug="infant")
    FleetFactory(slug="infant", categories=[category])
    return ready_case(category=category)


def lend(**fields):
    fleet = FleetFactory()
    to = FleetFactory(slug="infant", categories=[CategoryFactory(slug="infant")])
    return FleetLoan.objects.create(
        **({"fleet": fleet, "to_fleet": to, "starts_at": hours(-1), "ends_at": hours(12)} | fields)
    )


def test_a_fleet_that_is_lent_drives_for_the_other_too(infant):
    ShiftFactory()
    medicine = ready_case()
    assert infant.pk not in served(proposed())
    lend()
    assert served(proposed()) == {infant.pk, medicine.pk}


def test_lent_for_nothing_else_it_leaves_its_own(infant):
    ShiftFactory()
    medicine = ready_case()
    lend(only=True)
    plan = proposed()
    assert served(plan) == {infant.pk}
    assert medicine.pk in {row["case"] for row in plan.unserved}


def test_a_loan_that_is_over_or_still_to_come_changes_nothing(infant):
    ShiftFactory()
    lend(starts_at=hours(-3), ends_at=hours(-1))
    lend(starts_at=hours(8), ends_at=hours(9))
    assert served(proposed()) == set()


def test_a_vehicle_out_of_service_is_not_planned_and_not_cleared():
    shift = ShiftFactory()
    ready_case()
    VehicleOutage.objects.create(vehicle=shift.vehicle, starts_at=hours(-1), ends_at=hours(9), reason="保养")
    assert proposed().trips == []
    against = clearance.why_not(shift.vehicle, shift.driver, [], clearance.Span(hours(0), hours(2)))
    assert any(shift.vehicle.plate in words for words in against)


def test_a_ride_ends_before_the_time_out_of_service_begins():
    shift = ShiftFactory()
    ready_case()
    VehicleOutage.objects.create(vehicle=shift.vehicle, starts_at=hours(3), ends_at=hours(9), reason="保养")
    (trip,) = proposed().trips
    assert trip["ends_at"] < hours(3).isoformat()


def test_a_closed_district_is_not_driven_into_and_the_case_says_until_when():
    shift = ShiftFactory()
    case = ready_case()
    ZoneOrder.objects.create(
        district=DistrictFactory(), closed=True, starts_at=hours(-1), ends_at=hours(7), words="全域静态"
    )
    plan = proposed()
    assert plan.trips == []
    assert plan.unserved[0]["code"] == "district_closed"
    assert timezone.localtime(hours(7)).strftime("%H:") in plan.unserved[0]["words"]["en"]
    case.refresh_from_db()
    assert "封闭" in case.waits_because["zh-hans"]
    span = clearance.Span(hours(0), hours(2))
    assert clearance.why_not(shift.vehicle, shift.driver, District.objects.all(), span)


def test_a_closed_gate_is_come_to_when_it_opens():
    ShiftFactory()
    case = ready_case()
    opens = hours(3)
    ZoneOrder.objects.create(community=case.address.community, closed=True, starts_at=hours(-1), ends_at=opens)
    (trip,) = proposed().trips
    eta = next(stop["eta"] for stop in trip["stops"] if stop["kind"] == "delivery")
    assert eta >= opens.isoformat(timespec="seconds")


def test_a_gate_closed_for_longer_than_anybody_drives_is_told():
    ShiftFactory()
    case = ready_case()
    ZoneOrder.objects.create(community=case.address.community, closed=True, starts_at=hours(-1), ends_at=hours(20))
    assert [row["code"] for row in proposed().unserved] == ["gate_closed"]


def test_a_trip_to_a_closed_gate_is_not_released():
    case = ready_case()
    trip = trip_with(case)
    ZoneOrder.objects.create(community=case.address.community, closed=True, starts_at=hours(-1), ends_at=hours(7))
    with pytest.raises(trips.Refused, match=case.number):
        trips.release(trip, UserFactory(role="dispatcher"))


def test_an_order_is_for_a_district_or_a_community():
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneOrder.objects.create(closed=True, starts_at=hours(0), ends_at=hours(1))


def test_what_can_go_comes_first_and_what_cannot_says_why():
    idle = VehicleFactory()
    good = ShiftFactory()
    tired = ShiftFactory(driver__tested=60)
    found = resources.of(LineFactory())
    rows = {row.vehicle.pk: row for row in found.rows}
    assert found.rows[0].vehicle == good.vehicle
    assert (found.can_go, rows[good.vehicle_id].can_go) == (1, True)
    assert any(tired.driver.name in words for words in rows[tired.vehicle_id].against)
    assert rows[idle.pk].against


def test_what_lapses_soon_is_named():
    shift = ShiftFactory(driver__tested=45)
    (row,) = resources.of(LineFactory()).rows
    assert row.lapses[0].soon
    assert row.shift == shift


def test_the_page_shows_all_of_it_in_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    client.force_login(UserFactory(role="dispatcher"))
    for _ in range(6):
        ShiftFactory()
    lend()
    ZoneOrder.objects.create(
        district=DistrictFactory(), closed=True, starts_at=hours(2), ends_at=hours(7), words="静态管理"
    )
    with django_assert_max_num_queries(22):
        words = client.get(reverse("dispatch:resources")).content.decode()
    assert "静态管理" in words
    assert words.count("admin/dispatch/vehicle/") >= 6


def test_an_agent_does_not_see_it(client):
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("dispatch:resources")).status_code == 403
