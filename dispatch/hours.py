"""How long drivers have been at it: hours on trips, rest since the last shift, breaks and meals; what is advised, what the end.

Two bounds for each: beyond the advised one nothing is planned or released until a dispatcher allows it with a reason; beyond
the hard one nobody does (settings). Facts are rows: trips with start and end, and breaks from press to press.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.clearance import Period, Span
from dispatch.models import Driver, DriverBreak, HoursOverride, Shift, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH, LIVE_TRIP_STATES, TripState
from hotline.models import User

DAY = timedelta(hours=24)
READ_BACK = timedelta(days=3)
# Shorter stands are part of the work: a gate, a counter, a check-point.
A_BREAK = timedelta(minutes=20)


@dataclass(frozen=True)
class Limits:
    """The bounds for one driver: hours on trips within 24 hours, and rest before a shift."""

    driving: timedelta
    rest: timedelta


def advised() -> Limits:
    return Limits(timedelta(hours=settings.DRIVING_HOURS_ADVISED), timedelta(hours=settings.REST_HOURS_ADVISED))


def hard() -> Limits:
    return Limits(timedelta(hours=settings.DRIVING_HOURS_MOST), timedelta(hours=settings.REST_HOURS_LEAST))


@dataclass
class Worked:
    """What one driver did and is to do: trips [from, until) and breaks, in order of time."""

    trips: list[Span] = field(default_factory=list)
    breaks: list[Span] = field(default_factory=list)
    meals: list[datetime] = field(default_factory=list)  # when each meal ended
    on_break: DriverBreak | None = None

    def driven(self, since: datetime, until: datetime) -> timedelta:
        """Time on trips within [since, until), breaks taken off."""
        total = sum((_overlap(trip, since, until) for trip in self.trips), timedelta())
        rests = ((rest, trip) for rest in self.breaks for trip in self.trips)
        return total - sum(
            (_overlap(Span(max(r.lower, t.lower), min(r.upper, t.upper)), since, until) for r, t in rests), timedelta()
        )

    def may_drive_until(self, since: datetime, limits: Limits) -> datetime:
        """How long they may drive without a stop from `since` on; `since` itself when the day's hours are used up."""
        left = limits.driving - self.driven(since - DAY, since)
        return since + max(left, timedelta())

    def rested_at(self, shift_starts: datetime, limits: Limits) -> datetime:
        """From when they are rested for a shift: the work before it counts, not what the shift itself has brought."""
        ends = [trip.upper for trip in self.trips if trip.lower < shift_starts]
        return max(ends) + limits.rest if ends else shift_starts

    def stretch(self, now: datetime) -> timedelta:
        """How long they have been at it without a break of twenty minutes."""
        at = now
        for busy in sorted(self._busy(), key=lambda span: span.upper, reverse=True):
            if busy.lower >= now:
                continue
            if at - min(busy.upper, now) >= A_BREAK:
                break
            at = busy.lower
        return now - at

    def since_meal(self, now: datetime) -> timedelta:
        """How long since the last meal, or since this day's work began where there was none."""
        today = [trip.lower for trip in self.trips if now - timedelta(hours=16) < trip.lower <= now]
        begun = min(today, default=now)
        return now - max([begun, *(meal for meal in self.meals if meal <= now)])

    def _busy(self) -> Iterator[Span]:
        """Trips without the breaks that are long enough to be some."""
        for trip in self.trips:
            at = trip.lower
            for rest in sorted(self.breaks, key=lambda span: span.lower):
                if rest.upper - rest.lower >= A_BREAK and at < rest.upper and rest.lower < trip.upper:
                    if rest.lower > at:
                        yield Span(at, rest.lower)
                    at = rest.upper
            if at < trip.upper:
                yield Span(at, trip.upper)


