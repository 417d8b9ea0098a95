"""Partners are told of every move, signed, until they have it."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from cases import outcomes, partners
from cases.models import Case, Partner, Webhook


class Partners(HTTPServer):
    """A partner's own server: keeps what it is told and answers as `code` says."""

    code = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/told"


class _Handler(BaseHTTPRequestHandler):
    server: Partners

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((dict(self.headers), body))
        self.send_response(self.server.code)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def theirs() -> Iterator[Partners]:
    server = Partners()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def case(api: APIClient, partner: Partner, theirs: Partners) -> Case:
    Partner.objects.update(webhook_url=theirs.url)
    body = {"reference": "A-17", "words": "急需奶粉", "person": {"phone": "13812345678"}}
    answer = api.post("/api/v1/cases/", body, format="json", headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201, answer.json()
    return Case.objects.get()


def now_due() -> None:
    Webhook.objects.filter(state="due").update(due_at=timezone.now())


def test_a_move_is_told_with_a_signature_they_can_check(case: Case, partner: Partner, theirs: Partners) -> None:
    outcomes.cancel(case, reason="不需要了")
    assert partners.tell_due() == 1
    headers, body = theirs.told[0]
    told = json.loads(body)
    assert (told["number"], told["reference"], told["event"], told["state"]) == (
        case.number, "A-17", "cancel", "cancelled",
    )  # fmt: skip
    parts = dict(part.split("=") for part in headers["Hotline-Signature"].split(","))
    mac = hmac.new(partner.webhook_secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(parts["v1"], mac.hexdigest())
    assert "不需要了" not in body.decode()


def test_what_was_told_is_not_told_again(case: Case, theirs: Partners) -> None:
    outcomes.cancel(case, reason="x")
    partners.tell_due()
    now_due()
    assert partners.tell_due() == 0
    assert len(theirs.told) == 1


def test_a_server_that_fails_is_tried_again_later_and_later(case: Case, theirs: Partners) -> None:
    outcomes.cancel(case, reason="x")
    theirs.code = 503
    waits = []
    for _n in range(3):
        now_due()
        assert partners.tell_due() == 0
        waits.append((Webhook.objects.get().due_at - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    theirs.code = 204
    now_due()
    assert partners.tell_due() == 1
    assert Webhook.objects.get().state == "told"
    assert len({headers["Hotline-Delivery"] for headers, _body in theirs.told}) == 1


def test_a_server_that_is_gone_is_given_up_at_the_end(case: Case, theirs: Partners) -> None:
    outcomes.cancel(case, reason="x")
    Webhook.objects.update(attempts=len(partners.RETRY_SECONDS))
    Partner.objects.update(webhook_url="http://127.0.0.1:9/")
    assert partners.tell_due() == 0
    row = Webhook.objects.get()
    assert (row.state, row.answer) == ("given_up", "ConnectError")


def test_without_an_address_nothing_is_owed(case: Case) -> None:
    Partner.objects.update(webhook_url="")
    outcomes.cancel(case, reason="x")
    assert not Webhook.objects.exists()


def test_another_secret_makes_the_old_one_worthless(partner: Partner) -> None:
    before = partner.webhook_secret
    partner.secret_version += 1
    assert partner.webhook_secret != before
