import asyncio
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ..addresses import can_be_called
from ..callbacks import Callback
from ..twiml import number, words
from .bridge import Bridge
from .dial_conference import dial_conference
from .dial_queue import dial_queue
from .leg import Leg, Listener
from .program import Program, Source, verb
from .waiting import first_of

TELEPHONES = ("Number", "Sip", "Client")
# how the losers and the failures are called towards the action
WORST = ("busy", "no-answer", "canceled", "failed")


@dataclass
class Outcome:
    status: str
    leg: Leg | None = None
    seconds: int = 0
    extra: dict[str, str] = field(default_factory=dict)


@verb("Dial")
async def dial(run: Program, element: Element) -> Source | None:
    """Connects this leg with telephones, a conference or the first of a queue."""
    nouns = list(element)
    if nouns and nouns[0].tag == "Conference":
        return await dial_conference(run, element, nouns[0])
    if nouns and nouns[0].tag == "Queue":
        return await dial_queue(run, element, nouns[0])
    outcome = Outcome("canceled")
    try:
        outcome = await _dial_telephones(run, element, outcome)
    except asyncio.CancelledError:
        if run.leg.interruption == "hangup":
            run.report_action(element, "calls.dial", **_facts(outcome))
        raise
    return run.action(element, **_facts(outcome)) if element.get("action") else None


async def _dial_telephones(run: Program, element: Element, outcome: Outcome) -> Outcome:
    children = [child for child in (_child(run, element, noun) for noun in _nouns(element)) if child]
    if not children:
        outcome.status = "failed"
        return outcome
    with run.leg.doing("dial", to=[child.phone.address for child in children]):
        try:
            winner = await _first_to_answer(run, children)
            if winner is None:
                outcome.status = min((child.call.status for child in children), key=_rank)
                return outcome
            outcome.leg, outcome.status = winner, "completed"
            await _talk(run, element, winner, outcome)
            return outcome
        finally:
            for child in children:
                if not child.ended.is_set() and not child.independent:
                    run.carrier.exchange.hang_up(child)


def _nouns(element: Element) -> list[Element]:
    nouns = [noun for noun in element if noun.tag in TELEPHONES]
    if nouns or not words(element):
        return nouns
    plain = Element("Number")
    plain.text = words(element)
    return [plain]


def _child(run: Program, element: Element, noun: Element) -> Leg | None:
    address = words(noun)
    if noun.tag == "Client":
        identity = noun.find("Identity")
        address = "client:" + (words(identity) if identity is not None else address).removeprefix("client:")
    if not can_be_called(address):
        run.carrier.log.alert(13224, f"Dial: invalid {noun.tag}", url=run.base, sid=run.leg.sid)
        return None
    events = tuple((noun.get("statusCallbackEvent") or "completed").split())
    url = noun.get("statusCallback")
    return run.carrier.exchange.place_child(
        run.leg,
        from_=element.get("callerId") or _caller_id(run.leg),
        to=address,
        timeout=number(element, "timeout", 30),
        callback=Callback(run.link(url) if url else "", noun.get("statusCallbackMethod", "POST"), events),
        whisper=Source(run.link(noun.get("url", "")), noun.get("method", "POST")) if noun.get("url") else None,
    )


def _caller_id(leg: Leg) -> str:
    return leg.call.from_ if leg.call.direction == "inbound" else leg.call.to


async def _first_to_answer(run: Program, children: list[Leg]) -> Leg | None:
    """The child that is ready to talk first; the others stop ringing."""
    ready = {asyncio.ensure_future(run.carrier.exchange.ready(child)): child for child in children}
    try:
        waiting = set(ready)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            winners = [ready[task] for task in done if task.result()]
            if winners:
                for child in children:
                    if child is not winners[0]:
                        run.carrier.exchange.hang_up(child)
                return winners[0]
        return None
    finally:
        for task in ready:
            task.cancel()


async def _talk(run: Program, element: Element, child: Leg, outcome: Outcome) -> None:
    bridge = Bridge(run.leg, child)
    begun = run.clock.mark()
    recording = run.carrier.recorder.start_for_dial(run, element, bridge)
    star = Listener(keys=element.get("hangupOnStar") == "true")
    try:
        with run.leg.doing("talking", to=child.phone.address), run.leg.listening(star):
            run.carrier.people.reached(run.leg)
            run.carrier.people.reached(child)
            await _until_over(run, element, bridge, star)
    finally:
        bridge.close()
        outcome.seconds = int(run.clock.since(begun))
        if recording:
            run.carrier.recorder.stop(recording)
            outcome.extra["RecordingUrl"] = run.carrier.recorder.url(recording)


async def _until_over(run: Program, element: Element, bridge: Bridge, star: Listener) -> None:
    closed = asyncio.ensure_future(bridge.closed.wait())
    starred = asyncio.ensure_future(_star(star))
    limit = number(element, "timeLimit", 14400)
    try:
        await first_of(closed, starred, timeout=run.clock.real(limit))
    finally:
        closed.cancel()
        starred.cancel()


async def _star(listener: Listener) -> None:
    while await listener.heard.get() != ("key", "*"):
        pass


def _facts(outcome: Outcome) -> dict[str, str]:
    facts = {"DialCallStatus": outcome.status, "DialBridged": str(bool(outcome.leg)).lower(), **outcome.extra}
    if outcome.leg:
        facts |= {"DialCallSid": outcome.leg.sid, "DialCallDuration": str(outcome.seconds)}
    return facts


def _rank(status: str) -> int:
    return WORST.index(status) if status in WORST else len(WORST)
