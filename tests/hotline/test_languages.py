"""Who speaks what: English is needed, Shanghainese is a wish, and nobody waits for a language for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline import routing
from hotline.models import Call, Line, User
from tests.factories.hotline import LINE_NUMBER, AgentSkillFactory, CallFactory, PresenceFactory, SkillFactory
from tests.hotline.conftest import Webhook

pytestmark = pytest.mark.django_db


def speaks(language: str, level: int = 1, **presence: object) -> User:
    user = PresenceFactory(**presence).user
    AgentSkillFactory(user=user, skill=SkillFactory(slug=language, kind="language"), level=level)
    return user


def offered_to(call: Call) -> User | None:
    routing.offer(call.pk)
    call.refresh_from_db()
    return call.agent


def test_english_goes_to_who_speaks_it_and_not_to_who_has_no_language_noted(line: Line) -> None:
    PresenceFactory(free_for=900)
    english = speaks("english", free_for=5)
    assert offered_to(CallFactory(language="en")) == english


def test_who_speaks_it_best_comes_first(line: Line) -> None:
    speaks("english", 1, free_for=900)
    best = speaks("english", 3, free_for=5)
    assert offered_to(CallFactory(language="en")) == best


def test_an_english_caller_waits_for_who_is_busy_and_speaks_it_but_not_for_ever(line: Line) -> None:
    other = PresenceFactory()
    speaks("english", state="on_call")
    call = CallFactory(language="en", waited=30)
    assert offered_to(call) is None
    Call.objects.filter(pk=call.pk).update(waiting_since=timezone.now() - timedelta(minutes=3))
    assert offered_to(call) == other.user, "an interpreter can be brought in"


def test_when_nobody_on_duty_speaks_it_whoever_is_free_takes_the_caller(line: Line) -> None:
    anybody = PresenceFactory()
    speaks("english", state="offline")
    assert offered_to(CallFactory(language="en", waited=1)) == anybody.user


def test_shanghainese_is_preferred_and_not_waited_for(line: Line) -> None:
    local = speaks("shanghainese", free_for=5)
    PresenceFactory(free_for=900)
    assert offered_to(CallFactory(dialect="shanghainese")) == local
    assert offered_to(CallFactory(dialect="shanghainese")) is not None


def press(webhook: Webhook, sid: str, key: str) -> str:
    return webhook("line:menu", query="step=menu&try=1", CallSid=sid, To=LINE_NUMBER, Digits=key).content.decode()


def test_eight_asks_for_shanghainese_when_somebody_here_speaks_it(line: Line, webhook: Webhook) -> None:
    call = CallFactory(state="menu", waiting_since=None)
    assert "上海话" not in press(webhook, call.sid, "7")
    speaks("shanghainese")
    assert "上海话请按8" in press(webhook, call.sid, "7")
    assert "上海话的客服" in press(webhook, call.sid, "8")
    call.refresh_from_db()
    assert call.dialect == "shanghainese"


def test_the_estimate_of_who_needs_a_rare_language_is_the_longer_one(line: Line) -> None:
    for _ in range(10):
        PresenceFactory(state="on_call")
    speaks("english", state="on_call")
    CallFactory(language="en", waited=300)
    plain, english = CallFactory(waited=10), CallFactory(language="en", waited=5)
    assert routing.expected_wait_minutes(english) > routing.expected_wait_minutes(plain)  # type: ignore[operator]
