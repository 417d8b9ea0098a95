import asyncio
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ..twiml import flag, number
from .leg import Listener
from .program import Program, Source, verb
from .waiting import first_of

PROMPTS = ("Say", "Play", "Pause")


@dataclass
class Collected:
    digits: str = ""
    finished_on: str = ""
    speech: str = ""


@verb("Gather")
async def gather(run: Program, element: Element) -> Source | None:
    """Collects keys (or speech) while the nested prompts sound; a key stops the prompts."""
    kinds = (element.get("input") or "dtmf").split()
    listener = Listener(keys="dtmf" in kinds, speech="speech" in kinds)
    limit = number(element, "numDigits", 0)
    state = {"num_digits": limit or None, "timeout": _timeout(element), "finish_on_key": _finish(element)}
    with run.leg.doing("gather", **state), run.leg.listening(listener):
        run.carrier.people.prompted(run.leg)
        prompts = asyncio.ensure_future(_prompt(run, element))
        try:
            got = await _collect(run, element, listener, prompts, limit)
        finally:
            prompts.cancel()
    return _result(run, element, got)


async def _prompt(run: Program, element: Element) -> None:
    for child in element:
        if child.tag in PROMPTS:
            await run.do(child)


async def _collect(
    run: Program, element: Element, listener: Listener, prompts: "asyncio.Future[None]", limit: int
) -> Collected:
    got = Collected()
    finish = _finish(element)
    while True:
        event = await _next(run, listener, prompts, _timeout(element))
        if event is None:
            return got
        prompts.cancel()
        kind, value = event
        if kind == "speech":
            got.speech = value
            return got
        if value in finish and finish:
            got.finished_on = value
            return got
        got.digits += value
        if limit and len(got.digits) >= limit:
            return got


async def _next(
    run: Program, listener: Listener, prompts: "asyncio.Future[None]", timeout: float
) -> tuple[str, str] | None:
    """The next key or words; None when nothing came for `timeout` after the prompts."""
    getting = asyncio.ensure_future(listener.heard.get())
    try:
        await first_of(getting, prompts)
        if not getting.done():
            await first_of(getting, timeout=run.clock.real(timeout))
        return getting.result() if getting.done() else None
    finally:
        getting.cancel()


def _result(run: Program, element: Element, got: Collected) -> Source | None:
    empty = not (got.digits or got.speech or got.finished_on)
    if empty and not flag(element, "actionOnEmptyResult"):
        return None
    if got.speech:
        return run.action(element, SpeechResult=got.speech, Confidence="0.93")
    params = {"Digits": got.digits, "msg": "Gather End"}
    if got.finished_on:
        params["FinishedOnKey"] = got.finished_on
    return run.action(element, **params)


def _timeout(element: Element) -> float:
    value = element.get("timeout") or "5"
    return 5.0 if value == "auto" else float(value)


def _finish(element: Element) -> str:
    return element.get("finishOnKey", "#")
