"""May this vehicle and driver be on the road in these districts for all of this time? A gate, not a field.

The vehicle's permits, the driver's test certificate and licence must hold from the start to the end of a trip. Asked when a
trip is planned, released and started; each refusal says which paper is missing and until when it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cases.models import District
from dispatch.models import Driver, Permit, TestCertificate, Vehicle, VehicleOutage, ZoneOrder

# Lockdown rules of spring 2022: a nucleic acid test opens the check-points for two days from the sample.
CERTIFICATE_HOURS = 48


class Period(Protocol):
    """A half-open time [lower, upper), such as Trip.period."""

    @property
    def lower(self) -> datetime: ...

    @property
    def upper(self) -> datetime: ...


@dataclass(frozen=True)
class Span:
    """The plainest Period."""

    lower: datetime
    upper: datetime


@dataclass
class Papers:
    """The permits and certificates of some vehicles and drivers, read once and asked often."""

    permits: dict[int, list[tuple[Span, frozenset[int]]]] = field(default_factory=lambda: defaultdict(list))
    certificates: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    outages: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))  # by vehicle
    closed: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))  # by district
    gates: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))  # closed, by community

    def permitted_until(self, vehicle_id: int, district_id: int, since: datetime) -> datetime | None:
        """How long the vehicle may be in the district without a gap from `since`; None when not at all."""
        spans = (span for span, districts in self.permits.get(vehicle_id, ()) if district_id in districts)
        return _holds_until(spans, since)

    def certified_until(self, driver_id: int, since: datetime) -> datetime | None:
        """How long the driver's tests hold without a gap from `since`; None when they do not hold then."""
        return _holds_until(self.certificates.get(driver_id, ()), since)

    def changes(self, vehicle_id: int, driver_id: int) -> set[datetime]:
        """The instants at which something begins or ends to hold."""
        spans = [span for span, _districts in self.permits.get(vehicle_id, ())]
        return {at for span in [*spans, *self.certificates.get(driver_id, ())] for at in (span.lower, span.upper)}

    def closed_in(self, district_id: int, period: Period) -> Span | None:
        """The first time in the period in which the district is closed."""
        return next((span for span in self.closed.get(district_id, ()) if _meet(span, period)), None)

    def gate_closed_at(self, community_id: int | None, at: datetime) -> datetime | None:
        """Until when the gate is closed that is closed at that time; None when it is open."""
        spans = self.gates.get(community_id or 0, ())
        return max((span.upper for span in spans if span.lower <= at < span.upper), default=None)


def papers_of(vehicles: Collection[int], drivers: Collection[int], *, until_after: datetime) -> Papers:
    """What holds beyond `until_after`, for these ids."""
    papers = Papers()
    permits = Permit.objects.filter(vehicle_id__in=vehicles, withdrawn_at=None, valid_until__gt=until_after)
    for permit in permits.prefetch_related("districts"):
        span = Span(permit.valid_from, permit.valid_until)
        papers.permits[permit.vehicle_id].append((span, frozenset(d.pk for d in permit.districts.all())))
    counted = TestCertificate.objects.filter(waits_for_check=False)
    for test in counted.filter(driver_id__in=drivers, valid_until__gt=until_after):
        papers.certificates[test.driver_id].append(Span(test.sampled_at, test.valid_until))
    for outage in VehicleOutage.objects.filter(vehicle_id__in=vehicles, ends_at__gt=until_after):
        papers.outages[outage.vehicle_id].append(Span(outage.starts_at, outage.ends_at))
    for order in ZoneOrder.objects.filter(closed=True, ends_at__gt=until_after).order_by("starts_at"):
        span = Span(order.starts_at, order.ends_at)
        if order.community_id:
            papers.gates[order.community_id].append(span)
        elif order.district_id:
            papers.closed[order.district_id].append(span)
    return papers


def why_not(vehicle: Vehicle, driver: Driver, districts: Iterable[District], period: Period) -> list[str]:
    """Every reason against this trip, in words for the dispatcher; [] when it is cleared."""
    return against(papers_of([vehicle.pk], [driver.pk], until_after=period.lower), vehicle, driver, districts, period)


def against(
    papers: Papers, vehicle: Vehicle, driver: Driver, districts: Iterable[District], period: Period
) -> list[str]:
    """The same with papers read before, for who asks about many trips."""
    zone = ZoneInfo(vehicle.line.time_zone)
    return [
        *_vehicle_is_out(papers, vehicle, period, zone),
        *_closed(papers, districts := list(districts), period, zone),
        *_no_permit(papers, vehicle, districts, period, zone),
        *_driver_is_out(driver, period, zone),
        *_no_certificate(papers, driver, period, zone),
    ]


def _vehicle_is_out(papers: Papers, vehicle: Vehicle, period: Period, zone: ZoneInfo) -> Iterator[str]:
    if vehicle.state != Vehicle.State.IN_SERVICE:
        yield _("%(plate)s is %(state)s") % {"plate": vehicle.plate, "state": vehicle.get_state_display()}
    for span in papers.outages.get(vehicle.pk, ()):
        if _meet(span, period):
            words = {"plate": vehicle.plate, "from": _clock(span.lower, zone), "until": _clock(span.upper, zone)}
            yield _("%(plate)s is out of service from %(from)s to %(until)s") % words


def _closed(papers: Papers, districts: Iterable[District], period: Period, zone: ZoneInfo) -> Iterator[str]:
    for district in districts:
        span = papers.closed_in(district.pk, period)
        if span is not None:
            words = {"district": district.name, "from": _clock(span.lower, zone), "until": _clock(span.upper, zone)}
            yield _("%(district)s is closed from %(from)s to %(until)s") % words


def _meet(a: Period, b: Period) -> bool:
    return a.lower < b.upper and b.lower < a.upper


def _no_permit(
    papers: Papers, vehicle: Vehicle, districts: Iterable[District], period: Period, zone: ZoneInfo
) -> Iterator[str]:
    for district in sorted(set(districts), key=lambda d: d.slug):
        until = papers.permitted_until(vehicle.pk, district.pk, period.lower)
        words = {"plate": vehicle.plate, "district": district.name}
        if until is None:
            yield _("%(plate)s has no permit for %(district)s") % words
        elif until < period.upper:
            words["time"] = _clock(until, zone)
            yield _("the permit of %(plate)s for %(district)s ends at %(time)s, before the trip does") % words


def _driver_is_out(driver: Driver, period: Period, zone: ZoneInfo) -> Iterator[str]:
    if not driver.active:
        yield _("%(driver)s is not on duty any more") % {"driver": driver.name}
    valid_until = driver.licence_valid_until
    if valid_until and valid_until < period.upper.astimezone(zone).date():
        yield _("the licence of %(driver)s ends on %(day)s") % {"driver": driver.name, "day": valid_until.isoformat()}


def _no_certificate(papers: Papers, driver: Driver, period: Period, zone: ZoneInfo) -> Iterator[str]:
    until = papers.certified_until(driver.pk, period.lower)
    if until is None:
        yield _("%(driver)s has no valid test certificate") % {"driver": driver.name}
    elif until < period.upper:
        words = {"driver": driver.name, "time": _clock(until, zone)}
        yield _("the test certificate of %(driver)s ends at %(time)s, before the trip does") % words


def _holds_until(spans: Iterable[Span], since: datetime) -> datetime | None:
    """The end of the unbroken time that the spans cover from `since` on; one may take over from another."""
    until: datetime | None = None
    for span in sorted(spans, key=lambda s: s.lower):
        if span.lower <= (until or since) < span.upper:
            until = span.upper
    return until


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
