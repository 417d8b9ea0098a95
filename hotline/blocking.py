"""Numbers that are not connected for a while: abuse and automatic callers. For a time, never for ever, and never silently.

Whoever calls from one hears that, and to dial 120 when a life is in danger. Their texts are kept and counted and make no case.
A number with an open case of level 1 or 2 is blocked only when a supervisor says so twice, and is let through again when such
a case comes later.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live, outbox
from hotline.handlers import Caller, handlers
from hotline.locks import hold_number
from hotline.models import Block, Line, Message, User

log = logging.getLogger(__name__)
URGENT = 2
LONGEST = timedelta(days=30)
BLOCKED = "blocked"  # the outcome of a call and the purpose of a text that was turned away


class CannotBlock(Exception):
    """Not this number, or not so long; the text says why."""


class AskAgain(CannotBlock):
    """An urgent case is open under this number: only with a second word."""


def open_ones() -> QuerySet[Block]:
    """Blocks that hold now, the newest first."""
    return Block.objects.filter(ended_at=None, until__gt=timezone.now()).select_related("by").order_by("-id")


def of(number: str) -> Block | None:
    """The block that holds for this number now."""
    if not number:
        return None
    return Block.objects.filter(number=number, ended_at=None, until__gt=timezone.now()).first()


def block(number: str, *, reason: str, until: datetime, by: User, note: str = "", sure: bool = False) -> Block:
    """Blocks the number until then. Raises AskAgain when an urgent case is open under it and nobody is `sure`."""
    if not outbox.can_take_texts(number):
        raise CannotBlock(_("This is not a whole telephone number."))
    if Line.objects.filter(number=number).exists() or Line.objects.filter(test_number=number).exists():
        raise CannotBlock(_("This is a number of ours."))
    if not timezone.now() < until <= timezone.now() + LONGEST:
        raise CannotBlock(_("A block ends within 30 days; it can be renewed."))
    if reason == Block.Reason.OTHER and not note.strip():
        raise CannotBlock(_("Say why."))
    end_expired()
    with transaction.atomic():
        hold_number(number)
        urgent = _is_urgent(handlers().who_is_calling(number))
        if urgent and not sure:
            raise AskAgain(_("An urgent case is open under this number. Block it all the same?"))
        try:
            with transaction.atomic():
                made = Block.objects.create(
                    number=number, reason=reason, note=note[:200], by=by, until=until, despite_urgent_case=urgent
                )
        except IntegrityError as error:
            raise CannotBlock(_("This number is blocked already.")) from error
    log.warning("block %s: %s until %s, by user %s", made.pk, reason, until.isoformat(timespec="minutes"), by.pk)
    live.publish("board", "blocks")
    return made


def lift(blocked: Block, by: User) -> bool:
    """Ends it before its time."""
    lifted = Block.objects.filter(pk=blocked.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    if lifted:
        log.warning("block %s lifted by user %s", blocked.pk, by.pk)
        live.publish("board", "blocks")
    return bool(lifted)


def end_expired() -> int:
    """Sweep: blocks whose time is over."""
    over = Block.objects.filter(ended_at=None, until__lte=timezone.now())
    return over.update(ended_at=F("until"))


def turns_away(number: str, caller: Caller) -> Block | None:
    """The block by which this caller is not connected; None also when an urgent case has come since."""
    found = of(number)
    return None if found is None or (_is_urgent(caller) and not found.despite_urgent_case) else found


def _is_urgent(caller: Caller) -> bool:
    return bool(caller.open_cases) and caller.level <= URGENT


def note_call(blocked: Block) -> None:
    Block.objects.filter(pk=blocked.pk).update(calls=F("calls") + 1, last_at=timezone.now())


def take_text(message: Message) -> bool:
    """Whether this text comes from a blocked number: then it is marked and counted, and its sender is told once."""
    found = turns_away(message.number, handlers().who_is_calling(message.number)) if of(message.number) else None
    if found is None:
        return False
    message.purpose = BLOCKED
    message.save(update_fields=["purpose"])
    Block.objects.filter(pk=found.pk).update(texts=F("texts") + 1, last_at=timezone.now())
    outbox.send(
        line=message.line,
        number=message.number,
        event="blocked",
        topic=f"block:{found.pk}",
        words={"until": f"{timezone.localtime(found.until):%m-%d %H:%M}"},
        language=message.language,
    )
    return True


def texts_of(blocks: list[Block], each: int = 5) -> dict[int, list[Message]]:
    """The newest texts from blocked numbers, by block; one query."""
    by_number = {block.number: block for block in blocks}
    found: dict[int, list[Message]] = {}
    rows = Message.objects.filter(direction="in", purpose=BLOCKED, number__in=by_number)
    for message in rows.order_by("-id")[: 20 * each]:
        kept = found.setdefault(by_number[message.number].pk, [])
        if len(kept) < each:
            kept.append(message)
    return found
