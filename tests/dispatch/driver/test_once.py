"""Pressing twice, sending twice, sending late: each press counts once."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from dispatch.models import DriverAct


def test_the_same_press_sent_twice_counts_once(under_way, phone, stops_of):
    pickup = stops_of(under_way)[0]
    driver, key = phone(under_way), uuid4().hex
    answers = [driver.press("collect", pickup, key=key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert DriverAct.objects.filter(trip=under_way).count() == 1


def test_a_refused_press_sent_again_gets_the_same_words(under_way, phone, stops_of):
    delivery = stops_of(under_way)[1]
    driver, key = phone(under_way), uuid4().hex
    first = driver.press("deliver", delivery, name="李", key=key).json()
    driver.press("collect", stops_of(under_way)[0])
    assert driver.press("deliver", delivery, name="李", key=key).json() == first
    assert not first["ok"]


def test_pressing_the_same_button_on_two_pages_is_harmless(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    assert driver.press("collect", pickup).json()["ok"]
    assert driver.press("deliver", delivery, name="李").json()["ok"]
    assert driver.press("deliver", delivery, name="李").json()["ok"]
    assert delivery.proofs.count() == 1


def test_starting_twice_starts_once(released, phone):
    driver = phone(released)
    assert driver.press("start").json()["ok"]
    assert driver.press("start").json()["ok"]


def test_a_late_sending_of_a_delivery_taken_back_does_not_deliver_again(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver, key = phone(under_way), uuid4().hex
    driver.press("collect", pickup)
    driver.press("deliver", delivery, name="李", key=key)
    driver.press("undo", delivery)
    driver.press("deliver", delivery, name="李", key=key)
    delivery.refresh_from_db()
    assert delivery.state == "arrived"


def test_when_it_happened_is_the_phones_word_where_it_can_be_true(under_way, phone, stops_of):
    pickup = stops_of(under_way)[0]
    pressed = timezone.now() + timedelta(hours=5)
    phone(under_way).press("arrive", pickup, at=pressed.isoformat())
    assert DriverAct.objects.get().happened_at <= timezone.now()


def test_what_is_no_act_of_the_page_is_a_bad_request(under_way, phone, stops_of):
    driver = phone(under_way)
    assert driver.press("fly").status_code == 400
    assert driver.press("arrive", stops_of(under_way)[0], key="short").status_code == 400
    assert driver.client.post(driver.path, {"act": "arrive", "stops": "1,x", "key": "c" * 32}).status_code == 400


def test_the_stop_of_another_trip_is_refused(under_way, phone):
    from dispatch import trips
    from tests.factories.dispatch import ready_case, trip_with

    other = trips.start(trips.release(trip_with(ready_case()), None))
    foreign = other.stops.first()
    answer = phone(under_way).press("arrive", foreign).json()
    assert not answer["ok"]
    assert answer["words"]
    foreign.refresh_from_db()
    assert foreign.state == "planned"
