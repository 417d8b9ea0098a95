import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from hotline.embedded import throwaway
from tests.waiting import until

HOLDER = """
import time
from hotline.embedded import throwaway
with throwaway.services() as environment:
    print(environment["HOTLINE_VAR"], flush=True)
    time.sleep(600)
"""


def test_services_answer_and_are_gone_afterwards(monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    with throwaway.services() as environment:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            assert connection.execute("show fsync").fetchone() == ("off",)
        assert redis.Redis.from_url(environment["REDIS_URL"]).ping()
        var = Path(environment["HOTLINE_VAR"])
        assert var.exists()
    assert not var.exists()


def test_a_database_that_is_given_is_used_instead(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/hotline")
    monkeypatch.delenv("REDIS_URL")
    with throwaway.services() as environment:
        assert "DATABASE_URL" not in environment
        assert "REDIS_URL" in environment


@pytest.fixture
def place_of_its_own(monkeypatch):
    """Here nobody else cleans up: each system that another worker of xdist starts would do so too."""
    with tempfile.TemporaryDirectory() as own:
        Path(own).chmod(0o755)
        monkeypatch.setenv("TMPDIR", own)
        monkeypatch.setattr(tempfile, "tempdir", own)
        yield


def test_services_die_with_a_killed_run_and_the_next_one_cleans_up(place_of_its_own):
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    with subprocess.Popen([sys.executable, "-c", HOLDER], env=own, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        var = Path(holder.stdout.readline().strip())
        postmaster = int((var / "postgres/data/postmaster.pid").read_text().splitlines()[0])
        holder.send_signal(signal.SIGKILL)
    until(lambda: not Path(f"/proc/{postmaster}").exists(), "PostgreSQL to end")
    assert var.exists()
    with throwaway.directory():
        assert not var.exists()
