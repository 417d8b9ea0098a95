"""The practice line: simulated callers on a carrier whose telephones are nobody's, for agents who learn.

What keeps it apart: the line is never active, so nothing that goes through the active lines sees it; the database refuses
messages, cases, call-backs and contacts on it (hotline.apart); its callers are offered to agents in practice only, and those
are offered no others; its figures are counted nowhere; what its carrier signs may speak of its calls only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hotline import phones, prepared
from hotline.integrity import Violation, invariant
from hotline.models import Call, CallLeg, Line, Presence, User
from hotline.models.line import PRACTICE_NUMBER, PRACTICE_SLUG

NUMBERS = "+8600"  # callers' numbers begin so: no such telephone exists, so no resident has one


def is_offered() -> bool:
    from hotline.carriers.twilio import accounts

    return accounts.practice() is not None


def line() -> Line:
    """The one practice line, made when it is first needed, and known to its carrier."""
    from hotline.carriers.twilio import accounts
    from hotline.carriers.twilio import client as carrier

    found, _made = Line.objects.get_or_create(
        slug=PRACTICE_SLUG,
        defaults={
            "name": "练习热线",
            "name_en": "Practice line",
            "city": "",
            "number": PRACTICE_NUMBER,
            "greeting": "您好，这里是求助热线。",
            "practice": True,
            "active": False,
        },
    )
    with accounts.of(found):
        carrier.configure_number(
            PRACTICE_NUMBER, voice_url=reverse("line:call"), status_callback=reverse("line:call-status")
        )
    return found


def phone_of(user: User) -> str:
    """The telephone at the practice carrier that this agent picks up on the page."""
    return phones.address(user, Line(practice=True))


def is_spoken_of(said: Mapping[str, str], where: Mapping[str, Any]) -> bool:
    """Whether a webhook is about the practice line: by the leg or call in its address, by its call, or by whom it calls."""
    if "leg_id" in where:
        return CallLeg.objects.filter(pk=where["leg_id"], call__line__practice=True).exists()
    if "call_id" in where:
        return Call.objects.filter(pk=where["call_id"], line__practice=True).exists()
    if "message_id" in where or "MessageSid" in said:
        return False  # there are no texts in practice
    known = Call.objects.filter(sid=said.get("CallSid", "")).values_list("line__practice", flat=True).first()
    return known if known is not None else said.get("To", "") == PRACTICE_NUMBER


IN_PRACTICE = prepared.Question(lambda user: Presence.objects.filter(user=user, practice=True).values_list("pk")[:1])


def is_in(user: User) -> bool:
    """Whether somebody is in a practice shift now."""
    return bool(IN_PRACTICE.values(user.pk))


def refuse(user: User) -> None:
    """Raises NotNow for somebody in practice: nothing real is touched meanwhile."""
    from hotline.presence import NotNow

    if is_in(user):
        raise NotNow(_("You are in a practice shift: what is real waits until it is over."))


@invariant(3, "callers of the practice line are with agents in practice, and no others")
def practice_stays_apart() -> Iterable[Violation]:
    live = Call.objects.filter(state__in=("offered", "connected"), agent__isnull=False).select_related("line")
    wrong = Q(line__practice=True, agent__presence__practice=False) | Q(
        line__practice=False, agent__presence__practice=True
    )
    for call in live.filter(wrong)[:1000]:
        yield Violation(f"call {call.pk}", "practice and what is real have met")
    dialled = Call.objects.filter(line__practice=True).exclude(number__startswith=NUMBERS)
    for call in dialled[:1000]:
        yield Violation(f"call {call.pk}", "on the practice line with a number that somebody may have")


def carrier_url() -> str:
    """Where the practice carrier is told what its people do."""
    return str(settings.PRACTICE_API_URL).rstrip("/")
