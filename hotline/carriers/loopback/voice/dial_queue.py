import asyncio
from xml.etree.ElementTree import Element

from ..twiml import number, words
from .bridge import Bridge
from .program import Program, Source
from .queueing import Member


async def dial_queue(run: Program, element: Element, noun: Element) -> Source | None:
    """Talks with the first caller of a queue, waiting for one when nobody is there."""
    queue = run.carrier.queueing.named(words(noun))
    with run.leg.doing("dial", to=[f"queue:{queue.name}"]):
        member = await _next(run, element, queue.name)
    if member is None:
        facts = {"DialCallStatus": "no-answer", "DequeueResult": "queue-empty", "QueueSid": queue.sid}
        return run.action(element, **facts) if element.get("action") else None
    begun = run.clock.mark()
    facts = {"DialCallStatus": "answered", "DequeueResult": "bridged", "QueueSid": queue.sid}
    facts |= {"DequeuedCallSid": member.leg.sid, "DequeuedCallQueueTime": str(run.carrier.queueing.waited(member))}
    try:
        await _talk(run, noun, member)
    except asyncio.CancelledError:
        if run.leg.interruption == "hangup":
            run.report_action(element, "calls.dial", **facts)
        raise
    facts["DequeuedCallDuration"] = str(int(run.clock.since(begun)))
    return run.action(element, **facts) if element.get("action") else None


async def _next(run: Program, element: Element, name: str) -> Member | None:
    limit = number(element, "timeout", 0)
    try:
        getting = run.carrier.queueing.next(run.carrier.queueing.named(name))
        return await asyncio.wait_for(getting, run.clock.real(limit) if limit else None)
    except TimeoutError:
        return None


async def _talk(run: Program, noun: Element, member: Member) -> None:
    if noun.get("url"):
        greeting = Program(run.carrier, member.leg, lambda: run.carrier.queueing.parameters(member))
        source = Source(run.link(noun.get("url", "")), noun.get("method", "POST"))
        await run.carrier.exchange.accompany(member.leg, greeting.follow(source))
    bridge = Bridge(run.leg, member.leg)
    if member.leg.ended.is_set():
        bridge.close()
        return
    member.taken.set_result(bridge)
    try:
        with run.leg.doing("talking", to=member.leg.phone.address):
            run.carrier.people.reached(run.leg)
            run.carrier.people.reached(member.leg)
            await bridge.closed.wait()
    finally:
        bridge.close()
