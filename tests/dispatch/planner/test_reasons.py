"""Why a case is on no trip, in words, and what would change it."""

from datetime import timedelta

from dispatch.planner import reasons, routing
from dispatch.planner.problem import Ends
from tests.dispatch.planner.problems import INFANT, ISLAND, MEDICINE, NORTH, NOW, SOUTH, Window, order, problem, ride


def said(rides, orders, **fields):
    asked = problem(rides, orders, **fields)
    return {one.case: one for one in reasons.of_all(asked, routing.solve(asked, routing.Effort(threads=1)))}


def test_no_pass_names_the_district():
    one = said([ride()], [order(1, district=ISLAND)])[1]
    assert one.code == "no_pass"
    assert "岛区" in one.zh
    assert "Island" in one.en


def test_no_vehicle_of_the_fleet_says_when_one_comes_on_duty():
    later = {MEDICINE: NOW + timedelta(hours=4)}
    one = said([ride(categories=[INFANT])], [order(1)], next_shift=later)[1]
    assert one.code == "no_vehicle"
    assert "14:00起有车上班" in one.zh
    assert "14:00" in one.en


def test_the_cold_box_is_named():
    assert said([ride(capacity=(400, 60, 0))], [order(1, amount=(1, 1, 1))])[1].code == "no_cold_box"


def test_more_than_a_vehicle_holds_has_to_be_split():
    assert said([ride()], [order(1, amount=(900, 1, 0))])[1].code == "too_big"


def test_a_certificate_that_lapses_too_early_says_when():
    one = said([ride(hours=0.8, ends=Ends.CERTIFICATE)], [order(1, district=SOUTH, east=9)])[1]
    assert one.code == "certificate"
    assert "11:03" in one.zh  # the ride is over a quarter of an hour before


def test_the_end_of_the_shift_is_told_from_a_lapsed_paper():
    assert said([ride(hours=0.8, ends=Ends.SHIFT)], [order(1, district=SOUTH, east=9)])[1].code == "shift"


def test_a_closed_counter_says_when_it_opens():
    window = Window(NOW + timedelta(hours=10), NOW + timedelta(hours=11))
    one = said([ride()], [order(1, pickup_windows=(window,))])[1]
    assert one.code == "closed"
    assert "康宁药房20:00才能取货" in one.zh


def test_full_says_until_when_and_how_many_come_first():
    orders = [order(n, district=SOUTH, east=9 - 2 * n, needed_in=40 + n) for n in range(1, 12)]
    why = said([ride(hours=1.6)], orders)
    last = why[max(why)]
    assert last.code == "full"
    assert f"前面还有{len(why) - 1}件更急的" in last.zh
    assert f"{len(why) - 1} more urgent ones come first" in last.en


def test_goods_that_nobody_confirmed_are_said_to_be_missing():
    assert said([ride()], [], missing=[(5, "no_goods")])[5].code == "no_goods"


def test_tomorrow_is_said_with_its_date():
    tomorrow = {MEDICINE: NOW + timedelta(hours=20)}
    one = said([ride(categories=[INFANT])], [order(1, district=NORTH)], next_shift=tomorrow)[1]
    assert "4月9日06:00" in one.zh
    assert "06:00 on 09 April" in one.en


def test_vehicles_that_are_out_are_full_until_the_first_is_back():
    back = {MEDICINE: NOW + timedelta(hours=2)}
    one = said([ride(categories=[INFANT])], [order(1)], back_at=back, next_shift={MEDICINE: NOW})[1]
    assert one.code == "full"
    assert "12:00" in one.en
