"""Wakes a task now; if the broker is away, the next sweep finds the same row a few seconds later."""

import logging

import redis
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from hotline.broker import broker

log = logging.getLogger(__name__)
ON_THE_WAY = "hotline:on_the_way:"
FORGOTTEN_AFTER_MS = 3_000  # a task that was lost on the way holds up the next one no longer than the sweep takes


def wake(task: Task, *args: object) -> None:
    """Sends the task after commit. Never raises for a missing broker: rows with a due time are the truth."""
    transaction.on_commit(lambda: _send(task, *args))


def wake_one(task: Task) -> None:
    """The same for a task that takes whatever waits: a hundred events a second need no hundred tasks. None is sent while
    one is on its way that has not begun (`begun`), for that one will see what is committed now."""

    def send() -> None:
        try:
            if not broker().set(ON_THE_WAY + task.name, 1, nx=True, px=FORGOTTEN_AFTER_MS):
                return
        except redis.RedisError as error:
            log.warning("broker away, %s waits for the sweep: %s", task.name, type(error).__name__)
            return
        _send(task)

    transaction.on_commit(send)


def begun(task: Task) -> None:
    """The first thing such a task says, before it looks: whoever commits from now on wakes another."""
    try:
        broker().delete(ON_THE_WAY + task.name)
    except redis.RedisError as error:
        log.warning("broker away, %s runs all the same: %s", task.name, type(error).__name__)


def _send(task: Task, *args: object) -> None:
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("broker away, %s waits for the sweep: %s", task.name, type(error).__name__)
