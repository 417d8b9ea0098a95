"""Processes are killed in the middle of the day's requests: each request is there once, and every promise holds."""

import subprocess
import sys
import time

import pytest

from cases.models import Contact
from hotline.embedded.places import CHECKOUT
from hotline.models import InboundEvent, Message
from tests.waiting import until

REQUESTS = 40
TEXTS_AN_HOUR = "3000"  # the scenario's day in half a minute


@pytest.fixture
def playing(own_stack, tmp_path):
    """The first requests of the demo's day, coming in while the test does its worst."""
    lines = (CHECKOUT / "cases/demo/requests.jsonl").read_text().splitlines()[:REQUESTS]
    (tmp_path / "requests.jsonl").write_text("\n".join(lines) + "\n")
    command = [
        sys.executable,
        "manage.py",
        "play",
        str(tmp_path / "requests.jsonl"),
        "--as",
        "sms",
        "--speed",
        TEXTS_AN_HOUR,
    ]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=own_stack.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as play:
        yield play
        play.kill()


def test_nothing_is_lost_or_doubled_when_database_broker_and_worker_are_killed_in_turn(own_stack, playing):
    before = set(Contact.objects.values_list("pk", flat=True))
    until(lambda: Contact.objects.exclude(pk__in=before).count() >= 3, "the first requests", 60)
    for name in ("postgres", "valkey", "worker", "web"):
        own_stack.kill(name)
        time.sleep(2)
    said = playing.communicate(timeout=180)[0]
    assert playing.returncode == 0, said
    own_stack.wait_until_ready()
    waiting = InboundEvent.objects.filter(state__in=["received", "failed"])
    until(lambda: not waiting.exists(), "every webhook to be taken", 60)
    numbers = set(
        Contact.objects.exclude(pk__in=before).exclude(message__number="").values_list("message__number", flat=True)
    )
    assert numbers
    for number in numbers:
        sent = [text["sid"] for text in own_stack.phone(number).messages("out")]
        kept = Message.objects.filter(direction="in", number=number).values_list("sid", flat=True)
        assert sorted(kept) == sorted(sent)
        assert Contact.objects.filter(message__sid__in=sent).values("message").distinct().count() == len(sent)
    done = own_stack.manage("check_integrity", check=False)
    assert done.returncode == 0, done.stdout
