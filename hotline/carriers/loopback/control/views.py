"""How phones and calls look to a test or to the handset."""

from typing import TYPE_CHECKING, Any

from ..phones import Phone
from ..records import Call, Message
from ..voice.conference import Participant
from ..voice.hearing import listeners, speakers
from ..voice.leg import Leg

if TYPE_CHECKING:
    from ..carrier import Carrier

SHOWN_MESSAGES = 200
SHOWN_CALLS = 20


def phone(carrier: "Carrier", one: Phone) -> dict[str, Any]:
    calls = [shown for shown in (carrier.calls.get(sid) for sid in one.call_sids[-SHOWN_CALLS:]) if shown]
    live = [call(carrier, row) for row in calls if row.sid in carrier.exchange.legs]
    hotlines = [number.phone_number for number in carrier.numbers]
    return {
        "number": one.address,
        "behaviour": vars(one.behaviour),
        "messages": [message(row, one.address) for row in one.messages[-SHOWN_MESSAGES:]],
        "ringing": [row for row in live if row["status"] in ("queued", "ringing") and not row["outgoing"]],
        "calls": live,
        "past_calls": [past(row) for row in reversed(calls) if row.over],
        "opted_out": [number for number in hotlines if carrier.optouts.holds(number, one.address)],
        "hotlines": hotlines,
    }


def message(row: Message, address: str) -> dict[str, Any]:
    """direction is the phone's: out is what the person wrote."""
    return {
        "sid": row.sid,
        "direction": "out" if row.direction == "inbound" else "in",
        "from": row.from_,
        "to": row.to,
        "body": row.body,
        "media": [{"sid": item["sid"], "content_type": item["content_type"], "url": item["url"]} for item in row.media],
        "status": row.status,
        "error_code": row.error_code,
        "segments": row.segments,
        "at": row.created.isoformat(),
    }


def past(row: Call) -> dict[str, Any]:
    return {
        "sid": row.sid,
        "from": row.from_,
        "to": row.to,
        "outgoing": row.direction == "inbound",
        "status": row.status,
        "at": row.created.isoformat(),
        "duration": row.duration,
        "answered_at": row.started.isoformat() if row.started else None,
    }


def call(carrier: "Carrier", row: Call) -> dict[str, Any]:
    """All about one leg; outgoing is the phone's side: the person dialled."""
    leg = carrier.exchange.legs.get(row.sid)
    shown = past(row) | {
        "parent_sid": row.parent_sid,
        "answered_by": row.answered_by,
        "heard": list(row.heard),
        "said": list(row.said),
        "live": leg is not None,
    }
    return shown | (
        _live(leg) if leg else {"waiting_for": {"kind": "over"}, "hears": [], "heard_by": [], "on_hold": False}
    )


def _live(leg: Leg) -> dict[str, Any]:
    link = leg.link
    return {
        "waiting_for": _waiting_for(leg),
        "hears": [_party(other) for other in speakers(leg)],
        "heard_by": [_party(other) for other in listeners(leg)],
        "on_hold": isinstance(link, Participant) and link.manners.hold,
        "muted": leg.muted or (isinstance(link, Participant) and link.manners.muted),
        "music": isinstance(link, Participant) and bool(link.ambience),
    }


def _waiting_for(leg: Leg) -> dict[str, Any]:
    waiting = dict(leg.waiting_for)
    if leg.call.status in ("queued", "ringing"):
        return {"kind": "ringing"}
    if isinstance(leg.link, Participant) and waiting["kind"] == "conference":
        others = [one.leg.phone.address for one in leg.link.conference.participants.values() if one.leg is not leg]
        waiting |= {"with": others, "started": leg.link.conference.status == "in-progress"}
    return waiting


def _party(leg: Leg) -> dict[str, str]:
    return {"sid": leg.sid, "number": leg.phone.address}
