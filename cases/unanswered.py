"""Why somebody was not answered: each such call and text is a row with a named cause until somebody has acted.

Nothing is owed here: the call-back or the thing in the inbox is. When that ends, the sweep writes down who acted and how.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.callback_lifecycle import LIVE_CALLBACK_STATES, CallbackState
from cases.models import Callback, Contact, Unanswered
from hotline import blocking, languages, presence
from hotline.models import AgentSkill, Call, Presence, User

Cause, Act = Unanswered.Cause, Unanswered.Act
# What hotline.voicemail said when it asked for a message instead of letting wait.
OF_THE_LINE = frozenset({Cause.CLOSED, Cause.NOBODY, Cause.FULL})
ENDED = tuple(state for state in CallbackState.values if state not in LIVE_CALLBACK_STATES)
AT_ONCE = 500


# writing


def note_call(call: Call, *, callback: Callback | None = None, contact: Contact | None = None, cause: str = "") -> None:
    """Writes down why this caller was not answered; the same call again has its newest cause."""
    waited = (call.ended_at or timezone.now()) - call.waiting_since if call.waiting_since else None
    blocked = blocking.of(call.number) if call.outcome == blocking.BLOCKED else None
    Unanswered.objects.update_or_create(
        call=call,
        defaults={
            "line": call.line,
            "cause": cause or cause_of(call),
            "waited_seconds": max(0, round(waited.total_seconds())) if waited else None,
            "at": call.started_at,
            "callback": callback,
            "contact": contact,
            # who blocked the number has decided about its calls
            "act": Act.BLOCKED if call.outcome == blocking.BLOCKED else Act.NONE,
            "acted_at": timezone.now() if call.outcome == blocking.BLOCKED else None,
            "acted_by": blocked.by if blocked else None,
        },
    )


def note_text(contact: Contact) -> None:
    """A text that lies in the visible inbox."""
    if contact.message is None:
        return
    cause = Cause.BLOCKED if contact.taken_as == blocking.BLOCKED else Cause.UNPLACED
    Unanswered.objects.get_or_create(
        message=contact.message,
        defaults={"line": contact.line, "cause": cause, "at": contact.at or timezone.now(), "contact": contact},
    )


def cause_of(call: Call) -> str:
    """Why, from what the call and the agents of this moment say."""
    if call.outcome == blocking.BLOCKED:
        return Cause.BLOCKED
    if call.state == Call.State.CALLBACK_ASKED:
        return Cause.CALLBACK_ASKED
    if call.reason in OF_THE_LINE:
        return call.reason
    if call.state == Call.State.VOICEMAIL:
        return Cause.VOICEMAIL
    if call.outcome == "missed":
        return Cause.SYSTEM_AWAY
    if call.waiting_since is None:
        return Cause.IN_MENU
    return _nobody_for(call) or Cause.ABANDONED


def _nobody_for(call: Call) -> str:
    """Whether nobody at work could have taken this caller, and for want of what."""
    if not presence.anybody_at_work():
        return Cause.NOBODY
    at_work = list(Presence.objects.exclude(state=Presence.State.OFFLINE).values_list("user", flat=True))
    skills: dict[int, dict[str, set[str]]] = {user: {"subject": set(), "language": set()} for user in at_work}
    for user, kind, slug in AgentSkill.objects.filter(user__in=at_work).values_list(
        "user", "skill__kind", "skill__slug"
    ):
        skills[user][kind].add(slug)
    speaking = [each for each in skills.values() if languages.spoken(call.language, each["language"])]
    if not speaking:
        return Cause.NO_LANGUAGE
    wanted = call.skill.slug if call.skill else ""
    knows = any(not wanted or not each["subject"] or wanted in each["subject"] for each in speaking)
    return "" if knows else Cause.NO_SUBJECT


# the sweep


def close_acted() -> int:
    """Writes down who acted, of each row whose call-back or contact has ended; and gives a row to whoever has none."""
    changed = []
    for row in _acted()[:AT_ONCE]:
        row.act, row.acted_at, row.acted_by = _what_was_done(row)
        changed.append(row)
    Unanswered.objects.bulk_update(changed, ["act", "acted_at", "acted_by"])
    return len(changed) + sum(1 for _row in _note_missing())


def _acted() -> QuerySet[Unanswered]:
    by_contact = Q(contact__settled_at__isnull=False) | Q(contact__case__isnull=False)
    by_callback = Q(contact=None, callback__state__in=ENDED)
    rows = Unanswered.objects.filter(by_contact | by_callback, acted_at=None)
    return rows.select_related("contact__settled_by", "callback__claimed_by").order_by("at")


def _what_was_done(row: Unanswered) -> tuple[str, datetime, User | None]:
    contact, callback = row.contact, row.callback
    if contact:
        done = Act.ON_CASE if contact.case_id else Act.SETTLED
        return done, contact.settled_at or timezone.now(), contact.settled_by
    assert callback is not None  # noqa: S101 for the type checker: _acted asks for one of them
    if callback.state == CallbackState.CANCELLED:
        done = Act.CANCELLED
    elif callback.state == CallbackState.DONE:
        done = Act.CALLED_AGAIN if callback.outcome == "called_again" else Act.REACHED
    else:
        done = Act.PASSED_ON
    by = callback.claimed_by if done in (Act.REACHED, Act.PASSED_ON) else None
    return done, callback.ended_at or timezone.now(), by


def missing_calls() -> QuerySet[Callback]:
    """Call-backs owed for a call that has no row."""
    there = Unanswered.objects.filter(call=OuterRef("call"))
    owed = Callback.objects.filter(~Exists(there), state__in=LIVE_CALLBACK_STATES, kind=Callback.Kind.MISSED_CALL)
    return owed.filter(call__isnull=False).select_related("call__line", "call__skill")


def missing_contacts() -> QuerySet[Contact]:
    """What lies in the inbox without having been answered, and has no row."""
    of_call = Unanswered.objects.filter(call=OuterRef("call"))
    of_text = Unanswered.objects.filter(message=OuterRef("message"))
    lying = Contact.objects.filter(case=None, settled_at=None)
    calls = Q(~Exists(of_call), call__isnull=False, call__connected_at=None)
    texts = Q(~Exists(of_text), message__isnull=False)
    return lying.filter(calls | texts).select_related("call__line", "call__skill", "message", "line")


def _note_missing() -> Iterator[None]:
    for owed in missing_calls()[:AT_ONCE]:
        if owed.call:
            note_call(owed.call, callback=owed)
            yield
    for contact in missing_contacts()[:AT_ONCE]:
        if contact.call:
            note_call(contact.call, contact=contact)
        else:
            note_text(contact)
        yield


# reading


def open_ones(cause: str = "", older_than: timedelta | None = None) -> QuerySet[Unanswered]:
    """What nobody has acted on, oldest first."""
    found = Unanswered.objects.filter(acted_at=None)
    if cause:
        found = found.filter(cause=cause)
    if older_than:
        found = found.filter(at__lte=timezone.now() - older_than)
    return found.select_related("call", "message", "callback__claimed_by", "contact", "line").order_by("at", "id")


def acted_lately(cause: str = "") -> QuerySet[Unanswered]:
    """What was done, the newest first."""
    found = Unanswered.objects.filter(acted_at__isnull=False)
    found = found.filter(cause=cause) if cause else found
    return found.select_related("call", "message", "acted_by", "line").order_by("-acted_at")


def counted() -> dict[str, int]:
    """How many are open, by cause."""
    rows = Unanswered.objects.filter(acted_at=None).order_by().values_list("cause").annotate(Count("pk"))
    return dict(rows)
