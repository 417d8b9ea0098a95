"""When a text that we could send is better not sent: another automatic system answers, enough for one day, no way to the number.

Asked just before sending, of what the number's thread says. What a person wrote at the desk always goes, and nothing here is
for ever: each kind of failure has its time, and a sign of life from the number ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from hotline.models import Message

S, R = Message.State, Message.Reason
# For so long a failure of that kind speaks against the number, not against that one text.
EXPIRY = {R.BAD_NUMBER: timedelta(days=7), R.BLOCKED: timedelta(days=1), R.UNREACHABLE: timedelta(minutes=15)}
LONGEST = max(EXPIRY.values())
# A machine answers within seconds and in the same words; nobody does that three times running.
ANSWERED_WITHIN = timedelta(seconds=15)
ANSWERS_OF_A_MACHINE = 3
LOOP_LASTS = timedelta(minutes=30)
READ_BACK = 40
TEST = "line_test"  # to a number of our own: none of this is about it
SAID_TO_BE_ON_ITS_WAY = (S.SENDING, S.UNKNOWN, S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED)


_for_work: set[str] = set()


def for_work(*events: str) -> None:
    """Texts of these events go to people at work for us (drivers), who answer by one digit many times a day."""
    _for_work.update(events)


def why_not(message: Message) -> str:
    """The reason not to send this text now, or ""."""
    if message.author_id or message.purpose == TEST or message.purpose in _for_work:
        return ""
    thread = list(_thread(message))
    return _trouble(message, thread) or _loop(thread) or _enough(message)


def _thread(message: Message) -> QuerySet[Message]:
    """The last texts in and out of this number, newest first."""
    since = timezone.now() - LONGEST
    found = Message.objects.filter(number=message.number, line=message.line_id, created_at__gt=since)
    fields = ("direction", "state", "reason", "body", "author", "accepted_at", "ended_at", "created_at", "level")
    return found.exclude(pk=message.pk).only(*fields).order_by("-id")[:READ_BACK]


def _trouble(message: Message, thread: Sequence[Message]) -> str:
    """Why the last text did not arrive, as long as that counts. A text from them, or one that arrived, ends it.

    The most urgent news tries again all the same.
    """
    if message.level == 1:
        return ""
    now = timezone.now()
    for earlier in thread:
        if earlier.direction == Message.Direction.IN or earlier.state == S.DELIVERED:
            return ""
        lasts = EXPIRY.get(R(earlier.reason)) if earlier.state in (S.FAILED, S.UNDELIVERED) else None
        if lasts and earlier.ended_at and earlier.ended_at > now - lasts:
            return str(earlier.reason)
    return ""


def _loop(thread: Sequence[Message]) -> str:
    """Whether the last of our texts were each answered at once, always in the same words."""
    since = timezone.now() - LOOP_LASTS
    words, answers = "", 0
    reply: Message | None = None
    for text in thread:
        if text.created_at < since:
            break
        if text.direction == Message.Direction.IN:
            reply = text
        elif text.state not in (S.SUPPRESSED, S.QUEUED):
            if text.author_id or reply is None or not _at_once(text, reply) or (words and reply.body != words):
                break
            words, reply, answers = reply.body, None, answers + 1
    return R.LOOPING if answers >= ANSWERS_OF_A_MACHINE else ""


def _at_once(told: Message, reply: Message) -> bool:
    return reply.created_at - (told.accepted_at or told.created_at) < ANSWERED_WITHIN


def _enough(message: Message) -> str:
    """Whether this number has had its texts for the day; the most urgent news may double it."""
    most = settings.TEXTS_PER_PERSON_AND_DAY * (2 if message.level == 1 else 1)
    since = timezone.now() - timedelta(days=1)
    sent = Message.objects.filter(number=message.number, direction=Message.Direction.OUT, created_at__gt=since)
    told = sent.filter(author=None, state__in=SAID_TO_BE_ON_ITS_WAY).exclude(pk=message.pk).count()
    return R.DAILY_CAP if told >= most else ""
