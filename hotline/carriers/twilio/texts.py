"""Webhooks of texts: one that came in, and reports about one that we sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hotline import inbox, line_tests
from hotline.carriers.twilio import twiml
from hotline.carriers.twilio.signature import signed
from hotline.models import InboundEvent, Line


@signed
def message(request: HttpRequest) -> HttpResponse:
    """Keeps the text and answers at once; what it does is the inbox's business."""
    said = request.POST.dict()
    # what comes to a line's own number is no test (Line.clean), and that is nearly everything
    if not _is_ours(said.get("To", "")) and "MessageSid" in said and line_tests.is_test_text(said):
        event, _new = inbox.keep("line_test", said["MessageSid"], number=said["From"], payload=said)
        line_tests.text_came(said)
        inbox.settle(event)
        return twiml.nothing()
    wrong = _what_is_wrong(said)
    if wrong:
        inbox.keep_malformed("message", said, wrong)
    else:
        inbox.text_came(said)
    return twiml.nothing()


def _what_is_wrong(said: dict[str, str]) -> str:
    missing = [name for name in ("MessageSid", "From", "To") if name not in said]
    if missing:
        return f"without {', '.join(missing)}"
    if not _is_ours(said["To"]):
        return "to a number that is no line of ours"
    return ""


def _is_ours(number: str) -> bool:
    """Lines are made once in a while and texts come a hundred a second: a line that was there is taken to be there."""
    if number not in _known_lines and Line.objects.filter(number=number).exists():
        _known_lines.add(number)
    return number in _known_lines


_known_lines: set[str] = set()


@signed
def message_status(request: HttpRequest, message_id: int) -> HttpResponse:
    """A delivery report about one of our texts, in any order and any number of times."""
    said = request.POST.dict()
    sid, status = said.get("MessageSid", ""), said.get("MessageStatus", "")
    if not sid or not status:
        inbox.keep_malformed("message_status", said, "without MessageSid or MessageStatus")
        return twiml.nothing()
    told = said | {inbox.OUR_MESSAGE: str(message_id)}
    event, new = inbox.keep("message_status", sid, status=status, number=said.get("To", ""), payload=told)
    if new or event.state != InboundEvent.State.PROCESSED:
        inbox.settle(event, inbox.apply_report(event))
    return twiml.nothing()
