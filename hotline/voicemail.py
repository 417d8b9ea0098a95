"""Nobody can answer: the caller may leave a message or hang up, and is called back either way. The urgent are not asked."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from hotline import live, opening, presence, recordings
from hotline.call_lifecycle import BEFORE_AN_AGENT, CALL
from hotline.calls_in import held
from hotline.handlers import handlers
from hotline.models import Call, Recording

C = Call.State
URGENT = 2  # level 1 and 2 wait for a person whatever the hour
MOST_SECONDS = 180


def why(call: Call) -> str:
    """ "closed", "nobody" or "full" when this caller is asked for a message instead of waiting; "" to wait."""
    if call.level <= URGENT:
        return ""
    if not opening.is_open(call.line):
        return "closed"
    if not presence.anybody_at_work(practice=call.line.practice):
        return "nobody"
    waiting = Call.objects.filter(line=call.line, state=C.WAITING).order_by()
    return "full" if waiting[: settings.MOST_CALLERS_WAITING].count() >= settings.MOST_CALLERS_WAITING else ""


@held
def left(call: Call, sid: str, seconds: int) -> None:
    """The caller has spoken: the recording is on the call and a call is owed. The same report again changes nothing.

    Who speaks and hangs up may be noted as abandoned before the recording is reported: it is a message all the same.
    """
    if seconds <= 0:
        return
    recordings.keep(call, sid, Recording.Kind.MESSAGE, seconds)
    if call.state in (*BEFORE_AN_AGENT, C.ABANDONED):
        CALL.apply(call, "leave_message", ended_at=call.ended_at or timezone.now(), outcome="voicemail")
        handlers().call_not_answered(call)
        live.publish("line", "call")
