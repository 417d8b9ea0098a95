"""What came in: kept first, taken in order for its number, once.

A webhook writes an InboundEvent and is answered. Then its effect is made in one transaction under the lock of the number:
whatever crashes, the event is either taken whole or still waits, and the sweep takes it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import chain

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hotline import blocking, live, optout, pictures_in
from hotline.handlers import handlers
from hotline.locks import hold_number, hold_number_if_free
from hotline.models import InboundEvent, Line, Message
from hotline.wake import wake_one

log = logging.getLogger(__name__)
E = InboundEvent.State
WAITING = (E.RECEIVED, E.FAILED)
MOST_ATTEMPTS = 30
LONGEST_TEXT = 10_000
WEBHOOK_TAKES = timedelta(seconds=30)  # the carrier waits half as long for an answer
TAKES_SECONDS = 1.0  # then whoever takes lets others have the worker, and goes on later
RINGS = "ringing"  # what the carrier says of a call whose webhook it sends; its log says how one ended
OUR_MESSAGE = "OurMessage"  # the id of our row, from the address that the report was sent to
KEEP = """
    insert into hotline_inboundevent
        (carrier, kind, sid, status, number, payload, state, received_at, attempts, error)
    values (%s, %s, %s, %s, %s, %s::jsonb, %s, %s, 0, '')
    on conflict (carrier, kind, sid, status) do nothing
    returning id
