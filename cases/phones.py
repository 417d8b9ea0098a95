"""The numbers of a person: several, one preferred, whose each is, whether it takes texts, and when they want to be called."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from cases import people
from cases.models import Phone, Resident
from hotline.lifecycle import MoveRefused
from hotline.models import Line


def write(
    person: Resident,
    number: str,
    *,
    label: str = "",
    preferred: bool = False,
    takes_texts: bool = True,
    call_from: str = "",
    call_until: str = "",
) -> Phone:
    """Adds a number, or changes what is known of one that is there. The first is the preferred one. Raises MoveRefused."""
    dialled = people.e164(number)
    if not dialled:
        raise MoveRefused(_("this is no telephone number"))
    start, end = _time(call_from), _time(call_until)
    if (start is None) != (end is None) or (start and end and start >= end):
        raise MoveRefused(_("say from when until when they want to be called, on one day"))
    with transaction.atomic():
        phone = Phone.objects.filter(resident=person, number=dialled).first() or Phone(resident=person, number=dialled)
        others = Phone.objects.filter(resident=person).exclude(pk=phone.pk)
        phone.label, phone.takes_texts = label.strip()[:40], takes_texts
        phone.call_from, phone.call_until = start, end
        phone.preferred = preferred or not others.filter(preferred=True).exists()
        if phone.preferred:
            others.update(preferred=False)
        phone.save()
    return phone


def remove(phone: Phone) -> None:
    """Takes a number off; the next becomes the preferred one."""
    with transaction.atomic():
        phone.delete()
        left = Phone.objects.filter(resident=phone.resident_id).order_by("-preferred", "id").first()
        if left and not left.preferred:
            left.preferred = True
            left.save(update_fields=["preferred"])


def first_time(person: Resident | None, wanted: datetime, line: Line) -> datetime:
    """The first moment from `wanted` on at which this person wants to be called, by their preferred number."""
    phone = Phone.objects.filter(resident=person).order_by("-preferred", "id").first() if person else None
    if phone is None or phone.call_from is None or phone.call_until is None:
        return wanted
    local = wanted.astimezone(ZoneInfo(line.time_zone))
    if local.time() < phone.call_from:
        return _at(local, phone.call_from)
    if local.time() >= phone.call_until:
        return _at(local + timedelta(days=1), phone.call_from)
    return wanted


def _at(day: datetime, moment: time) -> datetime:
    return day.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)


def _time(words: str) -> time | None:
    if not words.strip():
        return None
    try:
        return time.fromisoformat(words.strip())
    except ValueError as wrong:
        raise MoveRefused(_("times of the day are written 08:30")) from wrong
