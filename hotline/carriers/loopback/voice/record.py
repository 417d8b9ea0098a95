import asyncio
from xml.etree.ElementTree import Element

from ..records import Recording
from ..twiml import flag, number
from .leg import Listener
from .program import Program, Source, verb


@verb("Record")
async def record(run: Program, element: Element) -> Source | None:
    """Voicemail: records until silence, a key, the greatest length or the caller's hanging up."""
    recorder = run.carrier.recorder
    if flag(element, "playBeep", default=True):
        run.leg.hear("tone", "beep")
    recording = recorder.start(leg=run.leg, source="RecordVerb", callback=recorder.callback(run, element))
    listener = Listener(keys=True, speech=True)
    try:
        with run.leg.doing("record", max_length=number(element, "maxLength", 3600)), run.leg.listening(listener):
            run.carrier.people.recorded(run.leg)
            key = await _until_over(run, element, listener)
    except asyncio.CancelledError:
        _finish(run, recording)
        run.report_action(element, "calls.record", **_facts(run, recording, "hangup"))
        raise
    if not _finish(run, recording):
        return None
    return run.action(element, **_facts(run, recording, key))


async def _until_over(run: Program, element: Element, listener: Listener) -> str:
    """Returns the key that ended it, or ""."""
    finishing = element.get("finishOnKey", "1234567890*#")
    begun, limit = run.clock.mark(), number(element, "maxLength", 3600)
    while True:
        patience = min(number(element, "timeout", 5), limit - run.clock.since(begun))
        try:
            kind, value = await asyncio.wait_for(listener.heard.get(), run.clock.real(patience))
        except TimeoutError:
            return ""
        if kind == "key" and value in finishing:
            return value


def _finish(run: Program, recording: Recording) -> bool:
    """False when nothing was said: Twilio then goes on with the next verb."""
    empty = not recording.transcript
    run.carrier.recorder.stop(recording, absent=empty)
    return not empty


def _facts(run: Program, recording: Recording, digits: str) -> dict[str, str]:
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": run.carrier.recorder.url(recording),
        "RecordingDuration": str(recording.duration),
        "Digits": digits,
    }
