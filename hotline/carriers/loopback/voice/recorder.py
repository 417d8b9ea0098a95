from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from ..callbacks import Callback
from ..records import Recording
from ..sids import new_sid, now, rfc2822
from .bridge import Bridge
from .conference import Conference, Participant
from .leg import Leg
from .program import Program

if TYPE_CHECKING:
    from ..carrier import Carrier


class Recorder:
    """Recordings: sound is not kept, but who said what is, and for how long it ran."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._running: dict[str, tuple[Recording, Leg | Conference | None, Callback, float]] = {}

    def callback(self, run: Program, element: Element) -> Callback:
        """Where a verb wants its recording reported."""
        url = element.get("recordingStatusCallback")
        events = tuple((element.get("recordingStatusCallbackEvent") or "completed").split())
        return Callback(run.link(url) if url else "", element.get("recordingStatusCallbackMethod", "POST"), events)

    def start(
        self,
        leg: Leg | None = None,
        conference: Conference | None = None,
        source: str = "RecordVerb",
        callback: Callback | None = None,
        channels: int = 1,
    ) -> Recording:
        recording = Recording(
            sid=new_sid("RE"),
            call_sid=leg.sid if leg else None,
            conference_sid=conference.sid if conference else None,
            source=source,
            channels=channels,
        )
        self._carrier.recordings.add(recording)
        mark = self._carrier.clock.mark()
        self._running[recording.sid] = recording, leg or conference, callback or Callback(), mark
        self._report(recording)
        return recording

    def start_for_dial(self, run: Program, element: Element, bridge: Bridge | None) -> Recording | None:
        """The recording that a Dial asks for, if it does."""
        wish = element.get("record", "do-not-record")
        if wish in ("do-not-record", "false"):
            return None
        channels = 2 if wish.endswith("dual") else 1
        return self.start(leg=run.leg, source="DialVerb", callback=self.callback(run, element), channels=channels)

    def stop(self, recording: Recording, *, absent: bool = False) -> None:
        running = self._running.get(recording.sid)
        if running is None:
            return
        seconds = int(self._carrier.clock.since(running[3]))
        status = "absent" if absent else "completed"
        self._carrier.recordings.change(recording, status=status, duration=seconds)
        self._report(recording)
        del self._running[recording.sid]

    def set_status(self, recording: Recording, status: str) -> None:
        """paused, in-progress or stopped, as asked through the API."""
        if status == "stopped":
            self.stop(recording)
        elif recording.sid in self._running:
            self._carrier.recordings.change(recording, status=status)

    def stop_leg(self, leg: Leg) -> None:
        for recording, what, _, _ in list(self._running.values()):
            if what is leg:
                self.stop(recording)

    def note(self, leg: Leg, text: str, hearers: list[Leg]) -> None:
        """Somebody said something: it is on every recording that could hear it."""
        room = leg.link.conference if isinstance(leg.link, Participant) else None
        for recording, what, _, _ in self._running.values():
            if recording.status == "in-progress" and (what in (leg, room) or what in hearers) and what is not None:
                recording.transcript.append({"by": leg.call.sid, "text": text, "at": now().isoformat()})

    def running(self, leg: Leg) -> list[Recording]:
        return [recording for recording, what, _, _ in self._running.values() if what is leg]

    def url(self, recording: Recording) -> str:
        config = self._carrier.config
        return f"{config.base_url}/2010-04-01/Accounts/{config.account_sid}/Recordings/{recording.sid}"

    def _report(self, recording: Recording) -> None:
        _, _, callback, _ = self._running[recording.sid]
        if recording.status not in callback.events:
            return
        params = {
            "AccountSid": self._carrier.config.account_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.url(recording),
            "RecordingStatus": recording.status,
            "RecordingDuration": str(recording.duration),
            "RecordingChannels": str(recording.channels),
            "RecordingStartTime": rfc2822(recording.created) or "",
            "RecordingSource": recording.source,
        }
        if recording.call_sid:
            params["CallSid"] = recording.call_sid
        if recording.conference_sid:
            params["ConferenceSid"] = recording.conference_sid
        self._carrier.callbacks.report("recordings.status", recording.sid, callback.url, callback.method, params)

    def clear(self) -> None:
        self._running.clear()
