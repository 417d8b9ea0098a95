from typing import Any

from ..callbacks import Callback
from ..records import Recording
from . import shapes
from .asked import Asked, between, inside
from .errors import invalid
from .paging import page_of_shelf


def list_(asked: Asked) -> dict[str, Any]:
    """All of the account, of a call, or of a conference, by what the path names."""
    call = asked.parts.get("CallSid") or asked.get("CallSid")
    conference = asked.parts.get("ConferenceSid") or asked.get("ConferenceSid")
    created = between(asked, "DateCreated")

    def matches(row: Recording) -> bool:
        of_call = not call or row.call_sid == call
        return of_call and (not conference or row.conference_sid == conference) and inside(row.created, created)

    return page_of_shelf(asked, "recordings", asked.carrier.recordings, matches, lambda row: _shape(asked, row))


def create(asked: Asked) -> dict[str, Any]:
    """Starts recording a live call."""
    leg = asked.carrier.exchange.legs.get(asked.parts["CallSid"])
    if leg is None:
        raise asked.missing() if not asked.carrier.calls.get(asked.parts["CallSid"]) else _not_live()
    if leg.call.status != "in-progress":
        raise _not_live()
    callback = Callback(
        asked.url("RecordingStatusCallback", 21609),
        asked.method("RecordingStatusCallbackMethod"),
        asked.events("RecordingStatusCallbackEvent") or ("completed",),
    )
    channels = 2 if asked.get("RecordingChannels") == "dual" else 1
    return _shape(asked, asked.carrier.recorder.start(leg, None, "StartCallRecordingAPI", callback, channels))


def fetch(asked: Asked) -> dict[str, Any]:
    return _shape(asked, found(asked))


def update(asked: Asked) -> dict[str, Any]:
    """Pauses, resumes or stops. Twilio.CURRENT stands for the one that runs."""
    status = asked.get("Status")
    if status not in ("in-progress", "paused", "stopped"):
        raise invalid(21401, f"Invalid recording status: {status}")
    recording = found(asked)
    asked.carrier.recorder.set_status(recording, status)
    return _shape(asked, recording)


def delete(asked: Asked) -> None:
    asked.carrier.recordings.remove(found(asked))


def found(asked: Asked) -> Recording:
    sid = asked.parts["Sid"]
    if sid == "Twilio.CURRENT":
        leg = asked.carrier.exchange.legs.get(asked.parts.get("CallSid", ""))
        running = asked.carrier.recorder.running(leg) if leg else []
        recording = running[0] if running else None
    else:
        recording = asked.carrier.recordings.get(sid)
    if recording is None:
        raise asked.missing()
    return recording


def _not_live() -> Exception:
    return invalid(21220, "Requested resource is not eligible for recording")


def _shape(asked: Asked, row: Recording) -> dict[str, Any]:
    return shapes.recording(row, asked.account, asked.carrier.config.base_url) | _kind(asked, row)


def _kind(asked: Asked, row: Recording) -> dict[str, Any]:
    """A recording looks a little different under its call: what the published descriptions say."""
    if "CallSid" not in asked.parts:
        return {}
    return {"track": "both", "price": None}
