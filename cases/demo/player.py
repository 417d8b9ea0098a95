"""Plays requests into the hotline through the loopback carrier, as if people had sent them.

Whoever is killed in the middle, nothing is sent twice: before anything is sent (again), the hotline is asked whether it
has it, and the carrier whether it was sent. What the carrier has and the hotline missed is not repeated: the hotline fetches
it from the carrier's log.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from cases.demo.scenario import WITHHELD, Request, draw, due_seconds, key, ordinals
from hotline.models import Call, InboundEvent, Message

AT_ONCE = 24  # texts under way
CALLS_AT_ONCE = 120
LOOK_SECONDS = 1.0
GIVE_UP_SECONDS = 300.0
# carrier seconds
PATIENCE = (12, 18)  # hangs up after 12 and up to 18 more when nobody answers
TALK_SECONDS = 20
ASK_FOR_CALL_BACK = 3  # one in three presses 1 while waiting
CALL_BACK_KEY, THIS_CASE_KEY = "1", "1"
LONGEST_SENTENCE = 120


class NotTheLoopback(Exception):
    """What answers at this address is not the loopback carrier: nothing is sent to real people."""


class Carrier:
    """The part of the carrier's interface for scenarios that a play needs; raises httpx.HTTPError while it is away."""

    def __init__(self, base_url: str) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE + CALLS_AT_ONCE)
        self._http = httpx.AsyncClient(base_url=f"{base_url}/loopback", timeout=30, limits=limits, trust_env=False)

    async def check(self) -> None:
        """Raises NotTheLoopback when something else answers there."""
        try:
            answer = await self._http.get("/stats")
        except httpx.ConnectError as error:
            raise NotTheLoopback(f"nothing answers at {self._http.base_url}") from error
        if answer.status_code != 200 or "live_calls" not in answer.text:
            raise NotTheLoopback(f"{self._http.base_url} is not the loopback carrier")

    async def text(self, from_: str, to: str, body: str) -> bool:
        """Sends a text; whether the hotline has confirmed it."""
        said = await self._ask("POST", "/messages", {"from": from_, "to": to, "body": body})
        return 200 <= (said.get("webhook_status") or 0) < 300

    async def dial(self, from_: str, to: str, habits: Mapping[str, Any]) -> str:
        await self._ask("PUT", f"/phones/{quote(from_)}", dict(habits))
        return str((await self._ask("POST", "/calls", {"from": from_, "to": to}))["sid"])

    async def is_live(self, sid: str) -> bool:
        """Whether the call goes on; a call that the carrier has forgotten does not."""
        answer = await self._http.get(f"/calls/{sid}")
        return answer.status_code == 200 and bool(answer.json()["live"])

    async def sent(self, number: str) -> Counter[str]:
        """How often this telephone has sent which words; calls are counted under ""."""
        phone = await self._ask("GET", f"/phones/{quote(number)}")
        bodies = Counter(row["body"] for row in phone["messages"] if row["direction"] == "out" and row["body"])
        dialled = sum(row["outgoing"] for row in [*phone["calls"], *phone["past_calls"]])
        return bodies + Counter({"": dialled})

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self._http.request(method, path, json=body)
        answer.raise_for_status()
        return dict(answer.json())


def heard(requests: Iterable[Request], way: str) -> Counter[tuple[str, str]]:
    """How often the hotline has what these requests bring, by scenario.key: kept events, texts and calls."""
    numbers = {key(request, way)[0] for request in requests}
    texts = {
        sid: (number, body.strip())
        for sid, number, body in InboundEvent.objects.filter(kind="message", number__in=numbers).values_list(
            "sid", "number", "payload__Body"
        )
    }
    texts |= {
        sid: (number, body.strip())
        for sid, number, body in Message.objects.filter(direction="in", number__in=numbers).values_list(
            "sid", "number", "body"
        )
    }
    calls = Call.objects.filter(direction="in", number__in=numbers).values_list("number", flat=True)
    return Counter(texts.values()) + Counter((number, "") for number in calls)


