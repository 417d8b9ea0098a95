import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..sids import now, rfc2822
from .conference import Conference, Manners, Participant
from .leg import Leg
from .program import Program, Source

if TYPE_CHECKING:
    from ..carrier import Carrier

# which statusCallbackEvent asks for which report
EVENTS = {
    "conference-start": "start", "conference-end": "end", "participant-join": "join", "participant-leave": "leave",
    "participant-mute": "mute", "participant-unmute": "mute", "participant-hold": "hold",
    "participant-unhold": "hold", "participant-modify": "modify", "announcement-end": "announcement",
}  # fmt: skip
KEPT = 5000


class Conferences:
    """The rooms in which legs meet."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._all: dict[str, Conference] = {}
        self._live: dict[str, Conference] = {}

    def __iter__(self) -> Any:
        return iter(list(self._all.values()))

    def get(self, sid: str) -> Conference | None:
        return self._all.get(sid)

    def named(self, name: str) -> Conference:
        """The live conference of that name, made when it does not exist."""
        room = self._live.get(name)
        if room is None:
            room = self._live[name] = Conference(name)
            self._all[room.sid] = room
            while len(self._all) > KEPT:
                del self._all[next(iter(self._all))]
        return room

    def find(self, sid_or_name: str) -> Conference | None:
        return self._all.get(sid_or_name) or self._live.get(sid_or_name)

    def join(self, leg: Leg, room: Conference, manners: Manners) -> Participant:
        one = room.invited.pop(leg.sid, None) or Participant(leg, room, manners)
        one.manners = replace(manners, label=manners.label or one.manners.label)
        room.participants[leg.sid] = one
        leg.link = one
        self._touch(room)
        self._beep(room, one, "onEnter")
        self._report(room, "participant-join", one)
        if room.status == "init" and room.may_start:
            self._start(room)
        self.refresh(room)
        return one

    def leave(self, one: Participant, reason: str = "left") -> None:
        """Takes a participant out; the conference may end with it."""
        room = one.conference
        if room.participants.pop(one.leg.sid, None) is None:
            return
        self._silence(one)
        if one.leg.link is one:
            one.leg.link = None
        if not one.left.done():
            one.left.set_result(reason)
        self._touch(room)
        self._beep(room, one, "onExit")
        self._report(room, "participant-leave", one)
        if one.manners.end_on_exit:
            self.end(room, f"participant-with-end-conference-on-exit-{reason}", one.leg.sid)
        elif not room.participants:
            self.end(room, f"last-participant-{reason}", one.leg.sid)
        self.refresh(room)

    def end(self, room: Conference, reason: str, by: str | None = None) -> None:
        if room.status == "completed":
            return
        room.status, room.reason_ended, room.ended_by, room.ended = "completed", reason, by, now()
        self._live.pop(room.name, None)
        self._touch(room)
        for one in list(room.participants.values()):
            self.leave(one)
        if room.recording:
            self._carrier.recorder.stop(room.recording)
        self._report(room, "conference-end")

    def change(self, one: Participant, **changes: Any) -> None:
        """Mutes, holds, coaches ... and reports what changed."""
        before, one.manners = one.manners, replace(one.manners, **changes)
        one.updated = now()
        room = one.conference
        if before.muted != one.manners.muted:
            self._report(room, "participant-mute" if one.manners.muted else "participant-unmute", one)
        if before.hold != one.manners.hold:
            self._report(room, "participant-hold" if one.manners.hold else "participant-unhold", one)
        if (before.coaching, before.coached_sid) != (one.manners.coaching, one.manners.coached_sid):
            self._report(room, "participant-modify", one)
        self.refresh(room)

    def announce(self, participants: list[Participant], source: Source) -> None:
        """Something is said to these without taking them out."""
        for one in participants:
            self._carrier.spawn(self._announce(one, source))

    def refresh(self, room: Conference) -> None:
        """Gives everybody the music, or the silence, that fits the moment."""
        if room.status == "completed":
            return
        for one in room.participants.values():
            wanted = "hold" if one.manners.hold else "" if room.status == "in-progress" else "waiting"
            if room.status == "in-progress" and len(room.participants) > 1 and not one.manners.hold:
                self._carrier.people.reached(one.leg)
            if wanted != one.ambience:
                self._silence(one)
                one.ambience = wanted
                if wanted:
                    one.music = asyncio.ensure_future(self._music(one, wanted))
            one.leg.phone.changed()

    async def _music(self, one: Participant, kind: str) -> None:
        manners = one.manners
        url, method = (
            (manners.hold_url, manners.hold_method) if kind == "hold" else (manners.wait_url, manners.wait_method)
        )
        if url:
            await self._carrier.exchange.accompany(one.leg, Program(self._carrier, one.leg).loop(Source(url, method)))
        elif url is None or kind == "hold":
            one.leg.hear("music", kind)

    async def _announce(self, one: Participant, source: Source) -> None:
        await self._carrier.exchange.accompany(one.leg, Program(self._carrier, one.leg).follow(source))
        self._report(one.conference, "announcement-end", one)

    def _silence(self, one: Participant) -> None:
        if one.music:
            one.music.cancel()
            one.music = None

    def _start(self, room: Conference) -> None:
        room.status = "in-progress"
        self._report(room, "conference-start")
        if room.record:
            room.recording = self._carrier.recorder.start(
                conference=room, source="Conference", callback=room.recording_callback
            )

    def _beep(self, room: Conference, who: Participant, when: str) -> None:
        if who.manners.beep not in ("true", when) or room.status == "completed":
            return
        for one in room.participants.values():
            if one is not who and not one.manners.hold:
                one.leg.hear("tone", "beep")

    def _touch(self, room: Conference) -> None:
        room.updated = now()

    def _report(self, room: Conference, event: str, one: Participant | None = None) -> None:
        if EVENTS[event] not in room.callback.events:
            return
        room.sequence += 1
        params = {
            "AccountSid": self._carrier.config.account_sid,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(room.sequence),
            "Timestamp": rfc2822(now()) or "",
        }
        params |= _about(one) if one else {}
        if event == "conference-end":
            params |= {"ReasonConferenceEnded": room.reason_ended or "", "CallSidEndingConference": room.ended_by or ""}
        self._carrier.callbacks.report("conferences.status", room.sid, room.callback.url, room.callback.method, params)

    def clear(self) -> None:
        for room in self:
            for one in room.participants.values():
                self._silence(one)
        self._all.clear()
        self._live.clear()


def _about(one: Participant) -> dict[str, str]:
    manners = one.manners
    params = {
        "CallSid": one.leg.sid,
        "Muted": str(manners.muted).lower(),
        "Hold": str(manners.hold).lower(),
        "Coaching": str(manners.coaching).lower(),
        "EndConferenceOnExit": str(manners.end_on_exit).lower(),
        "StartConferenceOnEnter": str(manners.start_on_enter).lower(),
    }
    if manners.label:
        params["ParticipantLabel"] = manners.label
    if manners.coached_sid:
        params["CallSidToCoach"] = manners.coached_sid
    return params
