import asyncio
import dataclasses
import logging
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from .callbacks import Callbacks
from .clock import Clock
from .config import Config
from .faults import Faults
from .journal import Journal
from .log import Log
from .phones import Phones
from .records import Call, Message, Number, Queue, Recording
from .store import Shelf
from .texting.optout import OptOuts
from .texting.receiving import Receiving
from .texting.sending import Sending
from .voice import dial, enqueue, gather, message, record  # noqa: F401 -- registers the verbs
from .voice.conferences import Conferences
from .voice.exchange import Exchange
from .voice.people import People
from .voice.queueing import Queueing
from .voice.recorder import Recorder
from .webhooks import Webhooks

logger = logging.getLogger("loopback")
R = TypeVar("R")

ANSWER_SECONDS = 5.0  # that a reset waits for a hotline that is still answering


class Carrier:
    """The whole telephone company: what it keeps and who does what in it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = Clock(config.speed)
        self.log = Log()
        self.faults = Faults()
        self.phones = Phones()
        self.journal = Journal(config.state)
        self.numbers: Shelf[Number] = Shelf("number", Number, self.journal, indexed=["phone_number"])
        self.messages: Shelf[Message] = Shelf("message", Message, self.journal, indexed=["to", "from_"])
        self.calls: Shelf[Call] = Shelf("call", Call, self.journal, indexed=["to", "from_"])
        self.queues: Shelf[Queue] = Shelf("queue", Queue, self.journal, indexed=["name"])
        self.recordings: Shelf[Recording] = Shelf("recording", Recording, self.journal, indexed=["call_sid"])
        self._tasks: set[asyncio.Task[Any]] = set()
        self.webhooks = Webhooks(config.account_sid, config.auth_token, self.log)
        self.callbacks = Callbacks(self.webhooks, self.faults, self.spawn)
        self.optouts = OptOuts(self.journal)
        self.sending = Sending(self)
        self.receiving = Receiving(self)
        self.recorder = Recorder(self)
        self.people = People(self)
        self.queueing = Queueing(self)
        self.conferences = Conferences(self)
        self.exchange = Exchange(self)

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return self.numbers, self.messages, self.calls, self.queues, self.recordings

    def number(self, phone_number: str) -> Number | None:
        """The account's own number, if it is one."""
        found = self.numbers.where("phone_number", phone_number)
        return found[0] if found else None

    def spawn(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Runs work in the background; a failure of it is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def start(self) -> None:
        """Takes up what the journal holds: texts under way go on, calls that were cut off end as failed."""
        shelves = {shelf.kind: shelf for shelf in self.shelves}
        for kind, data in self.journal.replay():
            if kind == "optout":
                self.optouts.restore(data)
            else:
                shelves[kind].restore(data)
        self.journal.start(self._entries())
        self._fill_phones()
        for text in self.messages:
            if text.status in ("queued", "accepted", "sending", "sent"):
                self.spawn(self.sending.carry(text))
        for call in self.calls:
            if not call.over:
                self.exchange.give_up(call)

    async def stop(self) -> None:
        self._break_off()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.close()
        self.journal.stop()

    async def reset(self, *, numbers: bool = False) -> None:
        """Forgets everything that happened, once the hotline is done with it; the numbers' configuration stays unless asked."""
        self._break_off()
        await self.webhooks.answered(ANSWER_SECONDS)
        self._break_off()  # what it asked for while it answered
        self.exchange.clear()
        for part in (self.conferences, self.queueing, self.recorder, self.sending, self.optouts, self.phones, self.log):
            part.clear()
        for shelf in self.shelves:
            if numbers or shelf is not self.numbers:
                shelf.clear()
        self.faults.clear()
        self.journal.start(self._entries())

    def _break_off(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for shelf in self.shelves:
            for one in shelf:
                yield shelf.kind, dataclasses.asdict(one)
        for entry in self.optouts.entries():
            yield "optout", entry

    def _fill_phones(self) -> None:
        for text in self.messages:
            if text.direction == "inbound":
                self.phones[text.from_].messages.append(text)
            elif text.status == "delivered":
                self.phones[text.to].messages.append(text)
        for call in self.calls:
            self.phones[call.phone].call_sids.append(call.sid)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("a task of the carrier failed", exc_info=task.exception())
