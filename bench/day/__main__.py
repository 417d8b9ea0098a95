"""python -m bench.day POLICY REQUESTS VEHICLES HOURS MINUTES: one day, its figures as JSON on the last line.

The hours begin at two at night; a plan is made every so many minutes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from bench.day.clock import install, running, searching
from hotline.embedded import throwaway
from hotline.embedded.places import Places
from hotline.embedded.postgres import Postgres
from tests import schema


def main() -> int:
    policy = sys.argv[1]
    requests, vehicles, hours, minutes = map(int, sys.argv[2:6])
    with throwaway.services() as environment:
        schema.load(Postgres(Places(Path(environment["HOTLINE_VAR"])), lasting=False), "hotline")
        environment["DATABASE_URL"] = searching(environment["DATABASE_URL"])
        os.environ |= environment | {
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "LOG_LEVEL": "ERROR",
            "CELERY_BROKER_URL": "memory://",
            "ALLOWED_HOSTS": "*",
            "STATIC_FILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }
        import django

        django.setup()
        install()
        from bench.day import loop, outcome
        from bench.day.day import Day

        began = time.perf_counter()
        with running() as clock:
            day = Day(policy, requests, vehicles, hours, clock, timedelta(minutes=minutes))
            loop.run(day)
            figures = outcome.of(day)
        figures["seconds"] = round(time.perf_counter() - began, 1)
    print(f"{policy}: {dict(day.counted)}", file=sys.stderr)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
