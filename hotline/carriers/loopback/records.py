"""What the carrier keeps. Live state (who is on the line, what is being said) is in voice/, not here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .sids import new_sid, now


@dataclass
class Record:
    sid: str
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    # Order of creation within its shelf; lists are paged along it.
    serial: int = 0


@dataclass
class Number(Record):
    """A telephone number of the account and what it does when a call or a text comes in."""

    phone_number: str = ""
    friendly_name: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


@dataclass
class Message(Record):
    from_: str = ""
    to: str = ""
    body: str = ""
    direction: str = "outbound-api"
    # queued, sending, sent, delivered | undelivered | failed; inbound ones are received; canceled while scheduled.
    status: str = "queued"
    error_code: int | None = None
    error_message: str | None = None
    segments: int = 1
    media: list[dict[str, Any]] = field(default_factory=list)
    service_sid: str | None = None
    status_callback: str = ""
    sent: datetime | None = None


@dataclass
class Call(Record):
    """One leg."""

    from_: str = ""
    to: str = ""
    direction: str = "outbound-api"
    # queued, ringing, in-progress, completed | busy | no-answer | failed | canceled
    status: str = "queued"
    parent_sid: str | None = None
    number_sid: str | None = None
    answered_by: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    duration: int | None = None
    queue_time: int = 0
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_callback_events: list[str] = field(default_factory=lambda: ["completed"])
    heard: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    # the simulated telephone at the far end; not always from_ or to (a caller can withhold the number)
    phone: str = ""

    FINAL = ("completed", "busy", "no-answer", "failed", "canceled")

    @property
    def over(self) -> bool:
        return self.status in self.FINAL


@dataclass
class Queue(Record):
    name: str = ""
    max_size: int = 1000


@dataclass
class Recording(Record):
    call_sid: str | None = None
    conference_sid: str | None = None
    source: str = "RecordVerb"
    status: str = "in-progress"
    channels: int = 1
    duration: int = 0
    # Who said what while it ran: what a listener would hear.
    transcript: list[dict[str, Any]] = field(default_factory=list)


def new_media(content_type: str, data: str = "", url: str = "") -> dict[str, Any]:
    """A picture of a message: its bytes as base64, or the address where the sender keeps it."""
    return {"sid": new_sid("ME"), "content_type": content_type, "data": data, "url": url, "created": now().isoformat()}