@dataclass
class Play:
    """One run. `played` is called with each request as the hotline has it, `refused` with one that did not get through."""

    requests: list[Request]
    way: str
    speed: float
    line: str  # the hotline's number
    keys: Mapping[str, str]  # of the caller's menu, by category
    carrier: Carrier
    played: Callable[[Request], object]
    give_up_seconds: float = GIVE_UP_SECONDS
    trouble: dict[str, str] = field(default_factory=dict)  # by request id: why it did not get through

    async def run(self) -> None:
        """Returns when each request has arrived or was given up."""
        self._begun = time.monotonic()
        self._texts, self._calls = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(CALLS_AT_ONCE)
        self._before = ordinals(self.requests, self.way)
        self._heard = await self._look(self.requests)
        telephones: dict[str, list[tuple[float, Request]]] = defaultdict(list)
        for due, request in zip(due_seconds(self.requests, self.speed), self.requests, strict=True):
            # people who withhold their numbers are not one person
            telephones[request.number if request.number != WITHHELD else request.id].append((due, request))
        async with asyncio.TaskGroup() as group:
            for things in telephones.values():
                group.create_task(self._telephone(things))

    async def _telephone(self, things: list[tuple[float, Request]]) -> None:
        """One telephone does one thing after the other."""
        for due, request in things:
            if not self._is_heard(request):
                await asyncio.sleep(self._begun + due - time.monotonic())
                async with self._calls if request.by_call(self.way) else self._texts:
                    await self._get_through(request)  # patience begins with one's turn
            if request.id not in self.trouble:
                self.played(request)

    async def _get_through(self, request: Request) -> None:
        give_up = time.monotonic() + self.give_up_seconds
        why = "the hotline has not taken it"
        while time.monotonic() < give_up:
            try:
                if await self._was_sent(request) or not await self._send(request):
                    self._heard |= await self._look([request])
                    if self._is_heard(request):
                        return
                else:
                    return
            except httpx.HTTPError as error:
                why = f"the carrier: {error or type(error).__name__}"
            await asyncio.sleep(LOOK_SECONDS)
        self.trouble[request.id] = why

    async def _was_sent(self, request: Request) -> bool:
        """Whether the carrier has it: it lost its answer to us, or an earlier play sent it."""
        there = await self.carrier.sent(request.number)
        return there[key(request, self.way)[1]] > self._before[request.id]

    async def _send(self, request: Request) -> bool:
        """Does what the person does; whether the hotline is known to have it."""
        if not request.by_call(self.way):
            return await self.carrier.text(request.number, self.line, request.body)
        sid = await self.carrier.dial(request.number, self.line, self.habits(request))
        while await self.carrier.is_live(sid):
            await asyncio.sleep(LOOK_SECONDS)
        return False  # the hotline's own word counts: a call that found it down leaves nothing but a line in the carrier's log

    def habits(self, request: Request) -> dict[str, Any]:
        """What the person does on the telephone by itself: keys, patience, words."""
        least, more = PATIENCE
        first = THIS_CASE_KEY if request.follow_up else self.keys.get(request.wanted, "")
        wants_call_back = draw(f"call-back/{request.id}", ASK_FOR_CALL_BACK) == 0
        return {
            "press": [first, CALL_BACK_KEY] if wants_call_back else [first],
            "patience": least + draw(f"patience/{request.id}", more),
            "talk": TALK_SECONDS,
            "speak": sentences(request),
        }

    def _is_heard(self, request: Request) -> bool:
        return self._heard[key(request, self.way)] > self._before[request.id]

    async def _look(self, requests: list[Request]) -> Counter[tuple[str, str]]:
        return await sync_to_async(_look)(requests, self.way)


def _look(requests: list[Request], way: str) -> Counter[tuple[str, str]]:
    """What the hotline has; nothing while its database is away."""
    close_old_connections()
    try:
        return heard(requests, way)
    except DatabaseError:
        close_old_connections()
        return Counter()


def sentences(request: Request) -> list[str]:
    """What a caller says to whoever answers: the same words, in breaths."""
    said = [f"我叫{request.name}。"] if request.name else []
    return said + [
        request.body[start : start + LONGEST_SENTENCE] for start in range(0, len(request.body), LONGEST_SENTENCE)
    ]
