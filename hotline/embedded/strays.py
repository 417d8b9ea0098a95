"""Processes that an earlier run left behind: supervisord was killed, or this run's launcher was.

A process is known by the mark in its environment, PostgreSQL by its data directory. Never by its name alone.
"""

import signal
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import psutil

from hotline.embedded.environment import MARK
from hotline.embedded.places import Places

PATIENCE_SECONDS = 20


def end(places: Places) -> int:
    """Ends what is left of this system, supervisord before its children; returns how many processes there were."""
    ours = {process.pid for process in psutil.process_iter() if _marked(process, places.var)}
    supervisor = _number_in(places.run / "supervisord.pid")
    finish(ours & {supervisor}, signal.SIGTERM)
    finish(ours, signal.SIGTERM)
    data = places.var / "postgres" / "data"
    servers = set(_database_processes(data))
    # Only a postmaster can shut its server down in order; what has lost its postmaster ends by itself.
    finish(servers & {_number_in(data / "postmaster.pid")}, signal.SIGINT)
    finish(servers, None)
    _forget_dead_database(places)
    return len(ours) + len(servers)


def alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def finish(pids: Collection[int], how: signal.Signals | None) -> None:
    """Asks the processes to end, waits, and kills those that do not."""
    for order in (how, signal.SIGKILL):
        left = [pid for pid in pids if alive(pid)]
        for pid in left:
            _send(pid, order)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(alive(pid) for pid in left) and time.monotonic() < deadline:
            time.sleep(0.05)


def _send(pid: int, order: signal.Signals | None) -> None:
    try:
        if order is not None:
            psutil.Process(pid).send_signal(order)
    except psutil.NoSuchProcess:
        return


def _marked(process: psutil.Process, var: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(var)
    except (psutil.Error, OSError):
        return False


def _database_processes(data: Path) -> Iterator[int]:
    """Every server process of this data directory: each has it as its working directory."""
    home = str(data.resolve())
    for process in psutil.process_iter():
        try:
            if process.cwd() == home and process.name() == "postgres":
                yield process.pid
        except (psutil.Error, OSError):
            continue


def _number_in(path: Path) -> int:
    """The first line as a number; -1, which no process has, when there is none."""
    text = path.read_text().split("\n", 1)[0].strip() if path.exists() else ""
    return int(text) if text.isdecimal() else -1


def _forget_dead_database(places: Places) -> None:
    """Removes the lock files of a server that is surely gone: after a reboot its pid may be somebody else's."""
    if not (places.var / "postgres").exists():
        return
    (places.var / "postgres" / "data" / "postmaster.pid").unlink(missing_ok=True)
    for lock in places.database_socket.glob(".s.PGSQL.*"):
        lock.unlink()
