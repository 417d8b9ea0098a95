import asyncio
from xml.etree.ElementTree import Element

from ..callbacks import Callback
from ..twiml import flag, words
from .conference import Conference, Manners
from .leg import Listener
from .program import Program, Source
from .waiting import first_of


async def dial_conference(run: Program, element: Element, noun: Element) -> Source | None:
    """Takes part in a conference until it ends, this telephone is put out, or * is pressed where that is allowed."""
    room = run.carrier.conferences.named(words(noun))
    _furnish(run, room, noun)
    begun = run.clock.mark()
    one = run.carrier.conferences.join(run.leg, room, _manners(run, noun))
    listener = Listener(keys=flag(element, "hangupOnStar"))
    recording = run.carrier.recorder.start_for_dial(run, element, None)
    facts = {"DialCallStatus": "answered", "DialBridged": "true", "ConferenceSid": room.sid}
    try:
        with run.leg.doing("conference", name=room.name, sid=room.sid), run.leg.listening(listener):
            await _until_out(one.left, listener)
    except asyncio.CancelledError:
        if run.leg.interruption == "hangup":
            run.report_action(element, "calls.dial", **facts)
        raise
    finally:
        run.carrier.conferences.leave(one)
        facts["DialCallDuration"] = str(int(run.clock.since(begun)))
        if recording:
            run.carrier.recorder.stop(recording)
    return run.action(element, **facts) if element.get("action") else None


def _furnish(run: Program, room: Conference, noun: Element) -> None:
    """Twilio takes the callback and the recording wish from the first participant who brings one."""
    url = noun.get("statusCallback")
    if url and not room.callback.url:
        events = tuple((noun.get("statusCallbackEvent") or "").split())
        room.callback = Callback(run.link(url), noun.get("statusCallbackMethod", "POST"), events)
    if noun.get("record") == "record-from-start" and not room.record:
        room.record = True
        room.recording_callback = run.carrier.recorder.callback(run, noun)


def _manners(run: Program, noun: Element) -> Manners:
    wait_url = noun.get("waitUrl")
    return Manners(
        label=noun.get("participantLabel"),
        muted=flag(noun, "muted"),
        start_on_enter=flag(noun, "startConferenceOnEnter", default=True),
        end_on_exit=flag(noun, "endConferenceOnExit"),
        beep=noun.get("beep", "true"),
        wait_url=run.link(wait_url) if wait_url else wait_url,
        wait_method=noun.get("waitMethod", "POST"),
        coaching=bool(noun.get("coach")),
        coached_sid=noun.get("coach"),
    )


async def _until_out(left: "asyncio.Future[str]", listener: Listener) -> None:
    while not left.done():
        key = asyncio.ensure_future(listener.heard.get())
        try:
            await first_of(left, key)
            if key.done() and key.result() == ("key", "*"):
                return
        finally:
            key.cancel()
