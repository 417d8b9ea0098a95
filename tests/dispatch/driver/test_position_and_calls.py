"""Where the vehicle is, only with the driver's yes; and calls with the receiver through the line's number."""

from datetime import timedelta

from django.utils import timezone

from cases import people, receivers
from dispatch import trips
from dispatch.driver import calling
from dispatch.models import Position
from dispatch.trips import etas
from hotline.models import BridgedCall


def tell(phone, trip, lon=121.6, lat=31.2, **more):
    driver = phone(trip)
    return driver.client.post(driver.path + "position/", {"lon": lon, "lat": lat, "metres": 20, **more})


def test_without_a_yes_nothing_is_kept(under_way, phone):
    assert not tell(phone, under_way).json()["ok"]
    assert not Position.objects.exists()


def test_with_a_yes_only_the_newest_is_kept_and_reckoned_with(under_way, phone):
    phone(under_way).press("share")
    assert tell(phone, under_way).json()["ok"]
    assert tell(phone, under_way, lon=121.7).json()["ok"]
    assert Position.objects.get().lon == 121.7
    assert etas.where(under_way)[0] == (121.7, 31.2)


def test_an_old_fix_is_not_reckoned_with(under_way, phone):
    phone(under_way).press("share")
    tell(phone, under_way)
    Position.objects.update(at=timezone.now() - timedelta(minutes=30))
    assert etas.where(under_way)[0] == (under_way.vehicle.lon, under_way.vehicle.lat)


def test_a_no_and_the_end_of_the_trip_take_it_away(under_way, phone):
    phone(under_way).press("share")
    tell(phone, under_way)
    phone(under_way).press("hide")
    assert not Position.objects.exists()
    phone(under_way).press("share")
    tell(phone, under_way)
    trips.abort(under_way, None, "爆胎")
    assert not Position.objects.exists()


def test_what_is_no_place_is_a_bad_request(under_way, phone):
    assert tell(phone, under_way, lon="nan").status_code == 400
    assert tell(phone, under_way, lat=200).status_code == 400


def test_the_driver_is_connected_with_whoever_receives(under_way, phone, stops_of):
    delivery = stops_of(under_way)[1]
    assert phone(under_way).press("call", delivery).json()["ok"]
    made = BridgedCall.objects.get()
    assert (made.first, made.second) == (str(under_way.driver.phone), people.numbers(delivery.case.person)[0])


def test_an_agreed_receiver_is_called_first(under_way, stops_of):
    delivery = stops_of(under_way)[1]
    receivers.agree(delivery.case, kind="neighbour", name="李", phone="+8613900000003", by=None, consent=True)
    assert calling.number_of(delivery) == "+8613900000003"


def test_a_driver_who_rings_the_hotline_on_the_way_to_a_door_may_mean_the_receiver(under_way, stops_of):
    number = str(under_way.driver.phone)
    assert calling.target_of(under_way.line, number) is None  # on the way to the shop
    trips.collect(stops_of(under_way)[0])
    target = calling.target_of(under_way.line, number)
    assert target
    assert target.number == calling.number_of(stops_of(under_way)[1])
    assert calling.target_of(under_way.line, "+8613800009999") is None


def test_the_page_never_shows_the_receivers_number(under_way, phone, stops_of):
    trips.collect(stops_of(under_way)[0])
    words = phone(under_way).words()
    assert people.numbers(stops_of(under_way)[1].case.person)[0] not in words
