"""Whatever is asked of it, no plan breaks a capacity, window, pass, fleet, break or shift, and nobody is served twice."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.planner import reasons, roads, routing
from tests.dispatch.planner.problems import (
    INFANT,
    ISLAND,
    MEDICINE,
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

DISTRICTS = (NORTH, SOUTH, ISLAND)
far = st.floats(-12, 12).map(lambda km: round(km, 1))


@st.composite
def rides(draw, number):
    opens = draw(st.floats(0, 3))
    hours = draw(st.floats(0.8, 6))
    has_meal = draw(st.booleans())
    return ride(
        number,
        categories=draw(st.sets(st.sampled_from([MEDICINE, INFANT]), min_size=1)),
        districts=draw(st.sets(st.sampled_from(DISTRICTS))),
        opens=opens,
        hours=hours,
        capacity=(draw(st.integers(1, 40)), draw(st.integers(1, 8)), draw(st.sampled_from([0, 3]))),
        start=place(draw(st.sampled_from([NORTH, SOUTH])), draw(far)),
        pauses=(pause(opens + hours * 0.3, opens + hours * 0.6),) if has_meal else (),
    )


@st.composite
def orders(draw, number):
    start = NOW + timedelta(hours=draw(st.floats(-2, 4)))
    return order(
        number,
        district=draw(st.sampled_from(DISTRICTS)),
        east=draw(far),
        level=draw(st.integers(1, 4)),
        needed_in=draw(st.floats(-5, 60)),
        category=draw(st.sampled_from([MEDICINE, INFANT])),
        amount=(draw(st.integers(1, 20)), draw(st.integers(1, 4)), draw(st.integers(0, 1))),
        pickup=place(draw(st.sampled_from([NORTH, SOUTH])), draw(far)),
        pickup_windows=(Window(start, start + timedelta(hours=draw(st.floats(0.2, 8)))),),
    )


@st.composite
def problems(draw):
    some_rides = [draw(rides(n)) for n in range(1, draw(st.integers(0, 4)) + 1)]
    some_orders = [draw(orders(n)) for n in range(1, draw(st.integers(0, 14)) + 1)]
    return problem(some_rides, some_orders)


@settings(max_examples=120, deadline=None)
@given(problems())
def test_no_plan_breaks_what_must_hold(asked):
    answer = routing.solve(asked, routing.Effort(threads=1))
    assert faults(asked, answer.routes) == []


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_case_is_on_a_trip_or_says_why_not(asked):
    answer = routing.solve(asked, routing.Effort(threads=1))
    served = {o.case for route in answer.routes for o in route.orders}
    said = {one.case: one for one in reasons.of_all(asked, answer)}
    assert served | set(said) == {o.case for o in asked.orders}
    assert not served & set(said)
    assert all(one.zh and one.en and "{" not in one.zh + one.en for one in said.values())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_level_one_is_there_as_soon_as_by_a_straight_drive(asked):
    by_urgency = sorted(asked.orders, key=lambda o: o.rank)
    straight = routing.straight_drives(asked.rides, by_urgency, roads.of(asked)).latest()
    answer = routing.solve(asked, routing.Effort(threads=1))
    begins = {t.act.order.case: t.begins for r in answer.routes for t in r.acts if t.act.kind == "delivery"}
    assert all(case in begins for case in straight)
    assert all(begins[case] <= latest for case, latest in straight.items())
