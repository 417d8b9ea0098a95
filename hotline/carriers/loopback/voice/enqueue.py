import asyncio
from contextlib import suppress
from xml.etree.ElementTree import Element

from ..twiml import words
from .bridge import Bridge
from .program import LeftQueue, Program, Source, verb
from .queueing import Member
from .waiting import first_of


@verb("Enqueue")
async def enqueue(run: Program, element: Element) -> Source | None:
    """Waits until somebody takes this caller, the caller leaves, or the document is replaced from outside."""
    queueing = run.carrier.queueing
    member = queueing.enter(run.leg, queueing.named(words(element)))
    if member is None:
        return _then(run, element, "queue-full", {})
    try:
        with run.leg.doing("queue", queue=member.queue.name, position=queueing.position(member)):
            result = await _wait(run, element, member)
    except asyncio.CancelledError:
        queueing.leave(member)
        if run.leg.interruption:
            result = "bridged" if member.taken.done() else run.leg.interruption
            run.report_action(element, "calls.enqueue", QueueResult=result, **_facts(run, member))
        raise
    finally:
        queueing.leave(member)
    return _then(run, element, result, _facts(run, member))


async def _wait(run: Program, element: Element, member: Member) -> str:
    music = asyncio.ensure_future(_music(run, element, member))
    try:
        await first_of(music, member.taken)
        if member.taken.done():
            music.cancel()
            await _talk(run, member.taken.result())
            return "bridged"
        with suppress(LeftQueue):
            music.result()
        return "leave"
    finally:
        music.cancel()


async def _music(run: Program, element: Element, member: Member) -> None:
    """What the waiting caller hears; ends only by an exception."""
    url = element.get("waitUrl")
    if url:
        waiting = Program(run.carrier, run.leg, lambda: run.carrier.queueing.parameters(member))
        await waiting.loop(Source(run.link(url), element.get("waitUrlMethod", "POST")))
    if url is None:
        run.leg.hear("music", "waiting")
    await asyncio.Event().wait()


async def _talk(run: Program, bridge: Bridge) -> None:
    with run.leg.doing("talking", to=bridge.other(run.leg).phone.address):
        try:
            await bridge.closed.wait()
        finally:
            bridge.close()


def _facts(run: Program, member: Member) -> dict[str, str]:
    return {"QueueSid": member.queue.sid, "QueueTime": str(run.leg.call.queue_time)}


def _then(run: Program, element: Element, result: str, facts: dict[str, str]) -> Source | None:
    if not element.get("action"):
        return None
    return run.action(element, QueueResult=result, **facts)
