"""Which vehicle goes where: worked examples of what a dispatcher would insist on."""

from datetime import timedelta

from dispatch.planner import routing
from tests.dispatch.planner.problems import (
    INFANT,
    ISLAND,
    NORTH,
    NOW,
    SOUTH,
    Window,
    faults,
    order,
    pause,
    place,
    problem,
    ride,
)


def solve(*args, **fields):
    asked = problem(*args, **fields)
    answer = routing.solve(asked, routing.Effort(threads=1))
    assert faults(asked, answer.routes) == []
    return answer


def served(answer):
    return {o.case for route in answer.routes for o in route.orders}


def handed_over(answer, case):
    return next(
        t.begins for r in answer.routes for t in r.acts if t.act.kind == "delivery" and t.act.order.case == case
    )


def test_one_case_is_collected_and_handed_over():
    answer = solve([ride()], [order(7, east=3)])
    assert [(t.act.kind, t.act.order.case) for t in answer.routes[0].acts] == [("pickup", 7), ("delivery", 7)]


def test_nothing_ready_and_nobody_on_duty_are_plans_too():
    assert solve([ride()], []).routes == []
    assert [o.case for o in solve([], [order(1)]).unserved] == [1]


def test_only_a_vehicle_of_the_fleet_takes_it():
    answer = solve([ride(1, categories=[INFANT])], [order(1)])
    assert served(answer) == set()


def test_only_a_vehicle_with_the_pass_takes_it():
    rides = [ride(1, districts=[NORTH]), ride(2, districts=[NORTH, SOUTH, ISLAND])]
    answer = solve(rides, [order(1, district=ISLAND)])
    assert [r.ride.vehicle for r in answer.routes] == [2]


def test_only_a_cold_box_takes_what_needs_cooling():
    rides = [ride(1, capacity=(400, 60, 0)), ride(2)]
    answer = solve(rides, [order(1, amount=(1, 1, 1))])
    assert [r.ride.vehicle for r in answer.routes] == [2]


def test_what_is_more_than_a_vehicle_holds_is_left():
    assert served(solve([ride()], [order(1, amount=(900, 1, 0))])) == set()


def test_goods_are_not_collected_before_they_are_ready():
    answer = solve([ride()], [order(1, ready_in=2)])
    assert answer.routes[0].acts[0].begins >= NOW + timedelta(hours=2)


def test_a_ride_that_ends_soon_takes_only_what_it_can_finish():
    orders = [order(n, district=SOUTH, east=4 * n) for n in range(1, 12)]
    answer = solve([ride(hours=1.5)], orders)
    assert 0 < len(served(answer)) < len(orders)


def test_a_level_one_case_is_driven_to_before_a_shorter_tour():
    near = [order(n, east=0.4 * n) for n in range(1, 15)]
    far = order(99, district=SOUTH, east=9, level=1, needed_in=4)
    answer = solve([ride()], [*near, far])
    alone = solve([ride()], [far])
    assert handed_over(answer, 99) <= handed_over(alone, 99) + routing.TOLERANCE


def test_a_level_one_case_is_not_given_up_for_many_others():
    """Priorities add up in VROOM: dozens of lesser cases would outweigh one. They must not."""
    near = [order(n, east=0.2 * n, level=2, needed_in=2) for n in range(1, 25)]
    far = order(99, district=ISLAND, level=1, needed_in=4)
    answer = solve([ride(hours=3.4, districts=[NORTH, SOUTH, ISLAND])], [*near, far])
    assert 99 in served(answer)


def test_two_level_one_cases_are_taken_by_two_vehicles_at_once():
    orders = [order(1, district=SOUTH, east=-9, level=1), order(2, district=SOUTH, east=9, level=1)]
    answer = solve([ride(1), ride(2)], orders)
    assert len(answer.routes) == 2


def test_among_the_rest_the_least_slack_is_served():
    orders = [order(n, district=SOUTH, east=8, needed_in=72) for n in range(1, 9)]
    orders.append(order(50, district=NORTH, east=-9, needed_in=2.5))
    answer = solve([ride(hours=1.2)], orders)
    assert 50 in served(answer)


def test_what_can_be_in_time_is_in_time():
    orders = [order(n, east=n, needed_in=40) for n in range(1, 8)]
    orders.append(order(60, district=SOUTH, east=6, needed_in=1.2))
    answer = solve([ride()], orders)
    assert handed_over(answer, 60) < NOW + timedelta(hours=1.2)


def test_what_cannot_be_in_time_is_served_late_and_not_dropped():
    answer = solve([ride()], [order(1, district=SOUTH, needed_in=0.2)])
    assert handed_over(answer, 1) > NOW + timedelta(hours=0.2)


def test_one_community_is_one_stop():
    """Cases of one gate are handed over one after another (小区集单)."""
    orders = [order(n, district=SOUTH, east=5) for n in (1, 2, 3)] + [order(n, east=n) for n in (4, 5)]
    acts = [t.act for t in solve([ride()], orders).routes[0].acts]
    at_gate = [n for n, act in enumerate(acts) if act.kind == "delivery" and act.order.case in (1, 2, 3)]
    assert at_gate == list(range(at_gate[0], at_gate[0] + 3))


def test_the_driver_gets_the_meal():
    orders = [order(n, district=SOUTH, east=2 * n) for n in range(1, 12)]
    acts = solve([ride(pauses=(pause(1.5, 3),))], orders).routes[0].acts
    assert [t.act.pause.what for t in acts if t.act.pause] == ["meal"]


def test_a_closed_counter_is_waited_for():
    later = Window(NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    answer = solve([ride()], [order(1, pickup_windows=(later,))])
    assert later.start <= answer.routes[0].acts[0].begins < later.end


def test_a_ride_starts_where_the_vehicle_is():
    there = ride(2, start=place(SOUTH, 10))
    here = ride(1, start=place(SOUTH, -20))
    answer = solve([here, there], [order(1, district=SOUTH, east=12, pickup=place(SOUTH, 11), level=1)])
    assert [r.ride.vehicle for r in answer.routes] == [2]
