"""Every reason a text may carry, every cause of an unanswered call, every end of a call out: one way to each, through the
carrier or a rule. A new code without a way here fails."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases import callbacks
from cases.models import Attempt, Unanswered
from hotline import machines, outbox, outgoing
from hotline.carriers.loopback.client import Loopback
from hotline.carriers.twilio.errors import REASON_OF_ERROR
from hotline.models import Call, CallLeg, Line, Message, User
from tests.factories.cases import CallbackFactory
from tests.factories.hotline import LINE_NUMBER, MessageFactory, PresenceFactory, UserFactory
from tests.hotline.conftest import Webhook
from tests.waiting import until

PERSON = "+8613800000888"


class World:
    """The line, its carrier, and the carrier's reports as they come in."""

    def __init__(self, line: Line, carrier: Loopback, webhook: Webhook, settings: Any) -> None:
        self.line, self.carrier, self.webhook, self.settings = line, carrier, webhook, settings

    def text(self, **more: Any) -> Message:
        return MessageFactory(line=self.line, number=PERSON, **more)

    def sent(self, message: Message) -> Message:
        outbox.deliver(message.pk)
        message.refresh_from_db()
        return message

    def reported(self, message: Message, code: int) -> Message:
        """Sent to a telephone at which texts end with this error; the carrier's last report is handed in as it stands."""
        self.carrier.phone(PERSON).behave(sms_error=code, sms_delay=0)
        self.sent(message)
        said = until(lambda: self._last("messages.status", message.sid, "MessageStatus", "undelivered"), "the report")
        assert self.webhook("line:message-status", message.pk, **said).status_code == 200
        return message

    def _last(self, operation: str, sid: str, name: str, value: str) -> dict[str, str] | None:
        for entry in self.carrier.log(kind="callback"):
            said = entry["params"]
            if entry["operation"] == operation and sid in said.values() and said.get(name) == value:
                return dict(said)
        return None

    def dialled(self, habit: str) -> tuple[Call, CallLeg]:
        """A call out whose agent waits in the conference, to a telephone with this habit."""
        self.carrier.phone(PERSON).behave(voice=habit, after=0)
        agent: User = PresenceFactory(user=UserFactory(role="agent"), state="ringing").user
        owed = CallbackFactory(line=self.line, number=PERSON, state="due", case=None)
        callbacks.claim(owed, agent)
        topic = f"callback:{owed.pk}"
        call = Call.objects.create(
            line=self.line, direction="out", number=PERSON, agent=agent, topic=topic, state="ringing"
        )
        outgoing.ring_person(call.pk)
        return call, call.legs.get(party="person")

    def ended_as(self, habit: str, status: str) -> Attempt:
        self.settings.PERSON_RING_SECONDS = 5
        call, leg = self.dialled(habit)
        said = until(lambda: self._last("calls.status", leg.sid, "CallStatus", status), f"{status} to be reported")
        self.webhook("line:leg-status", leg.pk, **said)
        return Attempt.objects.get(call=call)

    def said_by_the_agent(self, outcome: str) -> Attempt:
        agent = UserFactory(role="agent")
        owed = CallbackFactory(line=self.line, number=PERSON, state="due", case=None)
        callbacks.record(callbacks.claim(owed, agent), outcome, by=agent)
        return owed.attempts.get()


@pytest.fixture
def world(line: Line, carrier: Loopback, webhook: Webhook, settings: Any) -> World:
    return World(line, carrier, webhook, settings)


# texts


def opted_out(world: World) -> Message:
    world.carrier.phone(PERSON).behave(opted_out=True)
    return world.sent(world.text())


def too_old(world: World) -> Message:
    return world.sent(world.text(expires_at=timezone.now() - timedelta(seconds=1)))


def superseded(world: World) -> Message:
    message = world.text(topic="case:8", purpose="planned")
    outbox.supersede("case:8", ["planned"])
    return message


def looping(world: World) -> Message:
    """A machine that answers everything at once in the same words, as the carrier's telephone does with auto_reply."""
    for _ in range(3):
        world.text(state="delivered", accepted_at=timezone.now())
        MessageFactory(
            line=world.line, number=PERSON, direction="in", state="handled", body="自动回复", idempotency_key=None
        )
    return world.sent(world.text())


def daily_cap(world: World) -> Message:
    world.settings.TEXTS_PER_PERSON_AND_DAY = 1
    world.text(state="delivered")
    return world.sent(world.text())


R = Message.Reason
TEXTS: dict[str, Callable[[World], Message]] = {
    R.OPTED_OUT: opted_out,
    R.UNREACHABLE: lambda world: world.reported(world.text(), 30003),
    R.BLOCKED: lambda world: world.reported(world.text(), 30007),
    R.TOO_OLD: too_old,
    R.SUPERSEDED: superseded,
    R.LOOPING: looping,
    R.DAILY_CAP: daily_cap,
    R.CARRIER_ERROR: lambda world: world.reported(world.text(), 30001),
    R.BAD_NUMBER: lambda world: world.reported(world.text(), 30006),
}


