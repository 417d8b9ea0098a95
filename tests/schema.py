"""The migrated schema as a dump, made once for a set of migrations: replaying them takes longer than many test runs.

Kept under .pytest_cache by a fingerprint of the migrations and requirements: whoever finds none applies them all from the
beginning. Django still checks that nothing is left to apply.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hotline.embedded import throwaway
from hotline.embedded.account import becoming
from hotline.embedded.places import CHECKOUT, Places
from hotline.embedded.postgres import Postgres

KEPT = CHECKOUT / ".pytest_cache" / "schema"
TEMPLATE = "schema_of_the_tests"


def template(places: Places) -> str:
    """The name of a database with the schema, in the throw-away server of this run; made by whoever comes first."""
    server = Postgres(places, lasting=False)
    with _alone(places.var / "schema.lock"):
        if not _exists(server, TEMPLATE):
            _create(server, "half_made")
            load(server, "half_made")
            _rename(server, "half_made", TEMPLATE)
    return TEMPLATE


def load(server: Postgres, database: str) -> None:
    """Brings an empty database to the newest schema."""
    dump = KEPT / f"{fingerprint()}.sql"
    with _alone(KEPT / "lock"):
        if not dump.exists():
            _migrate(server.url(database))
            _dump(server, database, dump)
            return
    _run(server, "psql", "--quiet", "--set=ON_ERROR_STOP=1", "--file", str(dump), server.url(database))


def plant(places: Places) -> None:
    """Gives a system that was never started its migrated database."""
    server = Postgres(places)
    server.create()
    pace = [part for name in ("fsync", "synchronous_commit") for part in ("-c", f"{name}=off")]
    with throwaway.child([*server.command(), *pace], signal.SIGINT, **becoming(places.account)):
        server.wait()
        load(server, "hotline")


def fingerprint() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for package in ("hotline", "cases", "dispatch"):
        for path in sorted((CHECKOUT / package / "migrations").glob("*.py")):
            digest.update(f"{package}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=CHECKOUT, env=os.environ | {"DATABASE_URL": url}, check=True)


def _dump(server: Postgres, database: str, target: Path) -> None:
    for old in KEPT.glob("*.sql"):
        old.unlink()
    fresh = target.with_suffix(".new")
    with fresh.open("w") as file:
        _run(server, "pg_dump", "--no-owner", server.url(database), stdout=file)
    fresh.replace(target)


def _run(server: Postgres, program: str, *arguments: str, **options: object) -> None:
    quiet = {"stdout": subprocess.DEVNULL} | options
    subprocess.run([str(server.programs / program), *arguments], check=True, **quiet)  # type: ignore[call-overload]


def _exists(server: Postgres, database: str) -> bool:
    with psycopg.connect(server.url("postgres")) as link:
        return link.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is not None


def _create(server: Postgres, database: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as link:
        link.execute(f'drop database if exists "{database}"')
        link.execute(f'create database "{database}"')


def _rename(server: Postgres, before: str, after: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as link:
        link.execute(f'alter database "{before}" rename to "{after}"')


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process of the machine at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