def of(drivers: Collection[int], now: datetime | None = None) -> dict[int, Worked]:
    """What these drivers (ids) have worked in the last days, with the trips they are on or have before them."""
    now = now or timezone.now()
    found: dict[int, Worked] = defaultdict(Worked)
    rows = Trip.objects.filter(driver__in=drivers, period__endswith__gt=now - READ_BACK).exclude(
        state=TripState.ABORTED, started_at=None
    )
    for trip in rows.order_by("period"):
        if trip.state in LIVE_TRIP_STATES:
            span = Span(trip.started_at or trip.period.lower, trip.period.upper)
        elif trip.started_at and trip.ended_at:
            span = Span(trip.started_at, trip.ended_at)
        else:
            continue
        found[trip.driver_id].trips.append(span)
    for row in DriverBreak.objects.filter(driver__in=drivers, started_at__gt=now - READ_BACK).order_by("started_at"):
        worked = found[row.driver_id]
        if row.ended_at is None:
            worked.on_break = row
        worked.breaks.append(Span(row.started_at, row.ended_at or now))
        if row.what == DriverBreak.What.MEAL:
            worked.meals.append(row.ended_at or now)
    return found


def limits_of(shift: Shift | None, allowed: Collection[int] | None = None) -> Limits:
    """The bounds that hold for this shift: the advised ones, or the hard ones where a dispatcher allowed it."""
    if shift is None:
        return advised()
    over = shift.pk in allowed if allowed is not None else HoursOverride.objects.filter(shift=shift).exists()
    return hard() if over else advised()


def allowed_shifts(shifts: Iterable[Shift]) -> set[int]:
    """Those (ids) for which a dispatcher allowed more than is advised."""
    return set(HoursOverride.objects.filter(shift__in=[s.pk for s in shifts]).values_list("shift", flat=True))


def why_not(driver: Driver, period: Period, *, shift: Shift | None) -> list[str]:
    """What speaks against this driver driving for all of this time, in words for the dispatcher; [] when nothing does.

    A trip of the driver's that lies in the period is taken to be this one.
    """
    return against(of([driver.pk])[driver.pk], driver, period, shift, limits_of(shift))


def against(worked: Worked, driver: Driver, period: Period, shift: Shift | None, limits: Limits) -> list[str]:
    """The same with what was worked read before, for who asks about many trips."""
    worked = Worked(list(worked.trips), worked.breaks, worked.meals, worked.on_break)
    worked.trips = [t for t in worked.trips if t.upper <= period.lower or t.lower >= period.upper]
    zone = ZoneInfo(driver.line.time_zone)
    for bound, words in ((hard(), _over(driver, hard=True)), (limits, _over(driver, hard=False))):
        found = list(_against(worked, bound, period, shift, zone, words))
        if found:
            return found
    return []


def _over(driver: Driver, *, hard: bool) -> dict[str, str]:
    more = _("that is the end") if hard else _("a dispatcher may allow more, with a reason")
    return {"driver": driver.name, "more": more}


def _against(
    worked: Worked, limits: Limits, period: Period, shift: Shift | None, zone: ZoneInfo, words: dict[str, str]
) -> Iterator[str]:
    until = worked.may_drive_until(period.lower, limits)
    if until < period.upper:
        words["time"], words["n"] = f"{until.astimezone(zone):%H:%M}", _hours(limits.driving)
        yield _("%(driver)s has driven %(n)s hours within a day at %(time)s, before the trip ends: %(more)s") % words
    if shift is not None:
        rested = worked.rested_at(shift.starts_at, limits)
        if rested > max(period.lower, shift.starts_at):
            words["time"], words["n"] = f"{rested.astimezone(zone):%H:%M}", _hours(limits.rest)
            yield _("%(driver)s has rested %(n)s hours only at %(time)s: %(more)s") % words


