import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from ..callbacks import Callback
from ..records import Recording
from ..sids import new_sid, now
from .leg import Leg


@dataclass
class Manners:
    """How somebody takes part in a conference."""

    label: str | None = None
    muted: bool = False
    hold: bool = False
    hold_url: str = ""
    hold_method: str = "POST"
    start_on_enter: bool = True
    end_on_exit: bool = False
    beep: str = "true"
    # None: the carrier's own music; empty: silence
    wait_url: str | None = None
    wait_method: str = "POST"
    coaching: bool = False
    coached_sid: str | None = None


class Participant:
    def __init__(self, leg: Leg, conference: "Conference", manners: Manners) -> None:
        self.leg = leg
        self.conference = conference
        self.manners = manners
        self.created = now()
        self.updated = self.created
        # done with the reason when this telephone is out
        self.left: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        # what sounds while nobody can be heard: "", "waiting" or "hold"
        self.ambience = ""
        self.music: asyncio.Future[None] | None = None

    @property
    def status(self) -> str:
        if self.leg.ended.is_set():
            return "complete" if self.leg.call.status == "completed" else "failed"
        states = {"in-progress": "connected", "ringing": "ringing", "queued": "queued"}
        return states.get(self.leg.call.status, "connecting")


@dataclass
class Conference:
    name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    ended: datetime | None = None
    # by the call's sid, in the order of entering; invited ones still ring
    participants: dict[str, Participant] = field(default_factory=dict)
    invited: dict[str, Participant] = field(default_factory=dict)
    reason_ended: str | None = None
    ended_by: str | None = None
    callback: Callback = field(default_factory=Callback)
    sequence: int = 0
    record: bool = False
    recording: Recording | None = None
    recording_callback: Callback = field(default_factory=Callback)

    def find(self, sid_or_label: str) -> Participant | None:
        everybody = {**self.invited, **self.participants}
        if sid_or_label in everybody:
            return everybody[sid_or_label]
        return next((one for one in everybody.values() if one.manners.label == sid_or_label), None)

    def hearers(self, speaker: Participant) -> list[Participant]:
        """Who hears this participant now."""
        manners = speaker.manners
        if self.status != "in-progress" or manners.muted or manners.hold:
            return []
        others = [one for one in self.participants.values() if one is not speaker and not one.manners.hold]
        if manners.coaching:
            return [one for one in others if one.leg.sid == manners.coached_sid]
        return others

    @property
    def may_start(self) -> bool:
        """Twilio starts a conference when two are in and one of them may start it."""
        return len(self.participants) >= 2 and any(one.manners.start_on_enter for one in self.participants.values())
