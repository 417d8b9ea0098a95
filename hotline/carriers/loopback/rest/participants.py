from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ..voice.conference import Conference, Manners, Participant
from ..voice.program import Source
from . import shapes
from .asked import Asked
from .calls import outgoing
from .conferences import found
from .errors import invalid
from .paging import page_of_list

# form field -> attribute of the Conference noun that the new call will follow
ATTRIBUTES = {
    "Beep": "beep", "Muted": "muted", "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit", "WaitUrl": "waitUrl", "WaitMethod": "waitMethod",
    "Label": "participantLabel", "ConferenceRecord": "record",
    "ConferenceStatusCallback": "statusCallback", "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
}  # fmt: skip


def list_(asked: Asked) -> dict[str, Any]:
    room = found(asked)
    rows = [shapes.participant(one, asked.account) for one in room.participants.values() if _wanted(asked, one)]
    return page_of_list(asked, "participants", rows)


def create(asked: Asked) -> dict[str, Any]:
    """Calls somebody into the conference, which is made when it does not exist."""
    name = asked.parts["ConferenceSid"]
    room = asked.carrier.conferences.find(name)
    if room is None or room.status == "completed":
        room = _new(asked, name)
    leg = asked.carrier.exchange.place_outbound(outgoing(asked, Source(twiml=_document(asked, room))))
    one = room.invited[leg.sid] = Participant(leg, room, _manners(asked))
    asked.carrier.spawn(_forget_when_over(one))
    return shapes.participant(one, asked.account)


def fetch(asked: Asked) -> dict[str, Any]:
    return shapes.participant(_found(asked), asked.account)


def update(asked: Asked) -> dict[str, Any]:
    one = _found(asked)
    changes: dict[str, Any] = {
        name: asked.flag(field)
        for field, name in (("Muted", "muted"), ("Hold", "hold"), ("EndConferenceOnExit", "end_on_exit"))
        if asked.has(field)
    }
    changes |= _coaching(asked, one)
    if changes.get("hold"):
        changes |= {"hold_url": asked.url("HoldUrl", 21205), "hold_method": asked.method("HoldMethod")}
    if changes:
        asked.carrier.conferences.change(one, **changes)
    if asked.url("AnnounceUrl", 21205):
        source = Source(asked.get("AnnounceUrl"), asked.method("AnnounceMethod"))
        asked.carrier.conferences.announce([one], source)
    return shapes.participant(one, asked.account)


def delete(asked: Asked) -> None:
    one = _found(asked)
    if one.leg.sid in one.conference.participants:
        asked.carrier.conferences.leave(one, "kicked")
    else:
        asked.carrier.exchange.hang_up(one.leg)


def _coaching(asked: Asked, one: Participant) -> dict[str, Any]:
    if not asked.has("Coaching") and not asked.has("CallSidToCoach"):
        return {}
    coaching = asked.flag("Coaching", default=asked.has("CallSidToCoach"))
    coached = asked.get("CallSidToCoach") or one.manners.coached_sid
    if coaching and (not coached or coached not in one.conference.participants):
        raise invalid(13256, "CallSidToCoach is not a participant of this conference")
    return {"coaching": coaching, "coached_sid": coached if coaching else None}


def _new(asked: Asked, name: str) -> Conference:
    if name.startswith("CF") and len(name) == 34:
        raise asked.missing()
    return asked.carrier.conferences.named(name)


def _document(asked: Asked, room: Conference) -> str:
    response = Element("Response")
    noun = SubElement(SubElement(response, "Dial"), "Conference")
    noun.text = room.name
    for field, attribute in ATTRIBUTES.items():
        if asked.has(field):
            noun.set(attribute, asked.get(field))
    if asked.flag("ConferenceRecord"):
        noun.set("record", "record-from-start")
    if asked.flag("Coaching"):
        noun.set("coach", asked.get("CallSidToCoach"))
    noun.set("statusCallbackEvent", " ".join(asked.events("ConferenceStatusCallbackEvent")) or "start end")
    return tostring(response, encoding="unicode")


def _manners(asked: Asked) -> Manners:
    """How the resource looks until the telephone is answered."""
    return Manners(
        label=asked.get("Label") or None,
        muted=asked.flag("Muted"),
        start_on_enter=asked.flag("StartConferenceOnEnter", default=True),
        end_on_exit=asked.flag("EndConferenceOnExit"),
        coaching=asked.flag("Coaching"),
        coached_sid=asked.get("CallSidToCoach") or None,
    )


async def _forget_when_over(one: Participant) -> None:
    await one.leg.ended.wait()
    one.conference.invited.pop(one.leg.sid, None)


def _wanted(asked: Asked, one: Participant) -> bool:
    flags = {"Muted": one.manners.muted, "Hold": one.manners.hold, "Coaching": one.manners.coaching}
    return all(not asked.get(name) or (asked.get(name).lower() == "true") == value for name, value in flags.items())


def _found(asked: Asked) -> Participant:
    one = found(asked).find(asked.parts["CallSid"])
    if one is None:
        raise asked.missing()
    return one
