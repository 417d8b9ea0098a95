"""The drivers at work: hours, rest, offers, tests; and what a dispatcher decides about them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dispatch import hours, trips
from dispatch.clearance import Papers, papers_of
from dispatch.driver import alarms
from dispatch.models import DriverAlarm, Shift, TestCertificate, Trip
from dispatch.refused import Refused
from dispatch.roles import DISPATCH
from dispatch.trip_lifecycle import LIVE_TRIP_STATES
from hotline.access import roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

ON_DUTY_SOON = timedelta(hours=12)
MOST_DAYS = 31


@dataclass(frozen=True)
class Row:
    """One shift on duty or soon."""

    shift: Shift
    trip: Trip | None
    driven: str
    stretch: str
    meal: str
    left: str
    certified_until: datetime | None
    warnings: list[str]
    on_break: str
    allowed: bool


@roles(*DISPATCH)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Who is on duty, how long they have been at it, and what waits for a look."""
    now = timezone.now()
    shifts = list(
        Shift.objects.filter(ends_at__gt=now, starts_at__lt=now + ON_DUTY_SOON)
        .select_related("driver__line", "vehicle")
        .order_by("starts_at", "id")[:300]
    )
    drivers = {shift.driver_id for shift in shifts}
    worked = hours.of(drivers, now)
    live = Trip.objects.filter(driver__in=drivers, state__in=LIVE_TRIP_STATES).select_related("vehicle")
    on_trip = {trip.driver_id: trip for trip in live.order_by("-period")}
    allowed = hours.allowed_shifts(shifts)
    papers = papers_of([], drivers, until_after=now)
    waiting = TestCertificate.objects.filter(waits_for_check=True).select_related("driver").order_by("id")
    rows = [_row(s, worked[s.driver_id], on_trip.get(s.driver_id), papers, s.pk in allowed, now) for s in shifts]
    today = timezone.localdate()
    shown = {
        "rows": sorted(rows, key=lambda row: not row.warnings),
        "tests": waiting[:50],
        "advised": hours.advised(),
        "hard": hours.hard(),
        "first": today - timedelta(days=6),
        "last": today,
    }
    return render(request, "dispatch/board/crew.html", shown)


def _row(shift: Shift, worked: hours.Worked, trip: Trip | None, papers: Papers, allowed: bool, now: datetime) -> Row:
    limits = hours.limits_of(shift, {shift.pk} if allowed else set())
    at = max(now, shift.starts_at)
    said = hours.warnings(shift.driver, worked, now)
    rested = worked.rested_at(shift.starts_at, limits)
    if rested > shift.starts_at:
        words = {"driver": shift.driver, "time": timezone.localtime(rested).strftime("%H:%M")}
        said.append(_("%(driver)s is rested at %(time)s, after the shift begins") % words)
    return Row(
        shift=shift,
        trip=trip,
        driven=short(worked.driven(now - hours.DAY, now)),
        stretch=short(worked.stretch(now)),
        meal=short(worked.since_meal(now)),
        left=short(max(worked.may_drive_until(at, limits) - at, timedelta())),
        certified_until=papers.certified_until(shift.driver_id, now),
        warnings=said,
        on_break=worked.on_break.get_what_display() if worked.on_break else "",
        allowed=allowed,
    )


@roles(*DISPATCH)
@require_GET
def hours_file(request: HttpRequest) -> HttpResponse:
    """Drivers' hours as rows: one for each driver and day with work, as a file."""
    today = timezone.localdate()
    last = parse_date(request.GET.get("last", "")) or today
    first = parse_date(request.GET.get("first", "")) or last - timedelta(days=6)
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="drivers-hours-{first}-{last}.csv"'
    writer = csv.writer(answer)
    writer.writerow(
        [
            _("day"),
            _("driver"),
            _("trips"),
            _("hours on trips"),
            _("minutes of breaks"),
            _("meals"),
            _("longest without a break"),
        ]
    )
    writer.writerows(hours.by_day(first, last))
    return answer


@roles(*DISPATCH)
@require_POST
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The dispatcher deals with a driver's alarm."""
    alarm = get_object_or_404(DriverAlarm.objects.select_related("trip__driver"), pk=pk)
    if alarms.take_up(alarm, _by(request)):
        words = {"driver": alarm.trip.driver, "phone": alarm.trip.driver.phone.as_international}
        messages.success(request, _("You have taken it up: call %(driver)s, %(phone)s.") % words)
    else:
        messages.info(request, _("Somebody else has taken it up already."))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the driver of a trip that was not answered once more."""
    trip = get_object_or_404(Trip.objects.select_related("line", "vehicle", "driver", "shift"), pk=pk)
    try:
        trips.ask_again(trip, _by(request))
    except (Refused, MoveRefused) as refused:
        messages.error(request, f"{trip.vehicle.plate}: {refused}")
    else:
        messages.success(request, _("%(driver)s is asked.") % {"driver": trip.driver})
    return _back(request)


@roles(*DISPATCH)
@require_POST
def allow(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets a driver go on beyond the advice in this shift."""
    shift = get_object_or_404(Shift.objects.select_related("driver"), pk=pk)
    try:
        hours.allow(shift, _by(request), request.POST.get("reason", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = {"driver": shift.driver, "n": short(hours.hard().driving)}
        messages.success(request, _("%(driver)s may go on, up to %(n)s hours within a day.") % words)
    return redirect("dispatch:crew")


def short(time: timedelta) -> str:
    """3:05."""
    minutes = int(time.total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("dispatch:board")
