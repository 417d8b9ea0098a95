"""A dispatcher drags a stop: what it costs and breaks before, the move itself, and two dispatchers at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import Case
from dispatch import integrity, trips
from dispatch.models import Instruction, Permit, Stop, TestCertificate, Trip
from hotline.models import Message
from tests.factories.cases import AddressFactory, CommunityFactory, DistrictFactory
from tests.factories.dispatch import ShiftFactory, TripFactory, VehicleFactory, ready_case, trip_with
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


def case_at(lon, lat, **fields):
    community = CommunityFactory(name=f"小区 {lon} {lat}", lon=lon, lat=lat)
    return ready_case(address=AddressFactory(community=community), **fields)


def order_of(trip):
    open_stops = trip.stops.filter(state__in=["planned", "arrived"]).order_by("sequence")
    return [(stop.kind[0], stop.case_id) for stop in open_stops]


def delivery_of(case):
    return Stop.objects.get(case=case, kind="delivery", state__in=["planned", "arrived"])


def released(trip, dispatcher):
    trips.release(trip, dispatcher)
    return trip


@pytest.fixture
def two(dispatcher):
    """Two planned trips with two cases each."""
    cases = [case_at(121.50 + n / 100, 31.25 + n / 100) for n in range(4)]
    return trip_with(*cases[:2]), trip_with(*cases[2:]), cases


def test_the_preview_says_what_it_costs_and_how_late_others_become(two):
    _here, there, cases = two
    seen = trips.preview(cases[0], there, before=delivery_of(cases[2]).pk)
    assert seen.metres != 0
    assert seen.becomes is not None
    assert cases[2] in [row.case for row in seen.later]
    assert all(row.minutes >= 2 for row in seen.later)


def test_the_preview_changes_nothing(two):
    here, there, cases = two
    trips.preview(cases[0], there)
    assert order_of(here) == [("p", cases[0].pk), ("p", cases[1].pk), ("d", cases[0].pk), ("d", cases[1].pk)]


def test_a_case_goes_to_another_vehicle_with_its_pickup(two, dispatcher):
    here, there, cases = two
    trips.move(cases[0], there, by=dispatcher)
    assert order_of(here) == [("p", cases[1].pk), ("d", cases[1].pk)]
    moved = order_of(there)
    assert moved[-1] == ("d", cases[0].pk)
    assert moved.index(("p", cases[0].pk)) < moved.index(("d", cases[0].pk))


def test_what_was_shown_is_what_happens(two, dispatcher):
    _here, there, cases = two
    seen = trips.preview(cases[0], there, before=delivery_of(cases[3]).pk)
    trips.move(cases[0], there, by=dispatcher, before=delivery_of(cases[3]).pk, seen=seen.seen)
    assert abs(delivery_of(cases[0]).eta - seen.becomes) < timedelta(minutes=1)


def test_a_delivery_moves_within_its_trip(two, dispatcher):
    here, _there, cases = two
    trips.move(cases[1], here, by=dispatcher, before=delivery_of(cases[0]).pk)
    assert order_of(here)[2:] == [("d", cases[1].pk), ("d", cases[0].pk)]


def test_nothing_is_handed_over_before_it_is_collected(two, dispatcher):
    here, _there, cases = two
    first = here.stops.order_by("sequence").first()
    with pytest.raises(trips.Refused, match=cases[0].number):
        trips.move(cases[0], here, by=dispatcher, before=first.pk, reason="试试")


def test_a_ready_case_is_put_on_a_trip_by_hand(two, dispatcher):
    here, _there, _cases = two
    late = case_at(121.55, 31.29)
    trips.move(late, here, by=dispatcher)
    assert order_of(here)[-1] == ("d", late.pk)
    late.refresh_from_db()
    assert late.state == "ready"


def test_without_a_permit_it_is_refused_whatever_the_reason(two, dispatcher):
    _here, there, cases = two
    Permit.objects.filter(vehicle=there.vehicle).update(withdrawn_at=timezone.now())
    assert trips.preview(cases[0], there).hard
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher, reason="领导要求")


def test_past_the_end_of_the_certificate_it_is_refused(two, dispatcher):
    _here, there, cases = two
    TestCertificate.objects.filter(driver=there.driver).update(valid_until=timezone.now() + timedelta(minutes=5))
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher, reason="领导要求")


def test_what_a_vehicle_cannot_hold_is_refused(two, dispatcher):
    _here, there, cases = two
    type(there.vehicle).objects.filter(pk=there.vehicle_id).update(capacity_boxes=2)
    there.vehicle.refresh_from_db()
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher, reason="领导要求")


def test_what_needs_cooling_goes_on_no_vehicle_without_a_cold_box(two, dispatcher):
    _here, there, cases = two
    cases[0].needs.update(needs_cooling=True)
    there.vehicle.cold_box = False
    there.vehicle.save()
    assert any(there.vehicle.plate in words for words in trips.preview(cases[0], there).hard)


def test_past_the_end_of_the_shift_it_needs_a_reason(two, dispatcher):
    _here, there, cases = two
    there.shift = ShiftFactory(
        vehicle=there.vehicle, driver=there.driver, ends_at=timezone.now() + timedelta(minutes=1)
    )
    there.save()
    known = {one.code for one in trips.preview(cases[2], there).against}
    assert "shift" not in known  # it is so already: nothing new
    other = TripFactory(shift=ShiftFactory(ends_at=timezone.now() + timedelta(minutes=1)))
    seen = trips.preview(cases[0], other)
    assert [one.code for one in seen.against] == ["shift"]
    with pytest.raises(trips.Refused):
        trips.move(cases[0], other, by=dispatcher)
    trips.move(cases[0], other, by=dispatcher, reason="司机同意加班")
    assert delivery_of(cases[0]).trip == other


def test_an_agent_may_not(two):
    _here, there, cases = two
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=UserFactory(role="agent"))


def test_a_trip_that_changed_since_it_was_looked_at_is_looked_at_again(two, dispatcher):
    here, there, cases = two
    seen = trips.preview(cases[0], there)
    trips.move(cases[1], there, by=dispatcher)
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher, seen=seen.seen)
    assert delivery_of(cases[0]).trip == here


def test_the_last_case_leaves_and_the_trip_is_over(dispatcher):
    here, there = trip_with(case_at(121.51, 31.26)), trip_with(case_at(121.52, 31.27))
    case = Case.objects.get(stops__trip=here, stops__kind="delivery")
    trips.move(case, there, by=dispatcher)
    here.refresh_from_db()
    assert here.state == "aborted"


def test_who_moved_it_and_why_is_in_the_history_of_stop_and_case(two, dispatcher):
    _here, there, cases = two
    trips.move(cases[0], there, by=dispatcher, reason="顺路")
    last = delivery_of(cases[0]).history.first()
    assert (last.history_user, last.trip_id) == (dispatcher, there.pk)
    assert "顺路" in last.history_change_reason
    assert any("顺路" in (row.history_change_reason or "") for row in Case.objects.get(pk=cases[0].pk).history.all())


def test_joining_a_released_trip_promises_and_tells(two, dispatcher, templates):
    _here, there, cases = two
    released(there, dispatcher)
    trips.move(cases[0], there, by=dispatcher)
    cases[0].refresh_from_db()
    assert cases[0].state == "planned"
    assert Message.objects.filter(topic=f"case:{cases[0].pk}", purpose="planned").count() == 1


def test_the_driver_of_a_changed_trip_is_told_once(two, dispatcher, templates):
    _here, there, cases = two
    released(there, dispatcher)
    trips.move(cases[0], there, by=dispatcher)
    assert Message.objects.filter(topic=f"trip:{there.pk}", purpose="driver_trip_changed").count() == 1


def test_between_released_trips_a_window_that_holds_is_not_told_anew(two, dispatcher, templates):
    here, there, cases = two
    released(here, dispatcher)
    released(there, dispatcher)
    trips.move(cases[0], there, by=dispatcher, reason="顺路")
    purposes = list(Message.objects.filter(topic=f"case:{cases[0].pk}").values_list("purpose", flat=True))
    assert purposes == ["planned"]
    assert not list(integrity.cases_and_trips_agree())


def test_a_broken_promise_needs_a_reason_and_moves_with_the_told_one(two, dispatcher, templates):
    here, there, cases = two
    released(here, dispatcher)
    released(there, dispatcher)
    soon = timezone.now() + timedelta(minutes=20)
    Stop.objects.filter(case=cases[0], kind="delivery").update(window_until=soon)
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher)
    trips.move(cases[0], there, by=dispatcher, reason="另一车坏了", because="road")
    told = Message.objects.get(topic=f"case:{cases[0].pk}", purpose="moved")
    assert "道路或卡口临时关闭" in told.body
    assert "另一车坏了" not in told.body
    assert delivery_of(cases[0]).window_until > soon


def test_from_the_road_to_a_released_trip_the_case_is_promised_anew(two, dispatcher, templates):
    here, there, cases = two
    released(here, dispatcher)
    trips.start(here, dispatcher)
    released(there, dispatcher)
    trips.move(cases[0], there, by=dispatcher, reason="顺路")
    cases[0].refresh_from_db()
    assert (cases[0].state, delivery_of(cases[0]).trip) == ("planned", there)
    assert not list(integrity.cases_and_trips_agree())
    assert not list(integrity.cases_are_on_one_stop())


def test_goods_on_board_are_not_dragged_to_another_vehicle(two, dispatcher):
    here, there, cases = two
    released(here, dispatcher)
    trips.start(here, dispatcher)
    trips.collect(here.stops.get(case=cases[0], kind="pickup"))
    with pytest.raises(trips.Refused):
        trips.move(cases[0], there, by=dispatcher, reason="顺路")


def test_a_pin_is_moved_with_a_reason_only_and_ends(two, dispatcher):
    here, there, cases = two
    trips.pin(cases[0], here.vehicle, by=UserFactory(role="dispatcher", name="老陈"), reason="司机认识路")
    with pytest.raises(trips.Refused, match="老陈"):
        trips.move(cases[0], there, by=dispatcher)
    trips.move(cases[0], there, by=dispatcher, reason="车要保养")
    assert Instruction.objects.get(case=cases[0]).ended_by == dispatcher


def test_a_vehicle_without_a_pass_for_the_district_is_named(two):
    _here, _there, cases = two
    far = DistrictFactory(slug="chongming", name="崇明区", lon=121.4, lat=31.6)
    cases[0].address.community.district = far
    cases[0].address.community.save()
    narrow = TripFactory(vehicle=VehicleFactory(districts=[DistrictFactory()]))
    assert any("崇明" in words for words in trips.preview(Case.objects.get(pk=cases[0].pk), narrow).hard)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_at_once_and_the_case_is_on_one_trip(db):
    first, second = (UserFactory(role="dispatcher") for _ in range(2))
    case = case_at(121.51, 31.26)
    targets = [TripFactory(), TripFactory()]
    ready = Barrier(2)
    refused = []

    def press(trip, by):
        try:
            ready.wait(30)
            trips.move(Case.objects.get(pk=case.pk), Trip.objects.get(pk=trip.pk), by=by, seen=f"{trip.pk}p")
        except trips.Refused as no:
            refused.append(no)
        finally:
            connection.close()

    threads = [Thread(target=press, args=pair) for pair in zip(targets, (first, second), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
    assert Stop.objects.filter(case=case, kind="delivery", state="planned").count() == 1
