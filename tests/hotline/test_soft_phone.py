"""The browser phone, and the other two kinds of telephone an agent may have."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from hotline import checks, phones, presence, routing, soft_phone
from hotline.carriers.loopback.client import Loopback
from hotline.models import CallLeg, Line, Presence, User
from hotline.models.user import validate_desk_phone
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

VENDORED = Path(__file__).parents[2] / "hotline/static/hotline/twilio-voice"

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(settings: Any) -> None:
    settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET = "SK" + "1" * 32, "s" * 32
    settings.TWILIO_TWIML_APP_SID = "AP" + "2" * 32


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(user__desk_phone="").user


@pytest.fixture
def browser(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_without_the_accounts_key_there_is_none(browser: Client) -> None:
    assert browser.get("/desk/phone/").status_code == 404
    assert browser.post("/desk/phone/token/").status_code == 404
    assert "/desk/phone/" not in browser.get("/desk/").content.decode()


def test_a_token_is_short_for_voice_and_for_oneself(offered: None, browser: Client, agent: User, settings: Any) -> None:
    answer = browser.post("/desk/phone/token/", {"identity": "agent-1", "user": "1"})
    said = jwt.decode(answer.json()["token"], settings.TWILIO_API_SECRET, algorithms=["HS256"])
    assert said["grants"]["identity"] == phones.identity(agent)
    assert set(said["grants"]) == {"identity", "voice"}
    assert said["grants"]["voice"]["incoming"] == {"allow": True}
    assert said["sub"] == settings.TWILIO_ACCOUNT_SID
    assert 0 < said["exp"] - timezone.now().timestamp() <= 600
    assert "no-store" in answer["Cache-Control"]


def test_who_takes_no_calls_gets_no_token(offered: None, client: Client, line: Line) -> None:
    client.force_login(UserFactory(role="dispatcher"))
    assert client.post("/desk/phone/token/").status_code == 403
    client.logout()
    assert client.post("/desk/phone/token/").status_code == 302


def test_the_browser_is_opened_to_the_carrier_in_that_window_only(offered: None, browser: Client) -> None:
    assert "wss://voice-js.roaming.twilio.com" in browser.get("/desk/phone/")["Content-Security-Policy"]
    assert "twilio" not in browser.get("/desk/")["Content-Security-Policy"]


def rung(line: Line, carrier: Loopback, address: str) -> bool:
    """Offers a caller and rings whoever it went to."""
    call = CallFactory()
    assert routing.offer(call.pk)
    routing.ring_desk(CallLeg.objects.get(call=call, party="agent").pk)
    phone = carrier.phone(address)
    return bool(phone.wait_until_ringing(20))


def test_while_it_is_there_it_is_rung(
    offered: None, browser: Client, agent: User, line: Line, carrier: Loopback
) -> None:
    browser.post("/desk/phone/there/")
    assert "browser" in browser.get("/desk/call/", headers={"accept-language": "en"}).content.decode()
    assert rung(line, carrier, f"client:agent-{agent.pk}")
    assert "data-phone-answer" in browser.get("/desk/call/").content.decode()


def test_when_it_is_gone_or_falls_silent_the_desk_phone_rings(offered: None, line: Line, client: Client) -> None:
    agent = PresenceFactory(user__desk_phone="+862150099999").user
    client.force_login(agent)
    client.post("/desk/phone/there/")
    assert phones.address(agent) == f"client:agent-{agent.pk}"
    client.post("/desk/phone/gone/")
    assert phones.address(agent) == "+862150099999"
    client.post("/desk/phone/there/")
    Presence.objects.filter(user=agent).update(soft_phone_until=timezone.now() - timedelta(seconds=1))
    assert phones.address(agent) == "+862150099999"


def test_without_any_telephone_nobody_is_offered_a_caller(offered: None, agent: User, line: Line) -> None:
    assert not routing.offer(CallFactory().pk)
    with pytest.raises(presence.NotNow):
        presence.go_available(agent)
    soft_phone.says_it_is_there(agent)
    presence.go_available(agent)
    assert routing.offer(CallFactory().pk)


def test_a_sip_address_is_rung_like_a_number(line: Line, carrier: Loopback) -> None:
    PresenceFactory(user__desk_phone="sip:agent7@pbx.example")
    assert rung(line, carrier, "sip:agent7@pbx.example")


@pytest.mark.parametrize("address", ["+862154321000", "sip:agent7@pbx.example:5060", "client:reception"])
def test_three_kinds_of_desk_phones(address: str) -> None:
    validate_desk_phone(address)


@pytest.mark.parametrize("address", ["54321000", "sip:agent7", "client:agent-7", "http://x", "+86 21 5432"])
def test_what_is_no_telephone_is_not_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        validate_desk_phone(address)


def test_half_a_configuration_does_not_start(offered: None, settings: Any) -> None:
    assert "hotline.E008" not in {problem.id for problem in checks.problems()}
    settings.TWILIO_API_SECRET = ""
    assert "hotline.E008" in {problem.id for problem in checks.problems()}


def test_the_carriers_program_is_the_one_that_its_page_names() -> None:
    said = (VENDORED / "README.md").read_text()
    assert sha256((VENDORED / "twilio.min.js").read_bytes()).hexdigest() in said
    assert "Apache License" in (VENDORED / "LICENSE.md").read_text()
