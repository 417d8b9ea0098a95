"""The map: an own drawing without anything from outside; a tile server only where one is set, on this page only."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from dispatch.models import Position
from tests.factories.dispatch import ready_case, trip_with
from tests.factories.hotline import LineFactory

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def shown(client):
    return client.get(reverse("dispatch:board"))


def test_without_a_tile_server_nothing_is_loaded_from_outside(dispatcher, db):
    trip_with(ready_case())
    answer = shown(dispatcher)
    assert "<image" not in answer.content.decode()
    assert "tiles.example.org" not in answer.headers["Content-Security-Policy"]


def test_with_a_tile_server_its_pictures_lie_under_the_map(dispatcher, db, settings):
    settings.MAP_TILES_URL = TILES
    trip_with(ready_case())
    words = shown(dispatcher).content.decode()
    found = re.findall(r"https://tiles\.example\.org/(\d+)/(\d+)/(\d+)\.png", words)
    assert 0 < len(found) <= 60
    zoom, column, _row = map(int, found[0])
    assert 0 <= column < 2**zoom
    assert abs(column / 2**zoom * 360 - 180 - 121.5) < 360 / 2**zoom * 8  # they are pictures of Shanghai


def test_only_the_board_may_load_them(dispatcher, db, settings):
    settings.MAP_TILES_URL = TILES
    LineFactory()
    assert "https://tiles.example.org" in shown(dispatcher).headers["Content-Security-Policy"]
    other = dispatcher.get(reverse("dispatch:resources"))
    assert "tiles.example.org" not in other.headers["Content-Security-Policy"]


def test_the_age_of_a_position_is_shown_and_an_old_one_as_old(dispatcher, db):
    dispatcher.cookies["django_language"] = "en"
    trip = trip_with(ready_case(), state="planned")
    Position.objects.create(trip=trip, lon=121.51, lat=31.26, at=timezone.now() - timedelta(minutes=50))
    words = shown(dispatcher).content.decode()
    assert "50 min" in words
    assert "stale" in words
