"""A whole hotline for journeys and faults: database, broker, web, worker, beat and carrier, as `make start` runs them.

One per run of pytest (its tests share a worker of xdist), on ports of its own, in a directory of its own, gone afterwards
even if the run is killed. Time goes faster: sweeps every second, the carrier's people and prompts thirty-fold.

    def test_a_text_becomes_a_case(stack):
        stack.phone("+8613800000001").text(stack.number, "我爸的药明天就没有了")
        until(lambda: Case.objects.filter(...).exists(), "a case")

In such a test the ORM and the settings are those of the stack. Rows of earlier tests are there: use numbers of your own.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotline.carriers.loopback.client import Loopback, LoopbackPhone
from hotline.embedded import readiness, throwaway
from hotline.embedded.environment import kept_values
from hotline.embedded.places import CHECKOUT, Places
from hotline.embedded.ports import free_port
from hotline.embedded.supervision import Supervision
from tests import schema
from tests.waiting import until

CARRIER_SPEED = 30.0
NUMBER = "+862152345678"  # load_city's line
FASTER = {
    "SWEEP_SECONDS": "1",
    "LINE_TESTS": "0",  # the carrier's log of a test is that test's
    "QUIET_HOURS": "0",  # a test means the same at any hour
    "WEB_CONCURRENCY": "2",
    "WORKER_CONCURRENCY": "2",
    "STATIC_FILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    # the browser phone is offered
    "TWILIO_API_KEY": "SK" + "1" * 32,
    "TWILIO_API_SECRET": "secret",
    "TWILIO_TWIML_APP_SID": "AP" + "2" * 32,
    # the carrier counts these thirty times as fast
    "RING_SECONDS": "600",
    "PERSON_RING_SECONDS": "600",
}
OF_OTHERS = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "HOTLINE_VAR",
    "HOTLINE_BASE_URL",
    "HOTLINE_PRODUCTION",
    "SECRET_KEY",
    "WEB_PORT",
    "CARRIER_PORT",
)
START_SECONDS = 180


@dataclass
class Stack:
    """One running system. Every process comes back by itself after `kill`; after `stop` only by `start`."""

    var: Path
    web: str
    carrier: Loopback
    number: str = NUMBER
    environment: dict[str, str] = field(default_factory=dict)
    _browsers: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def supervision(self) -> Supervision:
        return Supervision(Places(self.var))

    @property
    def password(self) -> str:
        """Of every demo log-in: agent1 ... agent200, supervisor, dispatcher, admin."""
        return self.environment["DEMO_PASSWORD"]

    def phone(self, number: str) -> LoopbackPhone:
        return self.carrier.phone(number)

    def log_in(self, username: str) -> httpx.Client:
        """A browser's worth of HTTP, logged in; it sends the token that every post needs."""
        client = httpx.Client(base_url=self.web, follow_redirects=True, timeout=30, trust_env=False)
        self._browsers.callback(client.close)
        client.get("/admin/login/")
        token = client.cookies["csrftoken"]
        answer = client.post(
            "/admin/login/?next=/healthz",
            data={"username": username, "password": self.password, "csrfmiddlewaretoken": token},
            headers={"referer": self.web},
        )
        assert answer.url.path == "/healthz", f"{username} cannot log in"
        client.headers.update({"x-csrftoken": client.cookies["csrftoken"], "referer": self.web})
        return client

    def manage(self, *arguments: str, check: bool = True, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """manage.py with this system's settings; its output is in the answer."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert not check or done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def pids(self, name: str) -> list[int]:
        """postgres, valkey, carrier, worker, beat or web, the processes that supervisord started."""
        return self.supervision.pids(name)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> list[int]:
        """Sends the signal to every copy and returns when supervisord knows; who died is started again at once."""
        pids = self.pids(name)
        assert pids, f"{name} does not run"
        for pid in pids:
            os.kill(pid, how)
        if how not in (signal.SIGSTOP, signal.SIGCONT):
            until(lambda: not set(pids) & set(self.pids(name)), f"{name} to be gone")
        if name == "postgres":
            from django.db import connection

            connection.close()  # the test's own died with the server
        return pids

    def stop(self, name: str) -> None:
        """In order, and it stays stopped."""
        self.supervision.stop(name)

    def start(self, name: str) -> None:
        self.supervision.start(name)

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Until every process runs and /readyz says that all is well."""
        until(lambda: all(each.state == "RUNNING" for each in self.supervision.states()), "every process", seconds)
        readiness.wait(self.web, self.var / "log", seconds)

    def log(self, name: str) -> str:
        """What this process has written; ids only, never a number or a name."""
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.var / "log").glob(f"{name}*.log")))


def without_others() -> dict[str, str]:
    """The environment, less what leads to services of somebody else."""
    return {name: value for name, value in os.environ.items() if name not in OF_OTHERS and name[:7] != "TWILIO_"}


