from typing import Any

from ..addresses import can_be_called, is_virtual
from ..callbacks import Callback
from ..records import Call
from ..twiml import BadDocument, read
from ..voice.answering_machine import Detection
from ..voice.exchange import Outgoing
from ..voice.leg import Leg
from ..voice.program import Source
from . import shapes
from .asked import Asked, between, inside
from .errors import invalid
from .paging import page_of_shelf


def create(asked: Asked) -> dict[str, Any]:
    leg = asked.carrier.exchange.place_outbound(outgoing(asked, _source(asked, required=True)))
    return shapes.call(leg.call, asked.account)


def fetch(asked: Asked) -> dict[str, Any]:
    return shapes.call(_found(asked), asked.account)


def list_(asked: Asked) -> dict[str, Any]:
    wanted = {"to": asked.get("To"), "from_": asked.get("From"), "status": asked.get("Status")}
    wanted["parent_sid"] = asked.get("ParentCallSid")
    started, ended = between(asked, "StartTime"), between(asked, "EndTime")

    def matches(row: Call) -> bool:
        fits = all(not value or getattr(row, name) == value for name, value in wanted.items())
        return fits and inside(row.started or row.created, started) and inside(row.ended, ended)

    return page_of_shelf(
        asked,
        "calls",
        asked.carrier.calls,
        matches,
        lambda row: shapes.call(row, asked.account),
        narrowed=next(((name, wanted[name]) for name in ("to", "from_") if wanted[name]), None),
    )


def update(asked: Asked) -> dict[str, Any]:
    """Ends a call, or leads it to another document."""
    row = _found(asked)
    leg = asked.carrier.exchange.legs.get(row.sid)
    source = _source(asked, required=False)
    if asked.get("Status") in ("canceled", "completed"):
        _end(asked, row, leg)
    elif source:
        if leg is None or row.status != "in-progress":
            raise invalid(21220, "Call is not in-progress. Cannot redirect.")
        asked.carrier.exchange.redirect(leg, source)
    return shapes.call(row, asked.account)


def delete(asked: Asked) -> None:
    row = _found(asked)
    if not row.over:
        raise invalid(20009, "Cannot delete a call that is in progress")
    asked.carrier.calls.remove(row)


def outgoing(asked: Asked, source: Source) -> Outgoing:
    """The call that Calls and Participants ask for; raises ApiError."""
    to, from_ = asked.get("To"), asked.get("From")
    if not to:
        raise invalid(21201, "No 'To' number is specified")
    if not can_be_called(to):
        raise invalid(21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if not from_:
        raise invalid(21213, "'From' phone number is required")
    if not is_virtual(to) and not asked.carrier.number(from_):
        raise invalid(21210, f"The source phone number provided, {from_}, is not yet verified for your account.")
    return Outgoing(
        from_=from_,
        to=to,
        source=source,
        timeout=min(asked.number("Timeout", 60), 600),
        callback=Callback(
            asked.url("StatusCallback", 21609),
            asked.method("StatusCallbackMethod"),
            asked.events("StatusCallbackEvent"),
        ),
        send_digits=asked.get("SendDigits"),
        detection=Detection(
            asked.get("MachineDetection"),
            asked.flag("AsyncAmd"),
            Callback(asked.url("AsyncAmdStatusCallback", 21609), asked.method("AsyncAmdStatusCallbackMethod")),
        ),
        record=_recording(asked),
    )


def _recording(asked: Asked) -> Callback | None:
    if not asked.flag("Record"):
        return None
    return Callback(
        asked.url("RecordingStatusCallback", 21609),
        asked.method("RecordingStatusCallbackMethod"),
        asked.events("RecordingStatusCallbackEvent") or ("completed",),
    )


def _source(asked: Asked, *, required: bool) -> Source:
    """The document a call is to follow: given as Url or as Twiml. Empty when neither is and none is required."""
    url, twiml = asked.get("Url"), asked.get("Twiml")
    if twiml:
        try:
            read(twiml)
        except BadDocument as error:
            raise invalid(12100, str(error)) from error
        return Source(twiml=twiml)
    if required and not url:
        raise invalid(21205, "Url parameter is required.")
    if url and not url.startswith(("http://", "https://")):
        raise invalid(21205, f"Url is not a valid URL: {url}")
    fallback = asked.url("FallbackUrl", 21205)
    return Source(url, asked.method("Method"), fallback_url=fallback, fallback_method=asked.method("FallbackMethod"))


def _end(asked: Asked, row: Call, leg: Leg | None) -> None:
    if asked.get("Status") == "canceled" and row.status not in ("queued", "ringing"):
        raise invalid(21220, "Call is not queued or ringing. Cannot cancel.")
    if leg is None:
        raise invalid(21220, "Call is not in-progress. Cannot redirect.")
    asked.carrier.exchange.hang_up(leg)


def _found(asked: Asked) -> Call:
    row = asked.carrier.calls.get(asked.parts["Sid"])
    if row is None:
        raise asked.missing()
    return row
