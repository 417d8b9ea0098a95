"""The Celery application: thin tasks, and sweeps that beat starts every few seconds.

Time lives in the database: a task carries no countdown longer than a minute, so losing the broker loses nothing.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

app = Celery("hotline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["hotline"], related_name="heartbeat")


def schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """Every package's schedule, as beat wants it. A run that comes too late is dropped: the next one does its work."""
    entries = {}
    for package in ("hotline", "cases", "dispatch"):
        if find_spec(f"{package}.schedule") is None:
            continue
        for name, (task, seconds) in import_module(f"{package}.schedule").SCHEDULE.items():
            every = seconds or sweep_seconds
            # the name that django_celery_beat's scheduler reads; it drops Celery's own `expires` without a word
            options = {"expire_seconds": int(max(10, every * 3))}
            entries[f"{package}: {name}"] = {"task": task, "schedule": every, "options": options}
    return entries


app.conf.beat_schedule = schedule(settings.SWEEP_SECONDS)
