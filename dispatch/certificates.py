"""Tests of 48 hours: who is reminded before one lapses, and how a new one comes in. One that a driver sent counts when seen."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch import planner
from dispatch.clearance import CERTIFICATE_HOURS
from dispatch.models import Driver, Shift, TestCertificate, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_TRIP_STATES
from dispatch.trips.holding import may_dispatch
from hotline import links, live, outbox
from hotline.models import User

log = logging.getLogger(__name__)
KIND = "certificate"
GOOD_FOR = timedelta(hours=CERTIFICATE_HOURS)
# Somebody who is not on duty before it lapses needs no reminder.
ON_DUTY_WITHIN = timedelta(hours=12)


def remind_due(limit: int = 100) -> int:
    """The sweep: each certificate that lapses soon is told to its driver and shown to the dispatcher, once. Returns how many."""
    now = timezone.now()
    soon = now + timedelta(hours=settings.CERTIFICATE_REMINDED_HOURS)
    newer = TestCertificate.objects.filter(
        driver=OuterRef("driver"), valid_until__gt=OuterRef("valid_until"), waits_for_check=False
    )
    on_duty = Shift.objects.filter(driver=OuterRef("driver"), starts_at__lt=now + ON_DUTY_WITHIN, ends_at__gt=now)
    on_trip = Trip.objects.filter(driver=OuterRef("driver"), state__in=LIVE_TRIP_STATES)
    due = TestCertificate.objects.filter(
        ~Exists(newer),
        Q(Exists(on_duty)) | Q(Exists(on_trip)),
        reminded_at=None,
        waits_for_check=False,
        valid_until__gt=now,
        valid_until__lte=soon,
    )
    count = 0
    for certificate in due.select_related("driver__line").order_by("valid_until")[:limit]:
        with transaction.atomic():
            if TestCertificate.objects.filter(pk=certificate.pk, reminded_at=None).update(reminded_at=now):
                send_link(certificate.driver, certificate.valid_until, occasion=str(certificate.pk))
                live.publish("dispatch", "certificate", driver=certificate.driver_id)
                log.info("certificate %s: driver %s reminded", certificate.pk, certificate.driver_id)
                count += 1
    return count


def send_link(driver: Driver, valid_until: datetime, *, occasion: str) -> None:
    """Texts the address where the new test is sent."""
    outbox.send(
        line=driver.line,
        number=str(driver.phone),
        event="certificate_ends",
        topic=f"driver:{driver.pk}",
        words={"time": _clock(driver, valid_until), "link": address(driver)},
        occasion=occasion,
        language=driver.language,
        level=1,
    )


def address(driver: Driver) -> str:
    """The whole address of the page for the driver's new test."""
    return links.url(KIND, "dispatch:certificate", driver=driver.pk)


def take_photo(driver: Driver, sampled_at: datetime, photo: UploadedFile) -> TestCertificate:
    """The driver's new test; it counts as soon as a dispatcher has looked at it. The same sample again is the same row."""
    now = timezone.now()
    if not now - GOOD_FOR < sampled_at <= now:
        raise Refused(_("the sample was taken within the last 48 hours: check the time"))
    with transaction.atomic():
        Driver.objects.select_for_update(no_key=True, of=("self",)).get(pk=driver.pk)
        known = TestCertificate.objects.filter(driver=driver, sampled_at=sampled_at).first()
        if known:
            return known
        made = TestCertificate.objects.create(
            driver=driver,
            sampled_at=sampled_at,
            valid_until=sampled_at + GOOD_FOR,
            photo=photo,
            waits_for_check=True,
        )
        live.publish("dispatch", "certificate", driver=driver.pk)
    return made


def accept(certificate: TestCertificate, by: User) -> TestCertificate:
    """A dispatcher has looked at the photo: it counts, the driver is told, and a plan is asked for."""
    may_dispatch(by)
    with transaction.atomic():
        row = TestCertificate.objects.select_for_update(no_key=True, of=("self",)).get(pk=certificate.pk)
        if not row.waits_for_check:
            return row
        row.waits_for_check = False
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=["waits_for_check"])
        driver = Driver.objects.select_related("line").get(pk=row.driver_id)
        _tell(driver, "certificate_taken", row, time=_clock(driver, row.valid_until))
        planner.ask(driver.line, because="new certificate", by=by)
        live.publish("dispatch", "certificate", driver=driver.pk)
    return row


def refuse(certificate: TestCertificate, by: User) -> None:
    """The photo shows no valid test: it never counted and is gone; the driver is asked for a better one."""
    may_dispatch(by)
    with transaction.atomic():
        found = TestCertificate.objects.filter(pk=certificate.pk, waits_for_check=True).first()
        if found is None:
            raise Refused(_("somebody has looked at it already"))
        driver = Driver.objects.select_related("line").get(pk=found.driver_id)
        _tell(driver, "certificate_refused", found, link=address(driver))
        found._history_user = by  # type: ignore[attr-defined]
        found.delete()
        live.publish("dispatch", "certificate", driver=driver.pk)


def _tell(driver: Driver, event: str, certificate: TestCertificate, **words: str) -> None:
    outbox.send(
        line=driver.line,
        number=str(driver.phone),
        event=event,
        topic=f"driver:{driver.pk}",
        words=words,
        occasion=str(certificate.pk),
        language=driver.language,
        level=1,
    )


def _clock(driver: Driver, at: datetime) -> str:
    local, today = (t.astimezone(ZoneInfo(driver.line.time_zone)) for t in (at, timezone.now()))
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local.month}-{local.day} {local:%H:%M}"
