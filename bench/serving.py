"""Our web as it runs, over a database that a measurement filled: the same command with as many processes, on a socket.

with serving.web() as url: ...
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from hotline.embedded import throwaway
from hotline.embedded.places import CHECKOUT

PROCESSES = 2


@dataclass
class Web:
    """Where it listens, and its processes."""

    url: str
    pids: list[int] = field(default_factory=list)

    def processor_seconds(self) -> float:
        """What they have worked so far: unlike a time on the clock, not changed by what else the machine does."""
        total = 0.0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat") as file:
                stat = file.read().rpartition(")")[2].split()
            total += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def client(self, session: str) -> httpx.Client:
        """A browser of somebody who is logged in."""
        return httpx.Client(
            base_url=self.url,
            cookies={"sessionid": session},
            headers={"accept-language": "zh-hans"},
            trust_env=False,
            timeout=60,
        )


@contextmanager
def web(processes: int = PROCESSES) -> Iterator[Web]:
    """Runs until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    metrics = os.path.join(os.environ["HOTLINE_VAR"], "run", "metrics")
    command = [sys.executable, "-m", "hotline.embedded.web"]
    running = [
        subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=listening.fileno(),
            env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": metrics, "HOTLINE_BASE_URL": url},
            preexec_fn=throwaway.die_with_parent(signal.SIGTERM),
        )
        for _ in range(processes)
    ]
    listening.close()
    try:
        _wait(url)
        yield Web(url, [process.pid for process in running])
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def session_of(username: str) -> str:
    """The key of a session of this user, as logging in leaves it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    from hotline.models import User

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _wait(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/healthz", trust_env=False, timeout=5).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
