"""Wakes a task now; if the broker is away, the next sweep finds the same row a few seconds later."""

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake(task: Task, *args: object) -> None:
    """Sends the task after commit. Never raises for a missing broker: rows with a due time are the truth."""

    def send() -> None:
        try:
            task.apply_async(args=args, retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            log.warning("broker away, %s waits for the sweep: %s", task.name, type(error).__name__)

    transaction.on_commit(send)
