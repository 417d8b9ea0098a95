"""The invariants of the system, each a question to the database that names every row which breaks it.

A package puts its own into its integrity.py, imported when its app is ready; `manage.py check_integrity` asks all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from hotline.models import Call, CallLeg, InboundEvent, Message, Presence

PROMISES = {
    1: "every incoming call and message is on a case, a call-back or a visible inbox",
    2: "every open case has a next step, an owner and a time it is due",
    3: "a case is claimed by one agent, a vehicle and a driver are on one trip, a case is on one live stop",
    4: "a resident is told each thing once",
    5: "level 1 never waits behind anything else",
    6: "delivered has proof, closed has an outcome",
    7: "time lives in the database: nothing due lies unseen",
}


@dataclass(frozen=True)
class Violation:
    """One row that breaks a promise: which row, and in what way."""

    row: str
    why: str
    number: int = 0


Question = Callable[[], Iterable[Violation]]
_questions: list[tuple[int, str, Question]] = []


def invariant(number: int, promise: str) -> Callable[[Question], Question]:
    """Registers a function that yields the rows which break promise `number`; `promise` says what it looks at."""

    def register(question: Question) -> Question:
        _questions.append((number, promise, question))
        return question

    return register


@dataclass(frozen=True)
class Answer:
    """One question with what it found."""

    number: int
    promise: str
    violations: list[Violation]


def ask_all() -> list[Answer]:
    """Every registered question, in the order of the promises."""
    return [
        Answer(number, promise, [Violation(v.row, v.why, number) for v in question()])
        for number, promise, question in sorted(_questions, key=lambda q: q[0])
    ]


def check() -> list[Violation]:
    """Every violation there is."""
    return [violation for answer in ask_all() for violation in answer.violations]


def late(seconds: float) -> timedelta:
    """How long something may lie before it counts as unseen: its sweep has run several times by then."""
    return timedelta(seconds=max(60.0, seconds + 20 * settings.SWEEP_SECONDS))


@invariant(1, "webhooks that were kept have been taken")
def events_are_taken() -> Iterable[Violation]:
    before = timezone.now() - late(0)
    for event in InboundEvent.objects.filter(state__in=["received", "failed"], received_at__lt=before)[:1000]:
        yield Violation(f"inbound event {event.pk}", f"{event.kind} is {event.state} after {event.attempts} tries")


@invariant(1, "every incoming text was handed on")
def texts_are_handled() -> Iterable[Violation]:
    for message in Message.objects.filter(direction="in", state="received")[:1000]:
        yield Violation(f"message {message.pk}", "kept, and nobody has taken it")


@invariant(4, "no two texts carry the same carrier's id or key")
def texts_are_told_once() -> Iterable[Violation]:
    from django.db.models import Count

    sent = Message.objects.filter(direction="out").exclude(purpose="free").exclude(state="suppressed")
    twice = sent.values("number", "purpose", "topic", "body").annotate(n=Count("id")).filter(n__gt=1)
    for row in twice.exclude(purpose__in=REPEATABLE)[:1000]:
        yield Violation(f"texts about {row['topic']}", f"{row['purpose']} with the same words {row['n']} times")


# News that may be asked for again, or come about again, and then has the same words. How often an ending came about, a photo
# was asked for, somebody called in vain or a trip was put off is known to whoever tells it (cases.integrity, dispatch.integrity).
REPEATABLE = (
    *("status", "help", "opted_out", "opted_in", "not_understood", "agent_will_call", "received_again", "photo_asked"),
    "callback_missed",
    *("address_change", "more_needed"),
    *("delivered", "cancelled", "unmet", "merged"),
    *("put_off", "near", "attempt_failed"),
)


@invariant(7, "no text waits unsent past its time")
def texts_are_sent() -> Iterable[Violation]:
    now = timezone.now()
    overdue = Message.objects.filter(direction="out", state__in=["sending", "unknown"]).filter(
        sending_at__lt=now - late(settings.LOOK_UP_AFTER_SECONDS)
    )
    for message in overdue[:1000]:
        yield Violation(f"message {message.pk}", f"{message.state} since {message.sending_at:%H:%M:%S}")


@invariant(7, "no caller is offered to a telephone that rings no more")
def offers_end() -> Iterable[Violation]:
    before = timezone.now() - late(settings.RING_SECONDS + 15)
    for call in Call.objects.filter(state="offered", offered_at__lt=before)[:1000]:
        yield Violation(f"call {call.pk}", "offered, and the offer never ended")


@invariant(3, "an agent on a call has one")
def presence_is_true() -> Iterable[Violation]:
    before = timezone.now() - late(settings.RING_SECONDS + 15)
    asked = CallLeg.objects.filter(user=OuterRef("user"), ended_at=None, call__state__in=Call.LIVE)
    busy = Presence.objects.filter(state__in=["ringing", "on_call"], since__lt=before).exclude(
        user__calls__state__in=Call.LIVE
    )
    busy = busy.exclude(Exists(asked))  # a colleague asks about a call of theirs
    for presence in busy[:1000]:
        yield Violation(f"agent {presence.user_id}", f"{presence.state} without a call")
