import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from ..twiml import SCHEMA_WARNING, BadDocument, read, read_answer, words
from . import parameters
from .leg import Leg

if TYPE_CHECKING:
    from ..carrier import Carrier

SHORTEST_LOOP_SECONDS = 1.0
# verbs that may run while the caller still hears ringing
BEFORE_ANSWERING = ("Reject", "Pause", "Redirect")


@dataclass
class Source:
    """Where the next document comes from: an address to ask, or the document itself."""

    url: str = ""
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    fallback_url: str = ""
    fallback_method: str = "POST"
    twiml: str = ""


class HangUp(Exception):
    """The document ended the call."""


class Rejected(Exception):
    """The document does not want the call; the argument is the call's last status."""


class LeftQueue(Exception):
    """The document of a waiting caller took the caller out of the queue."""


Verb = Callable[["Program", Element], Awaitable[Source | None]]
VERBS: dict[str, Verb] = {}


def verb(tag: str) -> Callable[[Verb], Verb]:
    """Registers what a verb does. It returns a Source when control passes to another document."""

    def register(function: Verb) -> Verb:
        VERBS[tag] = function
        return function

    return register


class Program:
    """Leads one leg through TwiML documents, one after the other."""

    def __init__(self, carrier: "Carrier", leg: Leg, extra: Callable[[], dict[str, str]] = dict) -> None:
        self.carrier = carrier
        self.clock = carrier.clock
        self.leg = leg
        # parameters of the place this runs in, such as the position in a queue
        self.extra = extra
        self.base = ""
        self.method = "POST"

    async def follow(self, source: Source) -> None:
        """Runs source and all it leads to. Raises BadDocument, HangUp, LeftQueue."""
        upcoming: Source | None = source
        while upcoming:
            upcoming = await self.perform(await self.fetch(upcoming))

    async def loop(self, source: Source) -> None:
        """Runs source over and over, as waiting music is; never returns by itself."""
        while True:
            begun = self.clock.mark()
            await self.follow(source)
            await self.clock.sleep(SHORTEST_LOOP_SECONDS - self.clock.since(begun))

    async def fetch(self, source: Source) -> list[Element]:
        if source.twiml:
            return read(source.twiml)
        await self.carrier.faults.until_up()
        try:
            return await self._ask(source.url, source.method, source.params)
        except BadDocument as error:
            if not source.fallback_url:
                raise
            why = {"ErrorCode": str(error.code), "ErrorUrl": source.url}
            return await self._ask(source.fallback_url, source.fallback_method, source.params | why)

    async def perform(self, document: list[Element]) -> Source | None:
        for element in document:
            upcoming = await self.do(element)
            if upcoming:
                return upcoming
        return None

    async def do(self, element: Element) -> Source | None:
        function = VERBS.get(element.tag)
        if element.tag not in BEFORE_ANSWERING:
            self.carrier.exchange.answer(self.leg)
        if function is None:
            self.carrier.log.alert(
                SCHEMA_WARNING, f"unknown verb {element.tag}", url=self.base, sid=self.leg.sid, method=self.method
            )
            return None
        return await function(self, element)

    def params(self) -> dict[str, str]:
        return parameters.of_call(self.leg.call, self.carrier.config.account_sid) | self.extra()

    def link(self, url: str) -> str:
        return urljoin(self.base, url)

    def action(self, element: Element, **params: str) -> Source:
        """Where a verb's action points; the document itself when it has none."""
        return Source(self.link(element.get("action") or ""), element.get("method", "POST"), params)

    def report_action(self, element: Element, operation: str, **params: str) -> None:
        """Tells the action address although the caller has gone; what it answers is not run."""
        if element.get("action"):
            source = self.action(element, **params)
            self.carrier.callbacks.report(
                operation, self.leg.sid, source.url, source.method, self.params() | source.params
            )

    async def _ask(self, url: str, method: str, params: dict[str, str]) -> list[Element]:
        asked = self.params() | params
        answer = await self.carrier.webhooks.ask("webhook", "calls.voice", url, method, asked)
        self.base, self.method = answer.url.split("?")[0] if method.upper() == "GET" else answer.url, method
        return read_answer(answer)


@verb("Redirect")
async def redirect(run: Program, element: Element) -> Source:
    await asyncio.sleep(0)
    return Source(run.link(words(element)), element.get("method", "POST"))


@verb("Hangup")
async def hang_up(run: Program, element: Element) -> None:
    raise HangUp


@verb("Leave")
async def leave(run: Program, element: Element) -> None:
    raise LeftQueue


@verb("Pause")
async def pause(run: Program, element: Element) -> None:
    with run.leg.doing("pause"):
        await run.clock.sleep(float(element.get("length") or 1))


@verb("Reject")
async def reject(run: Program, element: Element) -> None:
    raise Rejected("busy" if element.get("reason") == "busy" else "no-answer")
