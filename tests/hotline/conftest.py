from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from twilio.request_validator import RequestValidator

from hotline.carriers.loopback.client import Loopback
from hotline.carriers.loopback.config import Config
from hotline.carriers.twilio import client as carrier_client
from hotline.models import Line
from tests.factories.hotline import LINE_NUMBER, LineFactory
from tests.loopback import Server

Webhook = Callable[..., HttpResponse]


@pytest.fixture
def line(db: None) -> Line:
    return LineFactory()


@pytest.fixture(scope="session")
def loopback_server() -> Iterator[Server]:
    running = Server(Config(django_settings.TWILIO_ACCOUNT_SID, django_settings.TWILIO_AUTH_TOKEN, port=0, speed=50))
    yield running
    running.stop()


@pytest.fixture
def carrier(loopback_server: Server, settings: Any) -> Iterator[Loopback]:
    """The carrier that the product talks to in this test; it knows the line's number, and nothing else happened yet."""
    settings.TWILIO_API_URL = loopback_server.base_url
    settings.CARRIER_TIMEOUT_SECONDS = 1.0
    carrier_client.client.cache_clear()
    loopback = Loopback(loopback_server.base_url)
    loopback.reset(numbers=True)
    loopback.clear_faults()
    carrier_client.configure_number(LINE_NUMBER, sms_url="/nowhere/", voice_url="/nowhere/")
    yield loopback
    loopback.reset()  # no webhook reaches a database that is being emptied
    loopback.close()
    carrier_client.client.cache_clear()


@pytest.fixture
def webhook(client: Client) -> Webhook:
    """Posts what the carrier would post, signed as it signs: webhook("line:call", CallSid=..., query="step=menu")."""

    def post(name: str, *args: object, query: str = "", sign: bool = True, **said: str) -> HttpResponse:
        path = reverse(name, args=args) + (f"?{query}" if query else "")
        address = django_settings.HOTLINE_BASE_URL + path
        signature = RequestValidator(django_settings.TWILIO_AUTH_TOKEN).compute_signature(address, said)
        headers = {"X-Twilio-Signature": signature if sign else "forged"}
        return client.post(path, said, headers=headers)  # type: ignore[return-value]

    return post
