"""Whatever lies in the database, a plan holds against it: checked with the clearance gate and the rows, not with the planner."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import TimestamptzRange

from cases.models import Case, District
from dispatch import clearance, planner, trips
from dispatch.models import Driver, Shift, Trip, Vehicle
from dispatch.planner.routing import Effort
from tests.factories.cases import AddressFactory, CategoryFactory, CommunityFactory, DistrictFactory
from tests.factories.dispatch import (
    CertificateFactory,
    DriverFactory,
    FleetFactory,
    PermitFactory,
    PickupPointFactory,
    ShiftFactory,
    VehicleFactory,
    ready_case,
    trip_with,
)
from tests.factories.hotline import LineFactory

pytestmark = pytest.mark.django_db
SLUGS = ("yangpu", "hongkou", "chongming")
hours = st.floats(-3, 12).map(lambda h: round(h, 1))


@st.composite
def cities(draw):
    """Vehicles with their papers and shifts, cases, and which of the vehicles is on the road already."""
    vehicles = [
        {
            "fleets": draw(st.sets(st.sampled_from(["medicine", "infant"]), min_size=1)),
            "kg": draw(st.integers(1, 12)),
            "boxes": draw(st.integers(1, 5)),
            "cold": draw(st.booleans()),
            "permits": draw(st.lists(st.tuples(st.sets(st.sampled_from(SLUGS)), hours, st.floats(0.5, 9)), max_size=2)),
            "tests": draw(st.lists(st.tuples(hours, st.floats(0.5, 14)), min_size=1, max_size=2)),
            "shift": (draw(hours), draw(st.floats(0.5, 9))),
            "meal": draw(st.booleans()),
            "on_the_road": draw(st.booleans()),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]
    cases = [
        (
            draw(st.sampled_from(["medicine", "infant"])),
            draw(st.sampled_from(SLUGS)),
            draw(st.integers(1, 4)),
            draw(st.integers(1, 9)),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(1, 7)))
    ]
    return vehicles, cases


def build(city):
    """The rows of a drawn city; the trips already on the road."""
    line, now = LineFactory(), timezone.now()
    districts = {slug: DistrictFactory(slug=slug, name=slug) for slug in SLUGS}
    fleets = {s: FleetFactory(line=line, slug=s, categories=[CategoryFactory(slug=s)]) for s in ("medicine", "infant")}
    point = PickupPointFactory(line=line, district=districts["yangpu"])
    vehicles, cases = city
    pinned = []
    for n, drawn in enumerate(vehicles):
        vehicle = VehicleFactory(
            line=line,
            fleets=[fleets[s] for s in sorted(drawn["fleets"])],
            districts=[],
            capacity_kg=drawn["kg"],
            capacity_boxes=drawn["boxes"],
            cold_box=drawn["cold"],
        )
        driver = DriverFactory(line=line, tested=-1)
        for slugs, start, long in drawn["permits"]:
            at = now + timedelta(hours=start)
            PermitFactory(
                vehicle=vehicle,
                districts=[districts[s] for s in sorted(slugs)],
                valid_from=at,
                valid_until=at + timedelta(hours=long),
            )
        for start, long in drawn["tests"]:
            at = now + timedelta(hours=start)
            CertificateFactory(driver=driver, sampled_at=at, valid_until=at + timedelta(hours=long))
        begins = now + timedelta(hours=drawn["shift"][0])
        ends = begins + timedelta(hours=drawn["shift"][1])
        meal = {
            "from": (begins + timedelta(hours=1)).isoformat(),
            "until": (begins + timedelta(hours=2)).isoformat(),
            "minutes": 30,
        }
        ShiftFactory(
            driver=driver, vehicle=vehicle, starts_at=begins, ends_at=ends, breaks=[meal] if drawn["meal"] else []
        )
        if drawn["on_the_road"]:
            period = TimestamptzRange(now - timedelta(minutes=5), now + timedelta(hours=1 + n / 2))
            held = ready_case(line=line, pickup_point=point)
            pinned.append(trip_with(held, line=line, vehicle=vehicle, driver=driver, period=period))
    for n, (category, slug, level, kilogrammes, cold) in enumerate(cases):
        community = CommunityFactory(name=f"c{n}", district=districts[slug], lon=121.5 + n / 50, lat=31.3)
        case = ready_case(
            line=line,
            pickup_point=point,
            category=CategoryFactory(slug=category),
            address=AddressFactory(community=community),
            level=level,
        )
        case.needs.update(weight_grams=1000 * kilogrammes, needs_cooling=cold)
    return line, pinned


def faults(plan, pinned):
    """What of the plan does not hold against the rows."""
    seen = []
    for row in plan.trips:
        vehicle, driver = Vehicle.objects.get(pk=row["vehicle"]), Driver.objects.get(pk=row["driver"])
        start, end = (datetime.fromisoformat(row[k]) for k in ("starts_at", "ends_at"))
        stops = [(s, Case.objects.get(pk=s["case"])) for s in row["stops"]]
        places = {c.address.community.district_id for s, c in stops} | {District.objects.get(slug="yangpu").pk}
        yield from clearance.why_not(
            vehicle, driver, District.objects.filter(pk__in=places), clearance.Span(start, end)
        )
        shift = Shift.objects.get(pk=row["shift"])
        if (shift.vehicle_id, shift.driver_id) != (vehicle.pk, driver.pk):
            yield "another shift's driver"
        if start < shift.starts_at or end > shift.ends_at:
            yield "outside the shift"
        yield from _loads(vehicle, stops)
        served = vehicle.fleets.values_list("categories", flat=True)
        if any(case.category_id not in set(served) for _s, case in stops):
            yield "a case of another fleet"
        for trip in pinned:
            same = trip.vehicle_id == vehicle.pk or trip.driver_id == driver.pk
            if same and start < trip.period.upper and trip.period.lower < end:
                yield "on the road at that time"
        for meal in shift.breaks:
            at = [datetime.fromisoformat(b["at"]) for b in row["breaks"]]
            opens, until = (datetime.fromisoformat(meal[k]) for k in ("from", "until"))
            if start <= opens and end > until and not any(opens <= a <= until for a in at):
                yield "no meal"
        seen += [case.pk for s, case in stops if s["kind"] == "delivery"]
    if len(seen) != len(set(seen)):
        yield "a case twice"
    if set(seen) & {stop.case_id for trip in pinned for stop in trip.stops.all()}:
        yield "a case that is on a trip already"


def _loads(vehicle, stops):
    kilogrammes = boxes = cold = 0
    for stop, case in stops:
        sign = 1 if stop["kind"] == "pickup" else -1
        for need in case.needs.all():
            kilogrammes += sign * need.weight_grams / 1000
            boxes += sign
            cold += sign * need.needs_cooling
        if kilogrammes > vehicle.capacity_kg or boxes > vehicle.capacity_boxes or (cold and not vehicle.cold_box):
            yield "over capacity"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cities())
def test_no_plan_breaks_a_paper_a_shift_a_break_a_load_a_fleet_or_a_trip_on_the_road(city):
    with transaction.atomic():
        line, pinned = build(city)
        plan = planner.propose(planner.ask(line, because="drawn"), Effort(threads=1))
        assert list(faults(plan, pinned)) == []
        if plan.trips:
            made = trips.accept(plan, None)
            assert len(made) == len(plan.trips)
            assert Trip.objects.count() == len(pinned) + len(made)
        transaction.set_rollback(True)
