from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..callbacks import Callback
from . import parameters
from .leg import Leg
from .speech import speaking_seconds

if TYPE_CHECKING:
    from ..carrier import Carrier

LISTENING_SECONDS = 2.0


@dataclass
class Detection:
    """Whether to find out who answered: "" not, Enable as soon as it is known, DetectMessageEnd after the beep."""

    mode: str = ""
    # tell this address later instead of waiting before the first document
    asynchronous: bool = False
    callback: Callback = field(default_factory=Callback)


async def detect(carrier: "Carrier", leg: Leg, wish: Detection) -> None:
    """Lets a machine speak its greeting, and sets answered_by as the call asked."""
    machine = leg.phone.behaviour.voice == "machine"
    if machine:
        carrier.people.say(leg, leg.phone.behaviour.greeting)
    if not wish.mode:
        return
    if wish.asynchronous:
        carrier.spawn(_report_later(carrier, leg, wish, machine))
    else:
        await _listen(carrier, leg, wish, machine)


async def _listen(carrier: "Carrier", leg: Leg, wish: Detection, machine: bool) -> None:
    to_the_end = machine and wish.mode == "DetectMessageEnd"
    await carrier.clock.sleep(speaking_seconds(leg.phone.behaviour.greeting) if to_the_end else LISTENING_SECONDS)
    leg.call.answered_by = ("machine_end_beep" if to_the_end else "machine_start") if machine else "human"


async def _report_later(carrier: "Carrier", leg: Leg, wish: Detection, machine: bool) -> None:
    await _listen(carrier, leg, wish, machine)
    params = parameters.of_call(leg.call, carrier.config.account_sid)
    carrier.callbacks.report("calls.amd", leg.sid, wish.callback.url, wish.callback.method, params)
