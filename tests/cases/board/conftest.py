import pytest
from django.test import Client

from cases import categories
from hotline.models import Line, User
from tests.factories.hotline import UserFactory


@pytest.fixture
def city(line: Line) -> Line:
    categories.load()
    return line


@pytest.fixture
def supervisor(city: Line) -> User:
    return UserFactory(role="supervisor", name="主管")


@pytest.fixture
def board(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client
