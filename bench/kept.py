"""The database of a million cases that several measurements share: filled once in a few minutes, then kept in .var/bench.

    with kept.services(Size(1_000_000)) as environment: ...

While it is filled the server is careless with power; afterwards it runs with the product's own settings. A database that is
older than a day is filled again, since its cases are of the last thirty days; one whose schema is older is migrated, or filled
again where that does not go.
`python -m bench.kept [--cases N] [--seconds S]` fills it and does nothing else, in several goes when S is short.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import DatabaseError

from bench import filled
from bench.filled import Size, fill
from hotline.embedded import throwaway
from hotline.embedded.account import becoming
from hotline.embedded.places import CHECKOUT, Places
from hotline.embedded.postgres import Postgres
from hotline.embedded.valkey import Valkey

DIRECTORY = CHECKOUT / ".var" / "bench"
AGENTS = 200
LONGEST_SECONDS = 24 * 3600
CARELESS = {
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "512MB",
    "effective_io_concurrency": "64",
    "max_parallel_maintenance_workers": "0",
}


class StillFilling(Exception):
    """The time given was over before all of it was there; the next run goes on."""


@contextmanager
def services(size: Size, *, seconds: float | None = None) -> Iterator[dict[str, str]]:
    """The environment that leads to the filled database and a broker; Django is set up with it."""
    for name in ("DATABASE_URL", "REDIS_URL"):  # never into a database that somebody uses
        os.environ.pop(name, None)
    var = DIRECTORY / str(size.cases)
    var.mkdir(parents=True, exist_ok=True)
    with (var / "in-use").open("w") as lock, ExitStack() as running:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_stale(var):
            _empty(var)
        places = Places(var)
        places.make()
        environment = {
            "HOTLINE_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "LOG_LEVEL": "WARNING",
            "STATIC_FILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "DATABASE_URL": Postgres(places).url(),
            "REDIS_URL": Valkey(places).url(),
        }
        os.environ |= environment
        _broker(places, running)
        django.setup()
        if not _note(var).exists():
            _filled(places, size, seconds)
        serving = running.enter_context(ExitStack())
        _database(places, serving)
        if why := _not_migrated():
            print(f"its schema cannot be brought up to date ({why}): it is filled again", file=sys.stderr, flush=True)
            serving.close()
            _empty(var)
            places = Places(var)
            places.make()
            _filled(places, size, seconds)
            _database(places, serving)
            _migrate()
        _skilled()
        yield environment


def _filled(places: Places, size: Size, seconds: float | None) -> None:
    with ExitStack() as filling:
        _database(places, filling, careless=True)
        _fill(size, seconds)
        _note(places.var).write_text(json.dumps({"source": _source(), "at": time.time()}))


def _database(places: Places, running: ExitStack, *, careless: bool = False) -> None:
    postgres = Postgres(places, more=CARELESS if careless else {})
    postgres.create()
    running.enter_context(throwaway.child(postgres.command(), signal.SIGINT, **becoming(places.account)))
    postgres.wait()


def _broker(places: Places, running: ExitStack) -> None:
    valkey = Valkey(places)
    running.enter_context(throwaway.child(valkey.command(), signal.SIGTERM))
    valkey.wait()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()


def _not_migrated() -> str:
    """Why it cannot be, "" when it was: filled without the constraints, it may lack one that a migration takes away."""
    try:
        _migrate()
    except DatabaseError as why:
        return str(why).strip()
    return ""


def _skilled() -> None:
    """Every agent can take three of the subjects."""
    from django.db import connection

    from hotline.models import AgentSkill, Skill, User

    subjects = list(Skill.objects.filter(kind="subject").order_by("pk").values_list("pk", flat=True))
    agents = User.objects.filter(role="agent").order_by("pk").values_list("pk", flat=True)
    wanted = [
        AgentSkill(user_id=agent, skill_id=subjects[(n + 2 * k) % len(subjects)])
        for n, agent in enumerate(agents)
        for k in range(3)
    ]
    AgentSkill.objects.bulk_create(wanted, ignore_conflicts=True)
    connection.close()


def _fill(size: Size, seconds: float | None) -> None:
    from django.db import connection

    if (
        "bench_done" not in connection.introspection.table_names()
    ):  # half filled, it lacks indexes that a migration may name
        _migrate()

    from cases.models import Category
    from dispatch.city.load import load
    from hotline.models import User

    began = time.monotonic()
    line = load(people=False)
    if not User.objects.filter(username="supervisor").exists():
        User.objects.bulk_create([User(username=f"agent{n}", role="agent") for n in range(1, AGENTS + 1)])
        User.objects.create(username="supervisor", role="supervisor")
    print(f"filling a database of {size.cases:,} cases, once: some minutes for a million", file=sys.stderr, flush=True)
    agents = list(User.objects.filter(role="agent").order_by("pk").values_list("pk", flat=True)[:AGENTS])
    categories = list(Category.objects.order_by("pk").values_list("pk", flat=True))
    connection.close()
    until = None if seconds is None else began + seconds
    url = os.environ["DATABASE_URL"]
    if not fill(url, size, line=line.pk, agents=agents, categories=categories, until=until):
        raise StillFilling(f"not all of it is there after {seconds:g} s: run it again")
    with filled._writer(url) as writer:
        writer.execute("vacuum analyze")
    print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _is_stale(var: Path) -> bool:
    """Whether what lies there was written by another filling, or too long ago."""
    if not _note(var).exists():
        begun = var / "filling"
        stale = begun.exists() and begun.read_text() != _source()
        begun.write_text(_source())
        return stale
    said: dict[str, Any] = json.loads(_note(var).read_text())
    return said["source"] != _source() or time.time() - said["at"] > LONGEST_SECONDS


def _empty(var: Path) -> None:
    places = Places(var)
    for gone in (places.database, _note(var)):
        throwaway.remove(gone) if gone.is_dir() else gone.unlink(missing_ok=True)
    (var / "filling").write_text(_source())


def _note(var: Path) -> Path:
    return var / "filled.json"


def _source() -> str:
    """What was written by other statements than ours is filled again."""
    import hashlib

    return hashlib.sha256(Path(filled.__file__).read_bytes()).hexdigest()[:16]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, help="stop after so long; the next run goes on")
    chosen = parser.parse_args()
    try:
        with services(Size(chosen.cases), seconds=chosen.seconds):
            return 0
    except StillFilling as why:
        print(why, file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
