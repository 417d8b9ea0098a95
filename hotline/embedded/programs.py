"""The processes of one system, each with how it is started and stopped."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.embedded.environment import Parts
from hotline.embedded.places import CHECKOUT, Places
from hotline.embedded.postgres import Postgres
from hotline.embedded.valkey import Valkey


@dataclass(frozen=True)
class Program:
    """`priority` orders the stopping: the highest stops first, so the database outlives everybody who writes to it."""

    name: str
    command: list[str]
    priority: int
    first: bool = False  # runs before the database is migrated
    stop_signal: str = "TERM"
    stop_seconds: int = 20
    directory: Path = CHECKOUT
    user: str | None = None
    address: str | None = None  # supervisord listens here and hands the socket to every copy
    copies: int = 1


def programs(places: Places, parts: Parts, environment: Mapping[str, str]) -> list[Program]:
    """The hotline's own processes, and those parts that DATABASE_URL, REDIS_URL and TWILIO_* leave to us."""
    chosen = []
    if parts.database:
        chosen.append(_postgres(places))
    if parts.broker:
        chosen.append(Program("valkey", Valkey(places).command(), priority=20, first=True))
    if parts.carrier:
        port = ["--port", environment["CARRIER_PORT"]]
        chosen.append(
            Program("carrier", _module("hotline.carriers.loopback", *port, "--state", str(places.carrier)), 30)
        )
    return [*chosen, _worker(environment), _beat(), _web(environment)]


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _postgres(places: Places) -> Program:
    postgres = Postgres(places)
    user = places.account.name if places.account else None
    # INT is its fast shutdown: it ends its clients and writes a checkpoint, which may take a while
    return Program("postgres", postgres.command(), 10, True, "INT", 60, directory=places.database, user=user)


def _worker(environment: Mapping[str, str]) -> Program:
    size = ["--concurrency", environment.get("WORKER_CONCURRENCY") or str(_cores(most=4))]
    lean = ["--without-gossip", "--without-mingle", "--max-tasks-per-child", "2000"]
    command = _module("celery", "-A", "hotline", "worker", "--loglevel", "INFO", *size, *lean)
    return Program("worker", [*_after_the_web(), *command], 40)


def _after_the_web() -> list[str]:
    """When all cores are busy the web comes first: a webhook or a desk waits for an answer, a task was told "soon"."""
    nice = shutil.which("nice")
    return [nice, "-n", "10"] if nice else []


def _beat() -> Program:
    # it forgets within a second that a sweep changed, and keeps no file of its own
    return Program(
        "beat", _module("celery", "-A", "hotline", "beat", "--loglevel", "WARNING", "--max-interval", "1"), 50
    )


def _web(environment: Mapping[str, str]) -> Program:
    address = f"{environment.get('WEB_HOST') or '127.0.0.1'}:{environment['WEB_PORT']}"
    copies = int(environment.get("WEB_CONCURRENCY") or _cores(most=3))
    return Program("web", _module("hotline.embedded.web"), 60, address=address, copies=copies)


def _cores(most: int) -> int:
    return max(2, min(most, len(os.sched_getaffinity(0))))
