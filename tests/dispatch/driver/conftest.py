from uuid import uuid4

import pytest

from dispatch import trips
from dispatch.driver import link
from tests.factories.dispatch import ready_case, trip_with

SCRIPT = {"HTTP_ACCEPT": "application/json"}


class Phone:
    """The driver's telephone: opens the link and presses."""

    def __init__(self, client, trip):
        self.client = client
        self.path = "/" + link.address(trip).split("/", 3)[3]

    def open(self):
        return self.client.get(self.path)

    def words(self):
        return self.open().content.decode()

    def press(self, act, *stops, key=None, **fields):
        said = {"key": key or uuid4().hex, "act": act, "stops": ",".join(str(s.pk) for s in stops), **fields}
        return self.client.post(self.path, said, **SCRIPT)


@pytest.fixture
def phone(client):
    return lambda trip: Phone(client, trip)


@pytest.fixture
def released(db):
    """A released trip of one case: collect, then hand over."""
    trip = trip_with(ready_case())
    return trips.release(trip, None)


@pytest.fixture
def under_way(released):
    return trips.start(released)


@pytest.fixture
def stops_of():
    return lambda trip: list(trip.stops.order_by("sequence"))
