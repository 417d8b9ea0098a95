"""Live pages: what is published reaches every open page that shows it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from hotline import live
from hotline.broker import broker


def told(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 30))


async def until_listening(ear: live.Ear, listener: live.Listener, channel: str) -> None:
    """The broker takes a moment until it knows of us: says something until it is heard."""
    while True:
        await asyncio.to_thread(broker().publish, live.PREFIX + channel, '{"event": "try"}')
        try:
            async with asyncio.timeout(0.2):
                while "try" not in await listener.heard():
                    pass
            return
        except TimeoutError:
            continue


def test_what_is_published_is_heard_by_every_page_of_the_channel_and_by_no_other() -> None:
    async def work() -> tuple[str, str, list[str]]:
        ear = live.Ear.of_this_loop()
        with ear.joined(["desk:1"]) as one, ear.joined(["desk:1"]) as same, ear.joined(["desk:2"]) as other:
            await until_listening(ear, one, "desk:1")
            await asyncio.to_thread(broker().publish, f"{live.PREFIX}desk:1", '{"event": "ring"}')
            first = await one.heard()
            second = await same.heard()
            while "ring" not in second:
                second = await same.heard()
            return first, second, other._frames

    first, second, other = told(work)
    assert "event: ring" in first
    assert "event: ring" in second
    assert other == []


def test_what_everybody_hears_is_said_once_however_often_it_happened() -> None:
    async def work() -> str:
        listener = live.Listener()
        for n in range(50):
            listener.hear("queue", "changed", f"event: changed\ndata: {n}\n\n")
        return await listener.heard()

    assert told(work) == "event: changed\ndata: 49\n\n"


def test_what_concerns_one_desk_does_not_wait_for_the_rest() -> None:
    async def work() -> str:
        listener = live.Listener()
        listener.hear("queue", "changed", "queue\n\n")
        listener._broad_from += 60
        listener.hear("desk:1", "ring", "ring\n\n")
        return await listener.heard()

    assert told(work) == "ring\n\n"


def test_a_silent_line_is_known_to_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BREATH_SECONDS", 0.05)

    async def work() -> list[str]:
        frames = live._events(["case:1"])
        found = [await anext(frames), await anext(frames)]
        await frames.aclose()
        return found

    assert told(work) == [": open\n\n", ": still here\n\n"]


def test_a_page_that_has_left_is_forgotten() -> None:
    async def work() -> int:
        ear = live.Ear.of_this_loop()
        with ear.joined(["case:1", "queue"]):
            pass
        return len(ear._by_channel)

    assert told(work) == 0
