"""Whether this process is up (/healthz), whether the whole system is ready (/readyz), and its numbers (/metrics)."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import httpx
import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import KombuError

from hotline import heartbeat
from hotline.access import public

PATIENCE_SECONDS = 2.0
probes = ThreadPoolExecutor(16, thread_name_prefix="readyz")


class NotWell(Exception):
    """Why a part is not ready, in words for an operator."""


@public("says only that this process answers")
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public("names parts and their age, no data")
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part is well, else 503; answers in about two seconds even when parts hang."""
    parts = dict(_ask_all())
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def _ask_all() -> Iterator[tuple[str, dict[str, Any]]]:
    asked = {name: probes.submit(_timed, probe) for name, probe in PROBES.items()}
    wait(asked.values(), timeout=PATIENCE_SECONDS)
    for name, answer in asked.items():
        yield name, _said(answer)


def _said(answer: Future[dict[str, Any]]) -> dict[str, Any]:
    if not answer.done():
        answer.cancel()
        return {"ok": False, "why": f"no answer within {PATIENCE_SECONDS:g} s"}
    error = answer.exception()
    if error is None:
        return {"ok": True} | answer.result()
    if isinstance(error, EXPECTED):
        return {"ok": False, "why": _in_one_line(error)}
    raise error


def _timed(probe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    begin = time.monotonic()
    facts = probe()
    return facts | {"milliseconds": round((time.monotonic() - begin) * 1000, 1)}


def _in_one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if isinstance(error, NotWell) and lines else type(error).__name__


def _connect() -> psycopg.Connection[Any]:
    """A connection of our own: the pool may be busy, and would let us wait for it too long."""
    params = connection.get_connection_params()
    own = {name: value for name, value in params.items() if name not in ("pool", "cursor_factory", "context")}
    return psycopg.connect(**own | {"connect_timeout": 2, "options": "-c statement_timeout=1500"})


def database() -> dict[str, Any]:
    with _connect() as link:
        link.execute("select 1")
    return {}


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def migrations() -> dict[str, Any]:
    """Whether the database has every migration of this code."""
    with _connect() as link:
        applied = set(link.execute("select app, name from django_migrations").fetchall())
    missing = sorted(_migrations_on_disk() - applied)
    if missing:
        raise NotWell(f"{len(missing)} to apply, first {'.'.join(missing[0])}")
    return {}


def broker() -> dict[str, Any]:
    from hotline.celery import app

    with app.connection_for_write(connect_timeout=1) as link:
        link.connect()
    return {}


def _pulse(who: str) -> Callable[[], dict[str, Any]]:
    def probe() -> dict[str, Any]:
        age = heartbeat.age(who)
        if age is None:
            raise NotWell("no sign of life")
        if age > heartbeat.STALE_SECONDS:
            raise NotWell(f"last sign of life {age:.0f} s ago")
        return {"age_seconds": round(age, 1)}

    return probe


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=1.5)


def carrier() -> dict[str, Any]:
    """Whether the carrier's interface answers at all; that it has no such page is an answer too."""
    answer = _http().get(f"{settings.TWILIO_API_URL}/healthz")
    if answer.status_code >= 500:
        raise NotWell(f"answers {answer.status_code}")
    return {}


def open_incidents() -> dict[str, Any]:
    """What is open is named here and makes nothing unready: a restart would not mend it."""
    with _connect() as link:
        rows = link.execute("select distinct cause from hotline_incident where ended_at is null").fetchall()
    return {"open": sorted(cause for (cause,) in rows)}


EXPECTED = (NotWell, psycopg.Error, redis.RedisError, KombuError, httpx.HTTPError, OSError)
PROBES: dict[str, Callable[[], dict[str, Any]]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "worker": _pulse(heartbeat.WORKER),
    "beat": _pulse(heartbeat.BEAT),
    "carrier": carrier,
    "incidents": open_incidents,
}
