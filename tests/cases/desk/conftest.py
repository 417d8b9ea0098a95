import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cases import categories
from cases.models import Community
from hotline.models import Line, User
from tests.factories.cases import CommunityFactory
from tests.factories.hotline import PresenceFactory, UserFactory


@pytest.fixture
def city(line: Line) -> Line:
    """The line with its texts, the starting categories and one community."""
    categories.load()
    CommunityFactory(name="杏林新村", street="国和路", zone_tier="lockdown", gate_phone="02165430000")
    return line


@pytest.fixture
def community(city: Line) -> Community:
    return Community.objects.get()


@pytest.fixture
def agent(city: Line) -> User:
    """An agent on duty who takes everything, as supervisors do not need skills for it."""
    return PresenceFactory(user=UserFactory(role="agent")).user


@pytest.fixture
def supervisor(city: Line) -> User:
    return PresenceFactory(user=UserFactory(role="supervisor")).user


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    """The agent's browser, speaking as htmx does."""
    client.force_login(agent)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"  # the words of a test are those of the code
    return client


@pytest.fixture
def said() -> Callable[[HttpResponse], str]:
    """The words an answer shows in passing."""

    def of(answer: HttpResponse) -> str:
        told: dict[str, Any] = json.loads(answer.headers.get("HX-Trigger", "{}"))
        return told.get("toast", {}).get("text", "")

    return of
