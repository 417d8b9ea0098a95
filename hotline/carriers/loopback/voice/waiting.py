import asyncio
from typing import Any


async def first_of(*futures: "asyncio.Future[Any]", timeout: float | None = None) -> None:
    """Returns when one of these is done, or when `timeout` real seconds have passed; cancels none of them."""
    await asyncio.wait(futures, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)


async def first_event(*events: asyncio.Event, timeout: float | None = None) -> None:
    """Returns when one of these is set, or when `timeout` real seconds have passed."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await first_of(*waits, timeout=timeout)
    finally:
        for wait in waits:
            wait.cancel()
