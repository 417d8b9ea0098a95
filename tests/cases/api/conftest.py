from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from cases import categories
from cases.models import Partner, PartnerToken
from hotline.models import Line
from tests.factories.cases import CommunityFactory

Keys = Callable[..., str]


@pytest.fixture
def city(line: Line) -> Line:
    categories.load()
    CommunityFactory()
    return line


@pytest.fixture
def partner(city: Line) -> Partner:
    return Partner.objects.create(slug="city-app", name="市民应用", line=city, per_minute=6000)


@pytest.fixture
def key_of() -> Keys:
    """A new key: key_of(partner, "cases:read", ...)."""

    def draw(partner: Partner, *scopes: str, **fields: Any) -> str:
        token = PartnerToken(partner=partner, name="test", scopes=list(scopes or PartnerToken.Scope.values), **fields)
        key = token.draw()
        token.save()
        return key

    return draw


@pytest.fixture
def api(partner: Partner, key_of: Keys) -> APIClient:
    """A client of this partner that may do everything."""
    return client_with(key_of(partner))


def client_with(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client