def warnings(driver: Driver, worked: Worked, now: datetime) -> list[str]:
    """What a dispatcher should see coming: the day's hours, the stretch without a break, the meal."""
    said = []
    driven, most = worked.driven(now - DAY, now), advised().driving
    words = {"driver": driver.name, "n": _hours(driven)}
    if driven >= most:
        said.append(_("%(driver)s: %(n)s hours on the road within a day") % words)
    if worked.on_break is None:
        stretch, meal = worked.stretch(now), worked.since_meal(now)
        if stretch >= timedelta(hours=settings.HOURS_WITHOUT_BREAK):
            said.append(_("%(driver)s: %(n)s hours without a break") % (words | {"n": _hours(stretch)}))
        elif meal >= timedelta(hours=settings.HOURS_WITHOUT_MEAL):
            said.append(_("%(driver)s: %(n)s hours without a meal") % (words | {"n": _hours(meal)}))
    return said


def allow(shift: Shift, by: User, reason: str) -> HoursOverride:
    """The dispatcher lets the driver go beyond the advice in this shift; the hard limit stays. Raises Refused."""
    if by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
    if not reason.strip():
        raise Refused(_("please give a reason"))
    row, _new = HoursOverride.objects.get_or_create(shift=shift, defaults={"reason": reason.strip()[:200], "by": by})
    return row


def begin_break(trip: Trip, what: str, at: datetime | None = None) -> DriverBreak:
    """The driver rests or eats. One at a time: the break under way when one is."""
    at = at or timezone.now()
    with transaction.atomic():
        Driver.objects.select_for_update(no_key=True, of=("self",)).get(pk=trip.driver_id)
        open_one = DriverBreak.objects.filter(driver=trip.driver_id, ended_at=None).first()
        if open_one:
            return open_one
        return DriverBreak.objects.create(driver=trip.driver, trip=trip, what=what, started_at=at)


def end_break(driver: Driver, at: datetime | None = None) -> DriverBreak | None:
    """The driver goes on; None when there was no break."""
    with transaction.atomic():
        Driver.objects.select_for_update(no_key=True, of=("self",)).get(pk=driver.pk)
        open_one = DriverBreak.objects.filter(driver=driver, ended_at=None).first()
        if open_one:
            open_one.ended_at = max(at or timezone.now(), open_one.started_at)
            open_one.save(update_fields=["ended_at"])
        return open_one


def by_day(first: date, last: date) -> list[list[object]]:
    """One row for each driver and day with work: day, driver, trips, hours, minutes of breaks, meals, longest stretch."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(first, time.min, zone)
    until = datetime.combine(last + timedelta(days=1), time.min, zone)
    worked: dict[int, Worked] = defaultdict(Worked)
    found = Trip.objects.filter(started_at__lt=until, started_at__isnull=False)
    for trip in found.exclude(ended_at__lt=since).order_by("started_at"):
        began, end = trip.started_at or since, trip.ended_at or min(timezone.now(), until)
        worked[trip.driver_id].trips.append(Span(began, end))
    for rest in DriverBreak.objects.filter(started_at__gte=since, started_at__lt=until).order_by("started_at"):
        of_driver = worked[rest.driver_id]
        of_driver.breaks.append(Span(rest.started_at, rest.ended_at or timezone.now()))
        if rest.what == DriverBreak.What.MEAL:
            of_driver.meals.append(rest.started_at)
    names = dict(Driver.objects.filter(pk__in=worked).values_list("pk", "name"))
    days = [since + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [_day(day, names[pk], worked[pk]) for day in days for pk in sorted(worked, key=lambda k: names[k])]
    return [row for row in rows if row[2]]


def _day(day: datetime, name: str, worked: Worked) -> list[object]:
    end = day + DAY
    trips = [t for t in worked.trips if t.lower < end and t.upper > day]
    breaks = sum((_overlap(rest, day, end) for rest in worked.breaks), timedelta())
    longest = max((worked.stretch(min(trip.upper, end)) for trip in trips), default=timedelta())
    meals = sum(1 for meal in worked.meals if day <= meal < end)
    minutes = int(breaks.total_seconds() // 60)
    return [day.date(), name, len(trips), _hours(worked.driven(day, end)), minutes, meals, _hours(longest)]


def _overlap(span: Period, since: datetime, until: datetime) -> timedelta:
    return max(min(span.upper, until) - max(span.lower, since), timedelta())


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.1f}".removesuffix(".0")
