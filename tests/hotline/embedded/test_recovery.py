"""What the operator meets: start, status, stop, and a start after everything went wrong. On a whole system."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from hotline.embedded import readiness, throwaway
from hotline.embedded.environment import MARK, kept_values
from hotline.embedded.places import CHECKOUT, Places
from hotline.embedded.ports import free_port
from hotline.embedded.postgres import Postgres
from hotline.embedded.supervision import Supervision
from tests import schema
from tests.stack import FASTER, without_others
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("embedded")
PROCESSES = {"postgres", "valkey", "carrier", "worker", "beat", "web"}


@dataclass
class Operator:
    """Somebody at a terminal, with a system of their own."""

    var: Path
    settings: dict[str, str] = field(default_factory=dict)

    def types(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = without_others() | self.settings | {"HOTLINE_VAR": str(self.var)} | settings
        return subprocess.run(
            [sys.executable, "-m", "hotline.embedded", *command],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
        )

    def starts(self) -> str:
        done = self.types("start")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def supervision(self) -> Supervision:
        return Supervision(Places(self.var))

    def pids(self) -> dict[str, int]:
        return {state.name: state.pid for state in self.supervision.states()}

    def database(self) -> psycopg.Connection:
        return psycopg.connect(kept_values(self.var / "services.env")["DATABASE_URL"], autocommit=True)

    def notes(self) -> list[str]:
        with self.database() as link:
            return [words for (words,) in link.execute("select words from note_of_the_test order by words")]

    def note(self, words: str) -> None:
        with self.database() as link:
            link.execute("create table if not exists note_of_the_test (words text)")
            link.execute("insert into note_of_the_test values (%s)", [words])

    def ready(self) -> bool:
        return readiness.ask(f"http://127.0.0.1:{self.settings['WEB_PORT']}/readyz")[0] == 200

    def processes(self) -> list[psutil.Process]:
        """Everything of this system that runs, supervised or not."""
        return [each for each in psutil.process_iter() if _is_of(each, self.var)]


def _is_of(process: psutil.Process, var: Path) -> bool:
    try:
        at_home = process.name() == "postgres" and process.cwd().startswith(str((var / "postgres").resolve()))
        return at_home or process.environ().get(MARK) == str(var)
    except (psutil.Error, OSError):
        return False


@pytest.fixture(scope="module")
def installed() -> Iterator[Operator]:
    with throwaway.directory() as var:
        ports = {"WEB_PORT": str(free_port()), "CARRIER_PORT": str(free_port())}
        operator = Operator(var, FASTER | ports | {"STATIC_FILES_STORAGE": ""})  # as it is for everybody
        try:
            operator.starts()
            yield operator
        finally:
            operator.types("stop")


@pytest.fixture
def operator(installed: Operator) -> Operator:
    """With a system that runs."""
    if not installed.ready():
        installed.starts()
    return installed


def test_start_prints_the_way_in(operator):
    said = operator.starts()
    assert f"http://127.0.0.1:{operator.settings['WEB_PORT']}/admin/" in said
    assert kept_values(operator.var / "secrets.env")["DEMO_PASSWORD"] in said


def test_a_second_start_leaves_what_runs_alone(operator):
    operator.starts()  # with these settings; another test may have started it with its own
    before = operator.pids()
    operator.starts()
    assert operator.pids() == before


def test_status_names_every_process_and_part(operator):
    done = operator.types("status")
    assert done.returncode == 0
    for name in PROCESSES | {"database", "migrations", "broker"}:
        assert name in done.stdout
    assert done.stdout.strip().endswith("/readyz: ready")


def test_status_finds_the_port_that_start_was_given(operator):
    assert operator.types("status", WEB_PORT="").returncode == 0


def test_stop_ends_every_process_and_status_says_so(operator):
    assert operator.types("stop").stdout.strip() == "stopped"
    assert operator.processes() == []
    done = operator.types("status")
    assert done.returncode == 1
    assert "make start" in done.stdout
    assert operator.types("stop").stdout.strip() == "was not running"


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker", "beat", "carrier", "web_0"])
def test_a_killed_process_comes_back(operator, name):
    operator.note(f"before {name} was killed")
    pid = operator.pids()[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: operator.pids().get(name, 0) not in (0, pid), f"another {name}")
    until(operator.ready, "all to be well again", 60)
    assert f"before {name} was killed" in operator.notes()


def test_a_start_after_supervisord_was_killed_adopts_the_data_and_leaves_no_stray(operator):
    operator.note("before supervisord was killed")
    before = {each.pid for each in operator.processes()}
    os.kill(int((operator.var / "run/supervisord.pid").read_text()), signal.SIGKILL)
    operator.starts()
    assert not before & {each.pid for each in operator.processes()}
    assert "before supervisord was killed" in operator.notes()


def test_a_start_after_a_power_loss_loses_nothing(operator):
    operator.note("before the lights went out")
    supervisord = int((operator.var / "run/supervisord.pid").read_text())
    everything = sorted(operator.processes(), key=lambda each: each.pid != supervisord)
    for process in everything:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(everything, timeout=10)
    # After a reboot the numbers in stale pid files belong to others, who must not be harmed.
    with subprocess.Popen(["sleep", "600"]) as stranger:
        (operator.var / "run/supervisord.pid").write_text(f"{stranger.pid}\n")
        lock = operator.var / "postgres/data/postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        operator.starts()
        assert stranger.poll() is None
        stranger.kill()
    assert "before the lights went out" in operator.notes()
    assert operator.types("status").returncode == 0


def test_a_database_that_was_left_half_made_is_made_again():
    with throwaway.directory() as var:
        places = Places(var)
        places.make()
        server = Postgres(places)
        server.data.mkdir()
        (server.data / "PG_VERSION").write_text("18\n")
        (places.database / "half-made").touch()
        schema.plant(places)
        assert (server.data / "base").exists()
        assert not (places.database / "half-made").exists()


def test_a_changed_setting_restarts_what_runs(operator):
    before = operator.pids()
    done = operator.types("start", SWEEP_SECONDS="0.7")
    assert done.returncode == 0, done.stderr
    assert not set(before.values()) & set(operator.pids().values())


def test_a_taken_port_is_one_sentence_that_says_how_to_go_on(operator):
    with throwaway.directory() as var:
        done = Operator(var, operator.settings).types("start")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert operator.settings["WEB_PORT"] in done.stderr
    assert "WEB_PORT=" in done.stderr


def test_run_stops_everything_when_it_is_ended():
    with throwaway.directory() as var:
        ports = {"WEB_PORT": str(free_port()), "CARRIER_PORT": str(free_port())}
        operator = Operator(var, FASTER | ports)
        Places(var).make()
        schema.plant(Places(var))
        command = [sys.executable, "-m", "hotline.embedded", "run"]
        environment = without_others() | operator.settings | {"HOTLINE_VAR": str(var)}
        dies_with_us = throwaway.die_with_parent(signal.SIGTERM)
        with subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, preexec_fn=dies_with_us
        ) as run:
            until(lambda: operator.ready() or run.poll() is not None, "a running system", 120)
            assert run.poll() is None
            run.send_signal(signal.SIGINT)
            time.sleep(0.2)
            run.send_signal(signal.SIGINT)  # an impatient operator leaves nothing behind either
            run.wait(60)
        assert operator.processes() == []


def test_reset_asks_first_and_then_deletes_everything():
    with throwaway.directory() as var:
        operator = Operator(var)
        places = Places(var)
        places.make()
        (places.database / "data").mkdir()
        assert operator.types("reset", FORCE="1").returncode == 0
        assert not var.exists()
