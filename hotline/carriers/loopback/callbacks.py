import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from .faults import CALLBACK_KINDS, Faults, Rule
from .webhooks import Webhooks

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


@dataclass
class Callback:
    """Where somebody asked to be told about progress. An empty url asks for nothing."""

    url: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ()


class Callbacks:
    """Status reports, in order per message, call, conference or recording unless a fault says otherwise."""

    def __init__(self, webhooks: Webhooks, faults: Faults, spawn: Spawn) -> None:
        self._webhooks = webhooks
        self._faults = faults
        self._spawn = spawn
        self._last: dict[str, asyncio.Task[None]] = {}
        self.dropped = 0

    def report(self, operation: str, sid: str, url: str, method: str, params: Mapping[str, str]) -> None:
        """Queues one report behind the earlier ones about the same sid."""
        if not url:
            return
        rules = {rule.kind: rule for rule in self._faults.draw(CALLBACK_KINDS, operation, *_numbers(params))}
        if "drop" in rules:
            self.dropped += 1
            return
        earlier = None if "shuffle" in rules else self._last.get(sid)
        task = self._spawn(self._deliver(earlier, rules, operation, url, method, params))
        self._last[sid] = task
        task.add_done_callback(lambda done: self._last.pop(sid, None) if self._last.get(sid) is done else None)

    async def _deliver(
        self,
        earlier: asyncio.Task[None] | None,
        rules: dict[str, Rule],
        operation: str,
        url: str,
        method: str,
        params: Mapping[str, str],
    ) -> None:
        if earlier:
            await asyncio.wait([earlier])
        if "shuffle" in rules:
            await asyncio.sleep(random.uniform(0, rules["shuffle"].seconds))
        if "delay" in rules:
            await asyncio.sleep(rules["delay"].seconds)
        await self._faults.until_up()
        await self._webhooks.ask("callback", operation, url, method, params)
        if "double" in rules:
            await self._webhooks.ask("callback", operation, url, method, params)


def _numbers(params: Mapping[str, str]) -> tuple[str, ...]:
    return params.get("To", ""), params.get("From", "")
