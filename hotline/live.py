"""Live pages: something changed, said over Redis to every open page that shows it. A page also works when this is silent.

An event names a channel and ids, never a number, a name or a word of a case: whoever may see those fetches them. Each web
process listens once and tells its streams; a stream is a coroutine and costs no thread and no connection of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden, StreamingHttpResponse

from hotline.access import AGENT, EVERY_ROLE, roles
from hotline.broker import broker
from hotline.models import User

log = logging.getLogger(__name__)
PREFIX = "hotline:live:"
BREATH_SECONDS = 2.5  # a page takes a longer silence for a lost connection
MOST_CHANNELS = 8
MOST_FRAMES = 200  # kept for a page that does not take them
CHANNELS = ("queue", "inbox", "board", "dispatch", "line", "desk", "case", "trip", "incident")
# What hundreds of pages hear at once is said once in a while, to each page at a moment of its own: they all fetch then.
BROAD = frozenset({"queue", "inbox", "board"})
SPREAD_SECONDS = 1.0


def publish(channel: str, event: str = "changed", **data: Any) -> None:
    """Tells the pages after commit. Never raises for a missing broker."""
    publish_all([channel], event, **data)


def publish_all(channels: Iterable[str], event: str = "changed", **data: Any) -> None:
    """The same on several channels, in one go."""
    said = {PREFIX + channel: json.dumps({"channel": channel, "event": event, **data}) for channel in channels}

    def say() -> None:
        try:
            with broker().pipeline(transaction=False) as pipe:
                for channel, words in said.items():
                    pipe.publish(channel, words)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("live pages not told: %s", type(error).__name__)

    transaction.on_commit(say)


@roles(*EVERY_ROLE)
def stream(request: HttpRequest, channels: str) -> HttpResponseBase:
    """Server-sent events of some channels, separated by commas; an agent hears no other agent's desk."""
    wanted = channels.split(",")[:MOST_CHANNELS]
    user: User = request.user  # type: ignore[assignment]
    own_desk = f"desk:{user.pk}"
    known = all(channel.split(":")[0] in CHANNELS for channel in wanted)
    foreign = any(channel.startswith("desk:") and channel != own_desk for channel in wanted)
    if not known or (foreign and user.role == AGENT):
        return HttpResponseForbidden()
    response = StreamingHttpResponse(_events(wanted), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(channels: list[str]) -> AsyncIterator[str]:
    yield ": open\n\n"
    with Ear.of_this_loop().joined(channels) as listener:
        while True:
            yield await listener.heard() or ": still here\n\n"


class Listener:
    """One open page: what it has not been told yet."""

    def __init__(self) -> None:
        self._frames: list[str] = []
        self._broad: dict[tuple[str, str], str] = {}
        self._broad_from = 0.0
        self._woken = asyncio.Event()

    def hear(self, channel: str, event: str, frame: str) -> None:
        if channel in BROAD:
            if not self._broad:
                self._broad_from = asyncio.get_running_loop().time() + random.uniform(0, SPREAD_SECONDS)
            self._broad[channel, event] = frame
        else:
            self._frames = [*self._frames[1 - MOST_FRAMES :], frame]
        self._woken.set()

    async def heard(self) -> str:
        """What there is to say; "" when nothing was for a while, so that the page knows that we are there."""
        clock = asyncio.get_running_loop().time
        until = clock() + BREATH_SECONDS
        while not (said := self._take(clock())):
            self._woken.clear()
            left = min(until, self._broad_from if self._broad else until) - clock()
            try:
                async with asyncio.timeout(left):
                    await self._woken.wait()
            except TimeoutError:
                if clock() >= until:
                    return self._take(clock())
        return said

    def _take(self, now: float) -> str:
        frames, self._frames = self._frames, []
        if self._broad and now >= self._broad_from:
            frames += self._broad.values()
            self._broad = {}
        return "".join(frames)


class Ear:
    """What one process hears, for all of its open pages."""

    _ears: WeakKeyDictionary[asyncio.AbstractEventLoop, Ear] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._by_channel: dict[str, set[Listener]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of_this_loop(cls) -> Ear:
        return cls._ears.setdefault(asyncio.get_running_loop(), cls())

    @contextmanager
    def joined(self, channels: list[str]) -> Iterator[Listener]:
        listener = Listener()
        for channel in channels:
            self._by_channel[channel].add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        try:
            yield listener
        finally:
            for channel in channels:
                self._by_channel[channel].discard(listener)
                if not self._by_channel[channel]:
                    del self._by_channel[channel]

    async def _listen(self) -> None:
        """Ends with the last page; comes back after the broker does."""
        while self._by_channel:
            try:
                async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as link, link.pubsub() as ear:
                    await ear.psubscribe(PREFIX + "*")
                    while self._by_channel:
                        said = await ear.get_message(ignore_subscribe_messages=True, timeout=BREATH_SECONDS)
                        if said is not None:
                            self._tell(said["channel"].decode().removeprefix(PREFIX), said["data"].decode())
            except (redis.RedisError, OSError):
                await asyncio.sleep(BREATH_SECONDS)

    def _tell(self, channel: str, words: str) -> None:
        if listeners := self._by_channel.get(channel):
            event = json.loads(words)["event"]
            frame = f"event: {event}\ndata: {words}\n\n"
            for listener in listeners:
                listener.hear(channel, event, frame)
