"""A PostgreSQL and a Valkey for one run of tests or one bench: made in a temporary directory, gone afterwards."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hotline.embedded import strays
from hotline.embedded.account import becoming
from hotline.embedded.places import Places
from hotline.embedded.postgres import Postgres
from hotline.embedded.valkey import Valkey

PREFIX = "hotline-throwaway-"
SET_PARENT_DEATH_SIGNAL = 1


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The environment that leads to the throw-away services; a DATABASE_URL or REDIS_URL that is set is kept."""
    with directory() as var, ExitStack() as running:
        places = Places(var)
        places.make()
        environment = {"HOTLINE_VAR": str(var)}
        starting: list[Callable[[], None]] = []
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(places, lasting=False)
            postgres.create()
            running.enter_context(child(postgres.command(), signal.SIGINT, **becoming(places.account)))
            environment["DATABASE_URL"] = postgres.url()
            starting.append(postgres.wait)
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(places)
            running.enter_context(child(valkey.command(), signal.SIGTERM))
            environment["REDIS_URL"] = valkey.url()
            starting.append(valkey.wait)
        for answers in starting:
            answers()
        yield environment


@contextmanager
def directory() -> Iterator[Path]:
    """A directory that is removed at the end; those of runs that were killed are removed on the way."""
    _remove_orphaned()
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        yield path
    finally:
        remove(path)


def remove(var: Path) -> None:
    """Deletes a system's files, also those that lie outside because PostgreSQL's user could not enter."""
    home = var / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.readlink(), ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def _remove_orphaned() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists():
            if os.access(path / "run" / "supervisord.pid", os.R_OK):  # a whole system, which outlives who started it
                strays.end(Places(path))
            remove(path)


@contextmanager
def child(command: list[str], stop: signal.Signals, **options: object) -> Iterator[subprocess.Popen]:
    """A server that ends with this block, and with this process even if that is killed."""
    process = subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C reaches the tests first, and they stop it in order
        preexec_fn=die_with_parent(stop),
        **options,  # type: ignore[call-overload]
    )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """For subprocess's preexec_fn: the child gets this signal when the thread that started it ends, however it ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: nothing may be imported after it

    def ask() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, stop.value)

    return ask