@contextmanager
def running(**settings: str) -> Iterator[Stack]:
    """A stack of one's own, for tests that ruin theirs; settings go into its environment."""
    with throwaway.directory() as var:
        Places(var).make()
        schema.plant(Places(var))
        web, carrier = free_port(), free_port()
        given = (
            without_others()
            | FASTER
            | {"HOTLINE_VAR": str(var), "WEB_PORT": str(web), "CARRIER_PORT": str(carrier)}
            | settings
        )
        with _started([sys.executable, "-m", "hotline.embedded", "run"], given):
            known = kept_values(var / "secrets.env") | kept_values(var / "services.env")
            client = Loopback(f"http://127.0.0.1:{carrier}")
            client.settings(speed=CARRIER_SPEED)
            stack = Stack(var, f"http://127.0.0.1:{web}", client, environment=known | given)
            try:
                yield stack
            finally:
                stack._browsers.close()
                client.close()


@contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Runs the command for the block, once it has said that the hotline runs; it dies with this process."""
    stop = throwaway.die_with_parent(signal.SIGTERM)
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
        preexec_fn=stop,
    ) as process:
        said: list[str] = []
        ready, over = threading.Event(), threading.Event()
        reader = threading.Thread(target=_listen, args=(process, said, ready, over), daemon=True)
        reader.start()
        try:
            until(lambda: ready.is_set() or over.is_set(), "the stack to start", START_SECONDS)
            assert ready.is_set(), "the stack did not start: " + "".join(said)
            yield
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(5)


def _listen(process: subprocess.Popen[str], said: list[str], ready: threading.Event, over: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if line.startswith("The hotline runs"):
            ready.set()
    over.set()


class Shared:
    """The one stack that tests share, made when the first of them comes."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._stack: Stack | None = None

    def stack(self) -> Stack:
        if self._stack is None:
            self._stack = self._open.enter_context(running())
        return self._stack

    def close(self) -> None:
        self._stack = None
        self._open.close()


SHARED = Shared()


# the plugin


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Its tests go to one worker and come first: they are the longest chain."""
    with_stack = [item for item in items if "stack" in getattr(item, "fixturenames", ())]
    for item in with_stack:
        item.add_marker(pytest.mark.xdist_group("stack"))
    items.sort(key=lambda item: item not in with_stack)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The shared stack ends with its last test: its sweeps would slow down all that follow."""
    if "stack" in getattr(item, "fixturenames", ()) and "stack" not in getattr(nextitem, "fixturenames", ()):
        SHARED.close()


def pytest_sessionfinish() -> None:
    """Also when the run was broken off."""
    SHARED.close()


@pytest.fixture
def stack(request: Any, settings: Any, django_db_blocker: Any) -> Iterator[Stack]:
    """The stack of this run, whole again, with the ORM and the settings pointing at it."""
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@stack"), "xdist does not see the groups: each worker would start a stack"
    shared = SHARED.stack()
    shared.wait_until_ready()
    shared.carrier.clear_faults()
    with using(shared, settings, django_db_blocker):
        from tests.factories.dispatch import never_close  # models: after Django is set up

        never_close()
        yield shared


@pytest.fixture
def own_stack(settings: Any, django_db_blocker: Any) -> Iterator[Stack]:
    """A stack that this test may ruin. It takes half a minute to make: prefer `stack`."""
    with running() as stack, using(stack, settings, django_db_blocker):
        yield stack


@contextmanager
def using(stack: Stack, settings: Any, blocker: Any) -> Iterator[None]:
    """ORM, cache, links and signatures of this process are those of the stack for the block."""
    known = stack.environment
    settings.SECRET_KEY = known["SECRET_KEY"]
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = known["TWILIO_ACCOUNT_SID"], known["TWILIO_AUTH_TOKEN"]
    settings.HOTLINE_BASE_URL, settings.TWILIO_API_URL = stack.web, stack.carrier.base_url
    settings.REDIS_URL = known["REDIS_URL"]
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": known["REDIS_URL"]}}
    settings.VAR_DIR, settings.MEDIA_ROOT = stack.var, stack.var / "media"
    with _database(known["DATABASE_URL"]), blocker.unblock():
        yield


@contextmanager
def _database(url: str) -> Iterator[None]:
    """Django's connection leads there for the block; its cached ids of content types are forgotten on both ways."""
    import environ
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    there = environ.Env.db_url_config(url)
    before = dict(connection.settings_dict)
    with ExitStack() as way_back:

        def lead(to: dict[str, Any]) -> None:
            connection.close()
            connection.close_pool()
            connection.settings_dict.update(to)
            ContentType.objects.clear_cache()

        way_back.callback(lead, before)
        options = {name: value for name, value in before["OPTIONS"].items() if name == "pool"}
        parts = {name: there.get(name) or "" for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        lead({**parts, "OPTIONS": there.get("OPTIONS", {}) | options})
        yield
