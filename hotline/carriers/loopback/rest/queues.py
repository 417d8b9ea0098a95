from typing import Any

from ..records import Queue
from ..sids import new_sid
from ..voice.program import Source
from ..voice.queueing import Member
from . import shapes
from .asked import Asked
from .errors import invalid
from .paging import page_of_list, page_of_shelf

LARGEST = 5000


def create(asked: Asked) -> dict[str, Any]:
    name = asked.get("FriendlyName")
    if not name:
        raise invalid(22001, "FriendlyName is required")
    if asked.carrier.queues.where("name", name):
        raise invalid(22003, f"Queue with friendly name {name} already exists")
    queue = Queue(sid=new_sid("QU"), name=name, max_size=_size(asked, 1000))
    return _shape(asked, asked.carrier.queues.add(queue))


def fetch(asked: Asked) -> dict[str, Any]:
    return _shape(asked, _found(asked))


def list_(asked: Asked) -> dict[str, Any]:
    return page_of_shelf(asked, "queues", asked.carrier.queues, lambda row: True, lambda row: _shape(asked, row))


def update(asked: Asked) -> dict[str, Any]:
    queue = _found(asked)
    changes = {"max_size": _size(asked, queue.max_size)}
    return _shape(asked, asked.carrier.queues.change(queue, **changes))


def delete(asked: Asked) -> None:
    queue = _found(asked)
    if asked.carrier.queueing.members(queue):
        raise invalid(22002, "Queue is not empty")
    asked.carrier.queues.remove(queue)


def list_members(asked: Asked) -> dict[str, Any]:
    queue = _found(asked, "QueueSid")
    members = asked.carrier.queueing.members(queue)
    return page_of_list(asked, "queue_members", [_member(asked, member) for member in members])


def fetch_member(asked: Asked) -> dict[str, Any]:
    return _member(asked, _found_member(asked))


def update_member(asked: Asked) -> dict[str, Any]:
    """Takes this caller (or "Front", the first) out of the queue and leads the call to Url."""
    member = _found_member(asked)
    url = asked.url("Url", 21205)
    if not url:
        raise invalid(21205, "Url parameter is required.")
    shown = _member(asked, member)
    facts = {"QueueSid": member.queue.sid, "QueueTime": str(shown["wait_time"])}
    asked.carrier.queueing.leave(member)
    asked.carrier.exchange.redirect(member.leg, Source(url, asked.method("Method"), facts))
    return shown


def _member(asked: Asked, member: Member) -> dict[str, Any]:
    queueing = asked.carrier.queueing
    return shapes.member(member, queueing.position(member), queueing.waited(member), asked.account)


def _found_member(asked: Asked) -> Member:
    member = asked.carrier.queueing.find(_found(asked, "QueueSid"), asked.parts["CallSid"])
    if member is None:
        raise asked.missing()
    return member


def _shape(asked: Asked, queue: Queue) -> dict[str, Any]:
    queueing = asked.carrier.queueing
    return shapes.queue(queue, len(queueing.members(queue)), queueing.average_wait(queue), asked.account)


def _size(asked: Asked, default: int) -> int:
    size = asked.number("MaxSize", default)
    if not 0 < size <= LARGEST:
        raise invalid(22004, f"MaxSize must be between 1 and {LARGEST}")
    return size


def _found(asked: Asked, name: str = "Sid") -> Queue:
    queue = asked.carrier.queues.get(asked.parts[name])
    if queue is None:
        raise asked.missing()
    return queue
