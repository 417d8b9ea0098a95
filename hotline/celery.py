"""The Celery application: thin tasks, and sweeps that beat starts every few seconds.

Time lives in the database: a task carries no countdown longer than a minute, so losing the broker loses nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

app = Celery("hotline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["hotline"], related_name="heartbeat")
