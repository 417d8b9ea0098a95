from collections.abc import Iterator
from typing import Any

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from hotline.carriers.loopback.client import Loopback, LoopbackPhone
from hotline.carriers.loopback.config import Config
from tests.loopback import Server

from . import published
from .stand_in import Hotline

TOKEN = "secret-of-the-tests"
ACCOUNT = "AC" + "5" * 32
HOTLINE = "+862112345678"
RESIDENT = "+8613800000001"
AGENT = "+8613900000001"
SPEED = 25.0


class ToLoopback(TwilioHttpClient):
    """The real client of the SDK; only the base address differs, as in the product."""

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        url = url.replace("https://api.twilio.com", self._base_url)
        response = super().request(method, url, *args, **options)
        if published.is_there() and response.status_code < 400:
            wrong = published.problems(method, url, response.status_code, response.text)
            assert not wrong, wrong
        return response


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server(Config(ACCOUNT, TOKEN, port=0, speed=SPEED))
    yield running
    running.stop()


@pytest.fixture
def carrier(server: Server) -> Iterator[Loopback]:
    client = Loopback(server.base_url)
    client.reset(numbers=True)
    client.settings(speed=SPEED)
    yield client
    client.close()


@pytest.fixture
def hotline(carrier: Loopback) -> Iterator[Hotline]:
    """One for each test: what the carrier still had to report of the test before finds nobody."""
    running = Hotline(TOKEN)
    yield running
    running.close()


@pytest.fixture
def sdk(server: Server) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=ToLoopback(server.base_url, timeout=10))


@pytest.fixture
def number(carrier: Loopback, sdk: Client, hotline: Hotline) -> str:
    """The hotline's number, connected to the stand-in."""
    sdk.incoming_phone_numbers.create(
        phone_number=HOTLINE,
        sms_url=hotline.url + "/sms",
        voice_url=hotline.url + "/voice",
        status_callback=hotline.url + "/status",
    )
    return HOTLINE


@pytest.fixture
def resident(carrier: Loopback) -> LoopbackPhone:
    return carrier.phone(RESIDENT)


@pytest.fixture
def agent(carrier: Loopback) -> LoopbackPhone:
    return carrier.phone(AGENT)