@pytest.mark.parametrize("reason", [reason for reason in R.values if reason])
def test_a_text_ends_with_each_reason(world: World, reason: str) -> None:
    assert reason in TEXTS, "a reason without a way to it"
    message = TEXTS[reason](world)
    message.refresh_from_db()
    assert message.reason == reason
    assert message.state in ("suppressed", "failed", "undelivered")


@pytest.mark.parametrize("code", sorted(set(REASON_OF_ERROR) - {21211, 21610, 21612, 21614}))
def test_each_error_of_a_delivery_has_its_reason(world: World, code: int) -> None:
    message = world.reported(world.text(), code)
    message.refresh_from_db()
    assert (message.state, message.reason, message.carrier_error) == ("undelivered", REASON_OF_ERROR[code], code)


# calls out


def voicemail(world: World) -> Attempt:
    call, leg = world.dialled("machine")
    outgoing.person_answers(leg.pk, leg.sid)
    said = until(lambda: world._last("calls.amd", leg.sid, "AnsweredBy", "machine_start"), "the machine to be heard")
    world.webhook("line:picked-up-by", leg.pk, **said)
    from hotline import calls, presence

    call.refresh_from_db()
    assert call.outcome == machines.VOICEMAIL
    assert call.agent
    calls.hang_up(call, call.agent)
    presence.finish_wrap_up(call.agent)
    return Attempt.objects.get(call=call)


O = Attempt.Outcome  # noqa: E741
ATTEMPTS: dict[str, Callable[[World], Attempt]] = {
    O.BUSY: lambda world: world.ended_as("busy", "busy"),
    O.NO_ANSWER: lambda world: world.ended_as("no-answer", "no-answer"),
    O.FAILED: lambda world: world.ended_as("unreachable", "failed"),
    O.VOICEMAIL: voicemail,
    # what only a person can hear
    O.REACHED: lambda world: world.said_by_the_agent("reached"),
    O.SWITCHED_OFF: lambda world: world.said_by_the_agent("switched_off"),
    O.WRONG_NUMBER: lambda world: world.said_by_the_agent("wrong_number"),
    O.CALL_LATER: lambda world: world.said_by_the_agent("call_later"),
}


@pytest.mark.parametrize("outcome", O.values)
def test_an_attempt_ends_with_each_outcome(world: World, outcome: str) -> None:
    assert outcome in ATTEMPTS, "an outcome without a way to it"
    assert ATTEMPTS[outcome](world).outcome == outcome


def test_each_word_of_the_carrier_about_a_call_that_failed_is_known(world: World) -> None:
    assert set(outgoing.OUTCOMES) == {"busy", "no-answer", "canceled", "failed"}
    assert set(outgoing.OUTCOMES.values()) <= set(O.values)


# signed webhooks that come again


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("line:call", [], {"CallSid": "CA1", "From": PERSON, "To": LINE_NUMBER}),
        ("line:call-status", [], {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "3"}),
        ("line:queue-left", [], {"CallSid": "CA1", "QueueResult": "hangup"}),
        ("line:wait-key", [], {"CallSid": "CA1", "Digits": "1"}),
    ],
)
def test_a_webhook_of_a_call_that_comes_again_changes_nothing(
    line: Line, webhook: Webhook, name: str, args: list[int], said: dict[str, str]
) -> None:
    webhook("line:call", CallSid="CA1", From=PERSON, To=LINE_NUMBER)
    webhook("line:menu", CallSid="CA1", Digits="", query="step=menu&try=3")
    webhook(name, *args, **said)
    before = list(Call.objects.values("state", "outcome", "waiting_since")), Unanswered.objects.count()
    for _ in range(2):
        assert webhook(name, *args, **said).status_code == 200
    assert (list(Call.objects.values("state", "outcome", "waiting_since")), Unanswered.objects.count()) == before
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("line:call", []), ("line:call-status", []), ("line:menu", []), ("line:leg-status", [1]),
        ("line:picked-up-by", [1]), ("line:test-call", [1]), ("line:test-status", [1]), ("line:message-status", [1]),
    ],
)  # fmt: skip
def test_no_webhook_is_taken_without_the_carriers_signature(
    line: Line, webhook: Webhook, name: str, args: list[int]
) -> None:
    said = {"CallSid": "CA1", "MessageSid": "SM1", "From": PERSON, "To": LINE_NUMBER}
    assert webhook(name, *args, sign=False, **said).status_code == 403
    assert not Call.objects.exists()
