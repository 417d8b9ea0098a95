"""Outside the calling hours a dial asks first."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from cases import callbacks
from hotline.models import Call, Line, User
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import PresenceFactory

AT_NIGHT = datetime(2026, 4, 6, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
BY_DAY = datetime(2026, 4, 6, 11, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(user__role="supervisor").user


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def press(desk: Client, path: str, **said: str):
    return desk.post(path, said, headers=HTMX)


def owed(agent: User, level: int = 3):
    made = CallbackFactory(level=level, kind="missed_call", case=None, resident=None, number="+8613800000661")
    return callbacks.claim(callbacks.bring_forward(made), agent)


def test_at_night_it_asks_and_dials_when_it_cannot_wait(desk: Client, agent: User) -> None:
    with time_machine.travel(AT_NIGHT, tick=False):
        path = f"/callbacks/{owed(agent).pk}/dial/"
        asked = press(desk, path)
        assert asked.status_code == 409
        assert "23:10" in json.loads(asked.headers["HX-Trigger"])["ask-first"]["question"]
        assert not Call.objects.exists()
        assert press(desk, path, sure="yes").status_code == 200
    assert Call.objects.get().state == "ringing"


@pytest.mark.parametrize(("at", "level"), [(BY_DAY, 3), (AT_NIGHT, 1)])
def test_by_day_and_for_the_urgent_it_does_not_ask(desk: Client, agent: User, at: datetime, level: int) -> None:
    with time_machine.travel(at, tick=False):
        assert press(desk, f"/callbacks/{owed(agent, level).pk}/dial/").status_code == 200
    assert Call.objects.exists()


def test_the_case_page_asks_too(desk: Client) -> None:
    with time_machine.travel(AT_NIGHT, tick=False):
        case = CaseFactory(level=3, person__number="+8613800000662")
        path = f"/cases/{case.number}/call/"
        assert press(desk, path).status_code == 409
        assert not Call.objects.exists()
        assert press(desk, path, sure="yes").status_code == 200
