import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..addresses import WITHHELD
from ..callbacks import Callback
from ..records import Call, Number
from ..sids import new_sid, now
from ..twiml import BadDocument
from . import parameters
from .answering_machine import Detection, detect
from .bridge import Bridge
from .leg import Leg
from .program import HangUp, LeftQueue, Program, Rejected, Source
from .speech import speaking_seconds
from .waiting import first_event

if TYPE_CHECKING:
    from ..carrier import Carrier

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
SETUP_SECONDS = 0.5


@dataclass
class Outgoing:
    """A call to place."""

    from_: str
    to: str
    source: Source
    timeout: float = 60
    callback: Callback = field(default_factory=Callback)
    send_digits: str = ""
    detection: Detection = field(default_factory=Detection)
    record: Callback | None = None


class Exchange:
    """Sets calls up and takes them down; what happens on them in between is the documents' business."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        # live ones by sid
        self.legs: dict[str, Leg] = {}

    def place_inbound(self, phone: str, number: Number, *, withheld: bool = False) -> Leg:
        """Somebody dials the hotline."""
        call = Call(
            sid=new_sid("CA"),
            from_=WITHHELD if withheld else phone,
            to=number.phone_number,
            direction="inbound",
            status="ringing",
            number_sid=number.sid,
            status_callback=number.status_callback,
            status_callback_method=number.status_callback_method,
        )
        leg = self._begin(call, phone)
        leg.program = self._carrier.spawn(self._run(leg, _of_number(number)))
        self._carrier.people.dialled(leg)
        return leg

    def place_outbound(self, wish: Outgoing) -> Leg:
        """The hotline calls somebody through the API."""
        leg = self._begin(_call(wish.from_, wish.to, "outbound-api", wish.callback), wish.to)
        leg.program = self._carrier.spawn(self._call_out(leg, wish))
        return leg

    def place_child(
        self, parent: Leg, from_: str, to: str, timeout: float, callback: Callback, whisper: Source | None
    ) -> Leg:
        """A Dial rings somebody for the parent."""
        call = _call(from_, to, "outbound-dial", callback)
        call.parent_sid = parent.sid
        leg = self._begin(call, to)
        leg.program = self._carrier.spawn(self._call_child(leg, timeout, whisper))
        return leg

    async def ready(self, child: Leg) -> bool:
        """Whether a child came to be ready for its parent."""
        await first_event(child.ready, child.ended)
        return not child.ended.is_set()

    def answer(self, leg: Leg) -> None:
        """The telephone is picked up (or, for a call in, the hotline picks up)."""
        if leg.call.status not in ("queued", "ringing"):
            return
        leg.answered_at = self._carrier.clock.mark()
        self._carrier.calls.change(leg.call, status="in-progress", started=now())
        self._report(leg, "answered")
        leg.picked_up.set()
        leg.phone.changed()

    def hang_up(self, leg: Leg) -> None:
        """Either side hangs up, or the API ends the call."""
        if leg.ended.is_set():
            return
        leg.interruption = "hangup"
        self.finish(leg, "completed" if leg.call.status == "in-progress" else "canceled")
        if leg.program:
            leg.program.cancel()

    def redirect(self, leg: Leg, source: Source) -> None:
        """Breaks off what the leg is in and leads it elsewhere."""
        leg.interruption = "redirected"
        leg.independent = True
        earlier = leg.program
        if earlier:
            earlier.cancel()
        if isinstance(leg.link, Bridge):
            leg.link.close()
        leg.program = self._carrier.spawn(self._run(leg, source, after=earlier))

    async def accompany(self, leg: Leg, program: Awaitable[None]) -> None:
        """Runs music or an announcement beside what the leg is in; a bad document is an alert, not the end."""
        try:
            await program
        except BadDocument as error:
            self._note_bad(leg, error, "")
        except HangUp:
            self.hang_up(leg)
        except (LeftQueue, Rejected):
            pass

    def finish(self, leg: Leg, status: str) -> None:
        if leg.ended.is_set():
            return
        seconds = int(self._carrier.clock.since(leg.answered_at)) if leg.call.started else 0
        self._carrier.recorder.stop_leg(leg)
        self._carrier.calls.change(leg.call, status=status, ended=now(), duration=seconds)
        self.legs.pop(leg.sid, None)
        leg.ended.set()
        if isinstance(leg.link, Bridge):
            leg.link.close()
        self._report(leg, "completed")
        leg.phone.changed()

    def give_up(self, call: Call) -> None:
        """A call that was live when the carrier went down."""
        leg = Leg(call, self._carrier.phones[call.phone])
        self.finish(leg, "failed")

    def clear(self) -> None:
        for leg in list(self.legs.values()):
            leg.ended.set()
            if leg.program:
                leg.program.cancel()
        self.legs.clear()

    def _begin(self, call: Call, address: str) -> Leg:
        call.phone = address
        phone = self._carrier.phones[address]
        leg = Leg(call, phone)
        self._carrier.calls.add(call)
        self.legs[call.sid] = leg
        phone.call_sids.append(call.sid)
        phone.changed()
        return leg

    async def _run(self, leg: Leg, source: Source, after: asyncio.Task[None] | None = None) -> None:
        if after:
            await asyncio.wait([after])
        leg.interruption = ""
        program = Program(self._carrier, leg)
        try:
            await program.follow(source)
        except Rejected as reason:
            self.finish(leg, "completed" if leg.call.started else str(reason))
        except (HangUp, LeftQueue):
            pass
        except BadDocument as error:
            self._note_bad(leg, error, program.base)
            await self._apologise(leg)
        self.answer(leg)
        self.finish(leg, "completed")

    async def _call_out(self, leg: Leg, wish: Outgoing) -> None:
        if not await self._ring(leg, wish.timeout):
            return
        if wish.record:
            self._carrier.recorder.start(leg=leg, source="OutboundAPI", callback=wish.record)
        if wish.send_digits:
            leg.hear("tone", wish.send_digits)
        await detect(self._carrier, leg, wish.detection)
        await self._run(leg, wish.source)

    async def _call_child(self, leg: Leg, timeout: float, whisper: Source | None) -> None:
        if not await self._ring(leg, timeout):
            return
        if whisper:
            try:
                await Program(self._carrier, leg).follow(whisper)
            except (HangUp, LeftQueue, Rejected):
                self.finish(leg, "completed")
            except BadDocument as error:
                self._note_bad(leg, error, whisper.url)
                self.finish(leg, "completed")
        leg.ready.set()

    async def _ring(self, leg: Leg, timeout: float) -> bool:
        """Rings until answered; otherwise finishes the leg and returns False."""
        carrier = self._carrier
        self._report(leg, "initiated")
        await carrier.faults.until_up()
        await carrier.clock.sleep(SETUP_SECONDS)
        if leg.phone.behaviour.voice == "unreachable":
            self.finish(leg, "failed")
            return False
        carrier.calls.change(leg.call, status="ringing")
        self._report(leg, "ringing")
        leg.phone.changed()
        own = carrier.number(leg.call.to)
        if own and own.voice_url:
            self._ring_own(leg, own)
        else:
            carrier.people.ring(leg)
        await leg.until_answered_or_refused(carrier.clock.real(timeout))
        if leg.picked_up.is_set():
            return True
        self.finish(leg, leg.refused or "no-answer")
        return False

    def _ring_own(self, leg: Leg, number: Number) -> None:
        """A call of ours to a number of ours: it comes in there like anybody's, and each side ends with the other."""
        inbound = self.place_inbound(leg.call.from_, number)
        self._carrier.spawn(self._tie(leg, inbound))

    async def _tie(self, leg: Leg, inbound: Leg) -> None:
        await first_event(inbound.picked_up, inbound.ended, leg.ended)
        if inbound.picked_up.is_set():
            self.answer(leg)
        elif inbound.ended.is_set():
            leg.refuse("busy")
        await first_event(inbound.ended, leg.ended)
        self.hang_up(leg)
        self.hang_up(inbound)

    def _report(self, leg: Leg, event: str) -> None:
        call = leg.call
        if event not in call.status_callback_events or not call.status_callback:
            return
        status = event if event in ("initiated", "ringing") else call.status
        params = parameters.progress(call, self._carrier.config.account_sid, status, leg.reports)
        leg.reports += 1
        self._carrier.callbacks.report(
            "calls.status", call.sid, call.status_callback, call.status_callback_method, params
        )

    def _note_bad(self, leg: Leg, error: BadDocument, url: str) -> None:
        if error.code >= NOT_FETCHING:
            self._carrier.log.alert(error.code, str(error), url=url, sid=leg.sid)

    async def _apologise(self, leg: Leg) -> None:
        self.answer(leg)
        leg.hear("say", APOLOGY, language="en-US", voice="")
        await self._carrier.clock.sleep(speaking_seconds(APOLOGY))


# webhooks that failed (11xxx) are alerts already
NOT_FETCHING = 12000


def _of_number(number: Number) -> Source:
    return Source(
        number.voice_url,
        number.voice_method,
        fallback_url=number.voice_fallback_url,
        fallback_method=number.voice_fallback_method,
    )


def _call(from_: str, to: str, direction: str, callback: Callback) -> Call:
    return Call(
        sid=new_sid("CA"),
        from_=from_,
        to=to,
        direction=direction,
        status_callback=callback.url,
        status_callback_method=callback.method,
        status_callback_events=list(callback.events) or ["completed"],
    )
