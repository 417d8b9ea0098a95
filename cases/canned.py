"""Canned replies: words that are sent often, in the language of the case, filled in, and what is done along with them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import freshness, holds, status
from cases.models import CannedReply, Case
from hotline import wording
from hotline.lifecycle import MoveRefused
from hotline.models import User

MOST_KEYS = 9  # Alt+1 to Alt+9
HOLD_FOR = timedelta(hours=24)
# what may stand in the words, and what it becomes
PLACEHOLDERS = ("number", "name", "item", "status", "due", "committee")
Then = CannedReply.Then


def of(case: Case) -> list[CannedReply]:
    """Those in use for this case: its category's own first, then the general ones, as many as there are keys."""
    mine = Q(category=None) | Q(category=case.category_id) if case.category_id else Q(category=None)
    found = CannedReply.objects.filter(mine, active=True)
    return sorted(found, key=lambda reply: (reply.category_id is None, reply.order, reply.pk))[:MOST_KEYS]


def words(reply: CannedReply, case: Case, stands_for: dict[str, object] | None = None) -> str:
    """The reply in the language of the case, filled in; `stands_for` as `said` has it, where many are filled in."""
    english = case.language == "en"
    body = reply.body_en if english and reply.body_en else reply.body
    return wording.fill(body, stands_for or said(case)).strip()


def unknown(body: str) -> list[str]:
    """Placeholders that mean nothing."""
    return sorted(wording.placeholders(body) - set(PLACEHOLDERS))


def do(reply: CannedReply, case: Case, *, by: User) -> str:
    """What goes along with it, after it was sent; answers what was done, or why it was not possible, in words."""
    try:
        if reply.then in (Then.HOLD, Then.PHOTO):
            reason = "photo" if reply.then == Then.PHOTO else holds.FOR_THE_RESIDENT
            holds.hold(case, until=timezone.now() + HOLD_FOR, reason=reason, by=by)
            return _("held until tomorrow")
        if reply.then == Then.STILL_NEEDED and case.is_open:
            freshness.ask(case)
            return _("asked whether it is still needed")
    except MoveRefused as why:
        return str(why)
    return ""


def said(case: Case) -> dict[str, object]:
    """What the placeholders stand for, as the resident may read it."""
    need = min(case.needs.all(), key=lambda need: need.pk, default=None)
    address = case.address
    community = address.community if address else None
    told_to = case.reporter or case.person
    return {
        "number": case.number,
        "name": told_to.name,
        "item": need.item if need else "",
        "status": status.words(case, case.language),
        "due": status.clock(case.due_at, case, case.language) if case.due_at else "",
        "committee": (address.committee_phone if address else "") or (community.committee_phone if community else ""),
    }
