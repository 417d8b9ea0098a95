from xml.etree.ElementTree import Element

from ..texting.receiving import send_verb
from .program import Program, verb


@verb("Message")
async def message(run: Program, element: Element) -> None:
    """A text sent from within a call, to the person on the line unless it says otherwise."""
    call = run.leg.call
    hotline, person = (call.to, call.from_) if call.direction == "inbound" else (call.from_, call.to)
    send_verb(run.carrier, element, hotline, person, run.base, "outbound-call")


@verb("Sms")
async def sms(run: Program, element: Element) -> None:
    await message(run, element)
