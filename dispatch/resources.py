"""Who and what can go today, and what lapses when: every vehicle with its driver, papers, loans and times out of service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import District
from dispatch import clearance
from dispatch.models import FleetLoan, Shift, Vehicle, VehicleOutage, ZoneOrder
from hotline.models import Line

AHEAD = timedelta(hours=24)
# A trip that begins now is about this long.
A_TRIP = timedelta(hours=4)
LAPSES_SOON = timedelta(hours=8)
MOST = 300


@dataclass(frozen=True)
class Lapse:
    """Something that ends."""

    what: str
    at: datetime
    soon: bool


@dataclass
class Row:
    """One vehicle."""

    vehicle: Vehicle
    fleets: list[str]
    lent: list[FleetLoan]
    shift: Shift | None
    on_duty: bool
    against: list[str]
    permits: list[tuple[str, datetime]]  # districts, and until when
    outages: list[VehicleOutage]
    lapses: list[Lapse] = field(default_factory=list)

    @property
    def can_go(self) -> bool:
        return self.on_duty and not self.against


@dataclass(frozen=True)
class Resources:
    """One look, in a fixed number of queries."""

    now: datetime
    rows: list[Row]
    loans: list[FleetLoan]
    orders: list[ZoneOrder]

    @property
    def can_go(self) -> int:
        return sum(row.can_go for row in self.rows)


def of(line: Line) -> Resources:
    """The vehicles of this line: those that can go first, then by what stands against them."""
    now = timezone.now()
    vehicles = list(Vehicle.objects.filter(line=line).select_related("line").prefetch_related("fleets")[:MOST])
    shifts = _shifts(line, now)
    papers = clearance.papers_of(
        [v.pk for v in vehicles], {s.driver_id for rows in shifts.values() for s in rows}, until_after=now
    )
    districts = {d.pk: d for d in District.objects.all()}
    loans = list(
        FleetLoan.objects.filter(fleet__line=line, ends_at__gt=now, starts_at__lt=now + AHEAD).select_related(
            "fleet", "to_fleet", "by"
        )
    )
    outages: dict[int, list[VehicleOutage]] = defaultdict(list)
    for outage in VehicleOutage.objects.filter(vehicle__line=line, ends_at__gt=now, starts_at__lt=now + AHEAD):
        outages[outage.vehicle_id].append(outage)
    rows = [
        _row(vehicle, shifts.get(vehicle.pk, []), papers, districts, loans, outages[vehicle.pk], now)
        for vehicle in vehicles
    ]
    orders = ZoneOrder.objects.filter(Q(closed=True) | ~Q(tier=""), ends_at__gt=now, starts_at__lt=now + AHEAD)
    return Resources(
        now,
        sorted(rows, key=lambda row: (not row.can_go, row.shift is None, row.vehicle.plate)),
        loans,
        list(orders.select_related("district", "community__district").order_by("starts_at")[:MOST]),
    )


def _shifts(line: Line, now: datetime) -> dict[int, list[Shift]]:
    found: dict[int, list[Shift]] = defaultdict(list)
    rows = Shift.objects.filter(vehicle__line=line, ends_at__gt=now, starts_at__lt=now + AHEAD)
    for shift in rows.select_related("driver").order_by("starts_at"):
        found[shift.vehicle_id].append(shift)
    return found


def _row(
    vehicle: Vehicle,
    shifts: list[Shift],
    papers: clearance.Papers,
    districts: dict[int, District],
    loans: list[FleetLoan],
    outages: list[VehicleOutage],
    now: datetime,
) -> Row:
    shift = next(iter(shifts), None)
    own = {fleet.pk for fleet in vehicle.fleets.all()}
    permits = _permits(papers, vehicle, districts, now)
    row = Row(
        vehicle=vehicle,
        fleets=[str(fleet) for fleet in vehicle.fleets.all()],
        lent=[loan for loan in loans if loan.fleet_id in own],
        shift=shift,
        on_duty=shift is not None and shift.starts_at <= now,
        against=list(_against(vehicle, shift, papers, permits, now)),
        permits=permits,
        outages=outages,
    )
    row.lapses = sorted(_lapses(row, papers, now), key=lambda lapse: lapse.at)
    return row


def _against(
    vehicle: Vehicle, shift: Shift | None, papers: clearance.Papers, permits: list[tuple[str, datetime]], now: datetime
) -> Iterator[str]:
    if shift is None:
        yield _("nobody drives it within a day")
        if vehicle.state != Vehicle.State.IN_SERVICE:
            yield str(vehicle.get_state_display())
        return
    start = max(now, shift.starts_at)
    period = clearance.Span(start, max(min(start + A_TRIP, shift.ends_at), start + timedelta(seconds=1)))
    yield from clearance.against(papers, vehicle, shift.driver, [], period)
    if not permits:
        yield _("no permit for any district")


def _permits(
    papers: clearance.Papers, vehicle: Vehicle, districts: dict[int, District], now: datetime
) -> list[tuple[str, datetime]]:
    """Districts by the time until which the vehicle may be there, the first to lapse first."""
    by_end: dict[datetime, list[str]] = defaultdict(list)
    for pk, district in districts.items():
        until = papers.permitted_until(vehicle.pk, pk, now)
        if until is not None:
            by_end[until].append(district.name)
    return [(" ".join(sorted(names)), until) for until, names in sorted(by_end.items())]


def _lapses(row: Row, papers: clearance.Papers, now: datetime) -> Iterator[Lapse]:
    soon = now + LAPSES_SOON
    for names, until in row.permits:
        if until < now + AHEAD:
            yield Lapse(_("permit for %s") % names, until, until < soon)
    if row.shift is None:
        return
    certified = papers.certified_until(row.shift.driver_id, now)
    if certified is not None and certified < now + AHEAD:
        yield Lapse(_("test certificate"), certified, certified < soon)
    yield Lapse(_("shift"), row.shift.ends_at, row.shift.ends_at < now + timedelta(hours=1))
