import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..records import Queue
from ..sids import new_sid, now
from .bridge import Bridge
from .leg import Leg

if TYPE_CHECKING:
    from ..carrier import Carrier


class Member:
    """A caller waiting in a queue."""

    def __init__(self, leg: Leg, queue: Queue, mark: float) -> None:
        self.leg = leg
        self.queue = queue
        self.mark = mark
        self.entered: datetime = now()
        # done when another leg took this caller over with Dial Queue
        self.taken: asyncio.Future[Bridge] = asyncio.get_running_loop().create_future()


class Queueing:
    """Who waits where."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        self._members: dict[str, list[Member]] = {}
        self._arrivals = asyncio.Condition()

    def named(self, name: str) -> Queue:
        found = self._carrier.queues.where("name", name)
        return found[0] if found else self._carrier.queues.add(Queue(sid=new_sid("QU"), name=name))

    def members(self, queue: Queue) -> list[Member]:
        return self._members.setdefault(queue.sid, [])

    def enter(self, leg: Leg, queue: Queue) -> Member | None:
        """None when the queue is full."""
        members = self.members(queue)
        if len(members) >= queue.max_size:
            return None
        member = Member(leg, queue, self._carrier.clock.mark())
        members.append(member)
        self._carrier.spawn(self._announce())
        self._show(queue)
        return member

    def leave(self, member: Member) -> None:
        members = self.members(member.queue)
        if member in members:
            members.remove(member)
            member.leg.call.queue_time += self.waited(member)
            self._show(member.queue)

    def waited(self, member: Member) -> int:
        return int(self._carrier.clock.since(member.mark))

    def average_wait(self, queue: Queue) -> int:
        """Of those who wait now, as Twilio counts it."""
        waits = [self.waited(member) for member in self.members(queue)]
        return sum(waits) // len(waits) if waits else 0

    def position(self, member: Member) -> int:
        members = self.members(member.queue)
        return members.index(member) + 1 if member in members else 0

    def find(self, queue: Queue, sid: str) -> Member | None:
        """A member by the call's sid, or the one in "Front"."""
        members = self.members(queue)
        if sid == "Front":
            return members[0] if members else None
        return next((member for member in members if member.leg.sid == sid), None)

    def parameters(self, member: Member) -> dict[str, str]:
        """What the waiting address is told."""
        queue = member.queue
        return {
            "QueueSid": queue.sid,
            "QueuePosition": str(self.position(member)),
            "QueueTime": str(self.waited(member)),
            "AvgQueueTime": str(self.average_wait(queue)),
            "CurrentQueueSize": str(len(self.members(queue))),
            "MaxQueueSize": str(queue.max_size),
        }

    async def next(self, queue: Queue) -> Member:
        """Waits for somebody to be first in the queue, and takes that caller out."""
        async with self._arrivals:
            await self._arrivals.wait_for(lambda: bool(self.members(queue)))
            member = self.members(queue)[0]
            self.leave(member)
            return member

    async def _announce(self) -> None:
        async with self._arrivals:
            self._arrivals.notify_all()

    def _show(self, queue: Queue) -> None:
        for position, member in enumerate(self.members(queue), start=1):
            waiting: dict[str, Any] = member.leg.waiting_for
            if waiting["kind"] == "queue":
                waiting["position"] = position
            member.leg.phone.changed()

    def clear(self) -> None:
        self._members.clear()
