"""Signs of life of beat and worker, kept in Redis.

Beat sends a task every ten seconds. That it was sent shows that beat lives, that it was done that a worker does.
"""

import time

import redis
from celery import shared_task, signals
from django.conf import settings

TASK = "hotline.heartbeat"
EVERY_SECONDS = 10
STALE_SECONDS = 45  # a worker may be busy for a while; a sweep that comes this late is felt by residents
BEAT, WORKER = "beat", "worker"
KEY = "hotline:heartbeat:"


def broker(timeout: float = 1) -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=timeout)


def mark(who: str) -> None:
    """Notes that `who` lives now. The wall clock, because other processes and machines read it."""
    with broker() as client:
        client.set(KEY + who, time.time(), ex=24 * 3600)


def age(who: str) -> float | None:
    """Seconds since the last sign of life; None when there was none for a day, or the broker lost it."""
    return ages()[who]


def ages() -> dict[str, float | None]:
    """Of beat and of the workers, asked for together."""
    parts = (BEAT, WORKER)
    with broker() as client:
        seen = client.mget([KEY + who for who in parts])
    now = time.time()
    return {who: max(0.0, now - float(at)) if at else None for who, at in zip(parts, seen, strict=True)}


@shared_task(name=TASK, expires=STALE_SECONDS, ignore_result=True)
def heartbeat() -> None:
    mark(WORKER)


@signals.after_task_publish.connect(sender=TASK, weak=False)
def _sent(**kwargs: object) -> None:
    mark(BEAT)


@signals.beat_init.connect(weak=False)
def _beat_started(**kwargs: object) -> None:
    """The first one at once, so that a start is known to be whole in a second and not in ten."""
    heartbeat.apply_async()
