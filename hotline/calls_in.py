"""A call comes in: it is written down, led through the menu, waits, and is never lost, whoever hangs up when.

Each function is one thing the caller did. They run under the lock of the number and hand to cases what a call leaves behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils import timezone

from hotline import blocking, inbox, live, routing
from hotline.call_lifecycle import BEFORE_AN_AGENT, CALL
from hotline.handlers import Caller, MenuEntry, handlers
from hotline.locks import hold_number
from hotline.models import Block, Call, CallLeg, Line

P = ParamSpec("P")
T = TypeVar("T")
C = Call.State
WITHHELD = frozenset(
    {"", "anonymous", "+266696687", "anonymous@anonymous.invalid", "unknown", "restricted", "unavailable"}
)


log = logging.getLogger(__name__)
MOST_URGENT = 1
TOLD = "status_heard"
TOLD_AFTER_SECONDS = 10  # greeting and state take longer; who is gone before has heard neither


class UnknownCall(LookupError):
    """The carrier speaks of a call that we have not written down."""


def shown_number(from_: str) -> str:
    """The caller's number, or "" when it is withheld (Twilio sends "anonymous" or the digits of ANONYMOUS)."""
    return "" if from_.lower() in WITHHELD else from_


def held(act: Callable[Concatenate[Call, P], T]) -> Callable[Concatenate[str, P], T]:
    """Finds the call of a carrier's id and holds its number and row while `act` runs in one transaction."""

    @wraps(act)
    def in_order(sid: str, *args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic():
            found = Call.objects.filter(sid=sid).first()
            if found is None:
                raise UnknownCall(sid)
            hold_number(found.number)
            call = (
                Call.objects.select_for_update(no_key=True, of=("self",))
                .select_related("line", "skill")
                .get(pk=found.pk)
            )
            return act(call, *args, **kwargs)

    return in_order


def arrived(sid: str, from_: str, to: str) -> tuple[Call, Caller]:
    """Writes the call down and says what is known of the caller. The same call again is the same row."""
    with transaction.atomic():
        number = shown_number(from_)
        hold_number(number)
        line = Line.objects.get(number=to)
        caller = handlers().who_is_calling(number)
        call, new = Call.objects.get_or_create(
            sid=sid,
            defaults={
                "line": line,
                "direction": Call.Direction.IN,
                "number": number,
                "state": C.RINGING,
                "level": caller.level,
                "language": caller.language or "zh-hans",
            },
        )
        if new:
            now = timezone.now()
            CallLeg.objects.create(
                call=call, party=CallLeg.Party.PERSON, sid=sid, status="in-progress", answered_at=now
            )
            CALL.apply(call, "greet")
            live.publish("line", "call")
        return call, caller


@held
def speaks(call: Call, language: str) -> Call:
    """The caller wants another language."""
    call.language = language
    call.save(update_fields=["language"])
    return call


@held
def would_like(call: Call, dialect: str) -> Call:
    """The caller would rather speak this dialect."""
    call.dialect = dialect
    call.save(update_fields=["dialect"])
    return call


@held
def says_emergency(call: Call) -> Call:
    """A life is in danger, by key or by word: on the call's record, and before everybody else if they stay on the line."""
    if call.emergency_at is None:
        call.emergency_at, call.level = timezone.now(), MOST_URGENT
        call.save(update_fields=["emergency_at", "level"])
        log.warning("call %s: emergency said", call.pk)
        live.publish("line", "emergency", call=call.pk)
        if call.state == C.WAITING:
            routing.offer_soon()
    return call


@held
def chose(call: Call, choice: str, entry: MenuEntry | None = None, why: str = "") -> Call:
    """What was chosen by a caller who is asked for a message instead of waiting, and why; the place counts from now."""
    if call.state in (C.RINGING, C.MENU) and call.waiting_since is None:
        call.choice, call.skill, call.waiting_since = choice, entry.skill if entry else None, timezone.now()
        call.reason = why
        call.save(update_fields=["choice", "skill", "waiting_since", "reason"])
    return call


@held
def enqueued(call: Call, choice: str, entry: MenuEntry | None = None) -> Call:
    """The caller waits for an agent, with what was chosen; the place counts from now."""
    if call.state in (C.RINGING, C.MENU):
        skill = entry.skill if entry else None
        place = handlers().place_kept(call.number, call.line) if call.number else None
        CALL.apply(call, "enqueue", choice=choice, skill=skill, waiting_since=timezone.now(), place_at=place)
        live.publish("line", "waiting")
        live.publish("queue", "waiting")
        routing.offer_soon()
    return call


@held
def asks_callback(call: Call) -> bool:
    """Key 1 while waiting: the place is kept and we call. False when there is no number to call."""
    if not call.number:
        return False
    if call.state == C.OFFERED:
        routing.withdraw(call)
    if call.state in (C.MENU, C.WAITING, C.OFFERED):
        CALL.apply(call, "ask_callback", ended_at=timezone.now(), outcome="callback_asked")
        handlers().call_not_answered(call)
        live.publish("line", "call")
    return True


@held
def hung_up(call: Call, status: str = "completed", seconds: int = 0) -> None:
    """The caller's leg is over, after `seconds` as the carrier counts them.

    Before an agent that is an abandoned call, and a call-back exists; unless the caller stayed to hear how the open case
    stands and asked for nothing more.
    """
    from hotline import calls

    CallLeg.objects.filter(call=call, party=CallLeg.Party.PERSON, ended_at=None).update(
        status=status[:15], ended_at=timezone.now()
    )
    if call.state in BEFORE_AN_AGENT:
        if call.outcome == TOLD and call.state in (C.RINGING, C.MENU) and seconds >= TOLD_AFTER_SECONDS:
            CALL.apply(call, "served_in_menu", ended_at=timezone.now())
            handlers().call_served(call)
            return
        if call.state == C.OFFERED:
            routing.withdraw(call)
        CALL.apply(call, "abandon", ended_at=timezone.now(), outcome="abandoned")
        handlers().call_not_answered(call)
        live.publish("line", "call")
    elif call.state == C.CONNECTED:
        calls.ended(call)


@held
def turned_away(call: Call, blocked: Block) -> None:
    """The number is blocked: the caller hears so and is let go. It counts for the block, and no call is owed."""
    if call.state in (C.RINGING, C.MENU):
        CALL.apply(call, "served_in_menu", ended_at=timezone.now(), outcome=blocking.BLOCKED)
        blocking.note_call(blocked)
        handlers().call_turned_away(call)
        live.publish("line", "call")


def tells_status(sid: str) -> None:
    """The state of the open case is being read out: who listens and then hangs up has been served."""
    Call.objects.filter(sid=sid, state__in=[C.RINGING, C.MENU]).update(outcome=TOLD)


def asks_something_new(sid: str) -> None:
    """The caller wants more than the state of the open case."""
    Call.objects.filter(sid=sid, outcome=TOLD).update(outcome="")


def missed(payload: Mapping[str, str]) -> None:
    """A call that the carrier knows and we do not: its webhook found us down. It becomes an abandoned call.

    One that was written down before we went down is left alone unless the carrier's log says that it is over.
    """
    number = shown_number(payload.get("From", ""))
    line = Line.objects.get(number=payload["To"])
    call, new = Call.objects.get_or_create(
        sid=payload["CallSid"],
        defaults={"line": line, "direction": Call.Direction.IN, "number": number, "state": C.RINGING},
    )
    over = payload.get("CallStatus") != inbox.RINGS
    if new or (over and call.state in (C.RINGING, C.MENU)):
        CALL.apply(call, "abandon", ended_at=timezone.now(), outcome="missed")
        handlers().call_not_answered(call)
