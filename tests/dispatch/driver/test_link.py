"""Links that lead nowhere say so in words, with a number to call."""

from datetime import timedelta

import pytest
from psycopg.types.range import TimestamptzRange

from dispatch import trips
from hotline import links
from tests.factories.dispatch import ready_case, trip_with
from tests.factories.hotline import LINE_NUMBER

pytestmark = pytest.mark.django_db


def says(answer, status):
    words = answer.content.decode()
    assert answer.status_code == status
    assert f"tel:{LINE_NUMBER}" in words
    return words


def test_a_link_opens_as_often_as_the_driver_wants(released, phone):
    driver = phone(released)
    assert [driver.open().status_code for _ in range(3)] == [200] * 3


def test_a_forged_link_says_so(released, client):
    says(client.get("/d/not-a-token/"), 404)


def test_a_link_of_another_kind_does_not_open(released, client):
    token = links.sign("pharmacy", trip=released.pk, version=released.link_version)
    says(client.get(f"/d/{token}/"), 404)


def test_a_superseded_link_says_that_a_newer_one_was_sent(released, phone):
    old = phone(released)
    released.link_version += 1
    released.save()
    assert "更新" in says(old.open(), 410) or "newer" in old.words()


def test_what_a_superseded_link_still_carries_is_worth_nothing(under_way, phone, stops_of):
    old = phone(under_way)
    under_way.link_version += 1
    under_way.save()
    pickup = stops_of(under_way)[0]
    answer = old.press("collect", pickup)
    assert answer.status_code == 410
    assert answer.json()["gone"]
    pickup.refresh_from_db()
    assert pickup.state == "planned"


def test_the_link_of_a_trip_that_was_called_off_says_so(released, phone):
    driver = phone(released)
    trips.abort(released, None, "爆胎")
    says(driver.open(), 410)


def test_the_link_of_a_trip_not_yet_released_says_so(phone):
    says(phone(trip_with(ready_case())).open(), 410)


def test_a_link_long_after_the_trip_has_expired(released, phone):
    driver = phone(released)
    before = timedelta(days=3)
    released.period = TimestamptzRange(released.period.lower - before, released.period.upper - before)
    released.save()
    says(driver.open(), 410)


def test_a_link_older_than_its_signature_allows_has_expired(released, phone, monkeypatch):
    driver = phone(released)
    monkeypatch.setattr("dispatch.driver.link.SIGNED_FOR", timedelta(seconds=-1))
    says(driver.open(), 410)


def test_the_page_is_not_kept_by_anybody_between(released, phone):
    answer = phone(released).open()
    assert "no-store" in answer["Cache-Control"]


def test_the_worker_script_lies_beside_the_pages_it_serves(client):
    answer = client.get("/d/worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
