"""Nothing of practice is among what is real, and nobody real is reached from it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import Callback, Case, Contact, PracticeCaller, PracticeShift
from hotline import half_hours, integrity, outgoing, practice, presence, routing, transfer
from hotline.carriers.loopback.client import Loopback
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier_client
from hotline.models import Call, CallLeg, HalfHour, Line, Message, Presence, PresenceSpan, User
from hotline.models.line import PRACTICE_NUMBER
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import CallFactory, MessageFactory, PresenceFactory, UserFactory
from tests.hotline.conftest import Webhook

PRACTISED = "AC" + "9" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def drill(line: Line) -> Line:
    """The practice line, beside the real one."""
    return Line.objects.create(
        slug="practice", name="练习", city="", number=PRACTICE_NUMBER, practice=True, active=False
    )


@pytest.fixture
def trainee(line: Line) -> User:
    return PresenceFactory(practice=True).user


def caller(drill: Line, **fields: Any) -> Call:
    return CallFactory(line=drill, number=practice.NUMBERS + "000010001", **fields)


@pytest.mark.parametrize("made", [CaseFactory, CallbackFactory, MessageFactory])
def test_the_database_refuses_what_is_real_on_the_practice_line(drill: Line, made: Any) -> None:
    with pytest.raises(IntegrityError, match="practice"), transaction.atomic():
        made(line=drill)
    real = made()
    with pytest.raises(IntegrityError, match="practice"), transaction.atomic():
        type(real).objects.filter(pk=real.pk).update(line=drill)


def test_the_practice_line_is_never_active_and_there_is_one(drill: Line) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=drill.pk).update(active=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.create(slug="other", name="x", city="", number="+862100000002", practice=True, active=False)


def test_a_number_that_somebody_may_have_is_no_caller_of_practice(drill: Line) -> None:
    shift = PracticeShift.objects.create(by=UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeCaller.objects.create(shift=shift, position=1, number="+8613800000001", words="x", wanted="x", level=3)


def test_real_callers_go_to_agents_on_duty_and_simulated_ones_to_trainees(drill: Line, trainee: User) -> None:
    real, simulated = CallFactory(waited=1), caller(drill, waited=900)
    assert routing.offer_waiting() == 1
    real.refresh_from_db()
    simulated.refresh_from_db()
    assert (real.state, simulated.agent) == ("waiting", trainee)
    agent = PresenceFactory().user
    assert routing.offer_waiting() == 1
    real.refresh_from_db()
    assert real.agent == agent


def test_a_trainees_telephone_is_at_the_practice_carrier(
    drill: Line,
    trainee: User,
    carrier: Loopback,
    settings: Any,
) -> None:
    settings.PRACTICE_API_URL = carrier.base_url
    with accounts.of(drill):
        carrier_client.configure_number(PRACTICE_NUMBER, voice_url="/nowhere/")
    settings.TWILIO_API_URL = "http://127.0.0.1:9"  # the real carrier: nothing of this may reach it
    call = caller(drill)
    routing.offer(call.pk)
    routing.ring_desk(CallLeg.objects.get(call=call).pk)
    assert carrier.phone(f"client:practice-{trainee.pk}").wait_until_ringing(20)
    assert not carrier.phone(trainee.desk_phone).state()["ringing"]


def test_without_a_practice_carrier_nothing_is_dialled_at_the_real_one(
    drill: Line,
    trainee: User,
    carrier: Loopback,
    settings: Any,
) -> None:
    settings.PRACTICE_API_URL = "https://api.twilio.com"  # named by mistake: refused
    assert accounts.practice() is None
    call = caller(drill)
    routing.offer(call.pk)
    routing.ring_desk(CallLeg.objects.get(call=call).pk)
    call.refresh_from_db()
    assert call.state == "waiting"
    assert not [entry for entry in carrier.log(kind="rest") if entry["operation"] == "calls.create"]


@pytest.fixture
def two_accounts(settings: Any) -> None:
    settings.PRACTICE_ACCOUNT_SID, settings.PRACTICE_AUTH_TOKEN = PRACTISED, "practice-token"


def practised(client: Client, path: str, **said: str) -> int:
    """Posts what the practice carrier would post, signed as it signs."""
    from django.conf import settings
    from twilio.request_validator import RequestValidator

    form = {"AccountSid": PRACTISED} | said
    signature = RequestValidator("practice-token").compute_signature(settings.HOTLINE_BASE_URL + path, form)
    return client.post(path, form, headers={"X-Twilio-Signature": signature}).status_code


def test_the_practice_carrier_speaks_of_practice_only(drill: Line, two_accounts: None, client: Client) -> None:
    real, simulated = CallFactory(), caller(drill)
    status = "/webhooks/twilio/call/status/"
    assert practised(client, status, CallSid=simulated.sid, CallStatus="completed") == 200
    assert practised(client, status, CallSid=real.sid, CallStatus="completed") == 403
    assert (
        practised(client, "/webhooks/twilio/call/", CallSid="CA1", From="+8613800000001", To=str(real.line.number))
        == 403
    )
    assert practised(client, "/webhooks/twilio/message/", MessageSid="SM1", From="+86138", To=PRACTICE_NUMBER) == 403
    leg = CallLeg.objects.create(call=real, party="agent", user=UserFactory())
    assert practised(client, f"/webhooks/twilio/leg/{leg.pk}/status/", CallSid="CA2", CallStatus="completed") == 403
    real.refresh_from_db()
    assert real.state == "waiting"
    assert not Message.objects.exists()


def test_nothing_of_it_is_owed_counted_or_in_the_inbox(drill: Line, trainee: User, webhook: Webhook) -> None:
    simulated = caller(drill)
    webhook("line:call-status", CallSid=simulated.sid, CallStatus="completed")
    simulated.refresh_from_db()
    assert simulated.state == "abandoned"
    half_hours.count()
    assert not HalfHour.objects.exists()
    assert not Callback.objects.exists()
    assert not Contact.objects.exists()
    assert not Case.objects.exists()
    presence.change(trainee, "break", sources=("available",))
    assert not PresenceSpan.objects.exists()
    assert integrity.check() == []


def test_who_practises_is_not_on_duty_and_touches_nothing_real(drill: Line, trainee: User, client: Client) -> None:
    assert not presence.on_duty().exists()
    assert not presence.anybody_at_work()
    assert not transfer.colleagues(PresenceFactory().user).exists()
    with pytest.raises(presence.NotNow):
        outgoing.call_person(line=Line.objects.get(practice=False), number="+8613800000001", agent=trainee, topic="")
    case = CaseFactory(owner="queue")
    client.force_login(trainee)
    assert client.post("/desk/claim/", headers={"HX-Request": "true"}).status_code == 409
    assert client.post(f"/desk/claim/{case.number}/", headers={"HX-Request": "true"}).status_code == 409
    case.refresh_from_db()
    assert case.owner == "queue"


def test_a_mix_of_practice_and_what_is_real_is_found(drill: Line, trainee: User) -> None:
    CallFactory(state="connected", agent=trainee)
    found = [violation.why for violation in integrity.check()]
    assert "practice and what is real have met" in found
    assert Presence.objects.get(user=trainee).practice