"""


def keep(
    kind: str, sid: str, *, status: str = "", number: str = "", payload: Mapping[str, str], state: str = E.RECEIVED
) -> tuple[InboundEvent, bool]:
    """Keeps what the carrier told us; (event, whether it is new). The same id and status again is the same event."""
    clean = {name: value.replace("\x00", "") for name, value in payload.items()}
    key = {"carrier": "twilio", "kind": kind, "sid": sid[:64], "status": status[:40]}
    event = InboundEvent(**key, number=number[:80], payload=clean, state=state, received_at=timezone.now())
    with connection.cursor() as cursor:  # one statement, no transaction around it: a hundred come in a second
        cursor.execute(KEEP, [*key.values(), event.number, json.dumps(clean), event.state, event.received_at])
        row = cursor.fetchone()
    if row is None:
        return InboundEvent.objects.get(**key), False
    event.pk, event._state.adding, event._state.db = row[0], False, connection.alias
    return event, True


def keep_malformed(kind: str, payload: Mapping[str, str], why: str) -> None:
    """Keeps what is signed but is not what the carrier documents; a person looks at it."""
    print_of_it = hashlib.sha256(json.dumps(dict(payload), sort_keys=True).encode()).hexdigest()[:40]
    event, _new = keep(kind, f"malformed:{print_of_it}", payload=payload, state=E.MALFORMED)
    InboundEvent.objects.filter(pk=event.pk).update(error=why[:200])
    live.publish("inbox", "malformed")
    log.warning("inbound event %s is malformed: %s", event.pk, why)


def text_came(payload: Mapping[str, str]) -> None:
    """A text: kept, and taken as soon as a worker is free."""
    _event, new = keep("message", payload["MessageSid"], number=payload["From"], payload=payload)
    if new:
        wake_taker()


def wake_taker() -> None:
    """Something was kept: a worker takes it as soon as it is free."""
    from hotline.tasks import take_waiting

    wake_one(take_waiting)


def take_waiting(*, also_failed: bool = False) -> int:
    """Takes what waits, oldest first, until nothing does or others want the worker; returns how many were taken.

    Several may do so at once: what one has in hand the others look at last. What failed is tried again by the sweep only.
    """
    taken, until = 0, time.monotonic() + TAKES_SECONDS
    found = waiting(WAITING if also_failed else (E.RECEIVED,))
    in_other_hands: list[int] = []
    for event_id, wait in chain(((pk, False) for pk in found), ((pk, True) for pk in in_other_hands)):
        if time.monotonic() > until:
            wake_taker()
            break
        done = take(event_id, wait=wait)
        if done is None:
            in_other_hands.append(event_id)
        taken += done or 0
    return taken


def take(event_id: int, *, wait: bool = True) -> int | None:
    """Takes this event and every earlier one of its number that still waits; returns how many were taken.

    None without `wait`, when somebody works for that number at the moment: it may still be there afterwards.
    """
    event = InboundEvent.objects.filter(pk=event_id, state__in=WAITING).first()
    if event is None:
        return 0
    earlier = _left_to_take(WAITING).filter(number=event.number, kind=event.kind, pk__lte=event_id)
    taken = 0
    for pk in earlier.order_by("id").values_list("pk", flat=True):
        done = _take_one(pk, event.number, wait)
        if done is None:
            return None
        taken += done
    return taken


def _take_one(event_id: int, number: str, wait: bool) -> int | None:
    """1 when it was taken, 0 when there was nothing to take or it failed, None when somebody works for the number."""
    try:
        with transaction.atomic():
            if wait:
                hold_number(number)
            elif not hold_number_if_free(number):
                return None
            event = InboundEvent.objects.select_for_update(no_key=True).get(pk=event_id)
            if event.state not in WAITING:
                return 0
            settle(event, TAKERS[event.kind](event) or "")
            return 1
    except Exception as error:  # whatever it was, the event stays, says why, and is tried again
        log.exception("inbound event %s not taken", event_id)
        note_failure(event_id, error)
        return 0


def note_failure(event_id: int, error: Exception) -> None:
    """Writes down why an event could not be taken."""
    event = InboundEvent.objects.get(pk=event_id)
    event.state, event.attempts = E.FAILED, event.attempts + 1
    event.error = f"{type(error).__name__}: {error}"[:200]
    event.save(update_fields=["state", "attempts", "error"])


def _take_text(event: InboundEvent) -> None:
    said = event.payload
    line = Line.objects.get(number=said["To"])
    body = said.get("Body", "")[:LONGEST_TEXT]
    message, new = Message.objects.get_or_create(
        sid=event.sid,
        defaults={
            "line": line,
            "direction": Message.Direction.IN,
            "number": event.number[:30],
            "body": body,
            "media_count": _count(said.get("NumMedia", "0")),
            "state": Message.State.RECEIVED,
        },
    )
    if not new:
        return
    pictures_in.expect(message, said)
    word = optout.word_of(body)
    if word:
        optout.take(line, message.number, word)
        message.purpose = word
        message.save(update_fields=["purpose"])
        optout.confirm(message, word)
    elif blocking.take_text(message):
        live.publish("board", "blocks")
    handlers().message_received(message)
    Message.objects.filter(pk=message.pk).update(state=Message.State.HANDLED, ended_at=timezone.now())
    live.publish("line", "message")


def _count(words: str) -> int:
    return min(int(words), 100) if words.isdecimal() else 0


def _take_missed_call(event: InboundEvent) -> None:
    from hotline import calls_in

    calls_in.missed(event.payload)


def apply_report(event: InboundEvent) -> str:
    """Makes the effect of a delivery report; returns what is wrong with it, or ""."""
    from hotline import outbox

    said = event.payload
    ours, code = str(said.get(OUR_MESSAGE, "")), str(said.get("ErrorCode", ""))
    known = ours.isdecimal() and outbox.reported(
        int(ours), event.sid, event.status, int(code) if code.isdecimal() else None
    )
    return "" if known else "about a text we do not know, or in an unknown state"


# What makes the effect of each kind of event; a word it returns is why there is none.
TAKERS: dict[str, Callable[[InboundEvent], str | None]] = {
    "message": _take_text,
    "message_status": apply_report,
    "call": _take_missed_call,
}


def waiting(states: Iterable[str] = WAITING, limit: int = 500) -> list[int]:
    """Events that nobody has taken, oldest first."""
    return list(_left_to_take(states).order_by("id").values_list("pk", flat=True)[:limit])


def _left_to_take(states: Iterable[str]) -> QuerySet[InboundEvent]:
    """Without calls that ring at this moment: their webhook is being answered, and settles the event itself."""
    found = InboundEvent.objects.filter(state__in=list(states), kind__in=TAKERS, attempts__lt=MOST_ATTEMPTS)
    just_told = Q(received_at__gt=timezone.now() - WEBHOOK_TAKES)
    return found.exclude(just_told, kind="call", payload__CallStatus=RINGS)


def settle(event: InboundEvent, problem: str = "") -> None:
    """Notes that an event's effect is made, or why there is none and somebody should look."""
    event.state = E.MALFORMED if problem else E.PROCESSED
    event.error, event.processed_at = problem[:200], timezone.now()
    event.save(update_fields=["state", "error", "processed_at"])
