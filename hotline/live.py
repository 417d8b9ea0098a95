"""Live pages: something changed, said over Redis to every open page that shows it. A page also works when this is silent.

An event names a channel and ids, never a number, a name or a word of a case: whoever may see those fetches them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import redis
import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden, StreamingHttpResponse

from hotline.access import AGENT, EVERY_ROLE, roles

log = logging.getLogger(__name__)
PREFIX = "hotline:live:"
BREATH_SECONDS = 2.5  # a page takes a longer silence for a lost connection
MOST_CHANNELS = 8
CHANNELS = ("queue", "inbox", "board", "dispatch", "line", "desk", "case", "trip", "incident")


def publish(channel: str, event: str = "changed", **data: Any) -> None:
    """Tells the pages after commit. Never raises for a missing broker."""
    words = json.dumps({"channel": channel, "event": event, **data})

    def say() -> None:
        try:
            _redis().publish(PREFIX + channel, words)
        except redis.RedisError as error:
            log.warning("live pages not told: %s", type(error).__name__)

    transaction.on_commit(say)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


@roles(*EVERY_ROLE)
async def stream(request: HttpRequest, channels: str) -> HttpResponseBase:
    """Server-sent events of some channels, separated by commas; an agent hears no other agent's desk."""
    wanted = channels.split(",")[:MOST_CHANNELS]
    user = await request.auser()
    own_desk = f"desk:{user.pk}"
    # the stream lives for hours: it must not keep the connection that looked the session up
    await sync_to_async(_let_go)()
    known = all(channel.split(":")[0] in CHANNELS for channel in wanted)
    foreign = any(channel.startswith("desk:") and channel != own_desk for channel in wanted)
    if not known or (foreign and getattr(user, "role", AGENT) == AGENT):
        return HttpResponseForbidden()
    response = StreamingHttpResponse(_events(wanted), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def _let_go() -> None:
    """Gives this request's database connections back; each belongs to the thread it was opened in."""
    connections.close_all()


async def _events(channels: list[str]) -> AsyncIterator[str]:
    yield ": open\n\n"
    while True:
        try:
            async for frame in _heard(channels):
                yield frame
        except redis.RedisError:
            yield ": broker away\n\n"
            await asyncio.sleep(BREATH_SECONDS)


async def _heard(channels: list[str]) -> AsyncIterator[str]:
    async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as link, link.pubsub() as ear:
        await ear.subscribe(*(PREFIX + channel for channel in channels))
        while True:
            said = await ear.get_message(ignore_subscribe_messages=True, timeout=BREATH_SECONDS)
            if said is None:
                yield ": still here\n\n"
                continue
            words = said["data"].decode()
            yield f"event: {json.loads(words)['event']}\ndata: {words}\n\n"
