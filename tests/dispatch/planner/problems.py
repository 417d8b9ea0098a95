"""Problems without a database, for the planner's tests: a small flat city with ten minutes from corner to corner."""

from datetime import UTC, datetime, timedelta

from dispatch.planner.problem import Ends, Order, Pause, Place, Problem, Ride, Window
from dispatch.travel import Conditions

NOW = datetime(2022, 4, 8, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
MEDICINE, INFANT = 1, 2
NORTH, SOUTH, ISLAND = 1, 2, 3
ROADS = Conditions(neighbours={NORTH: [SOUTH], SOUTH: [NORTH, ISLAND], ISLAND: [SOUTH]})
LAT = {NORTH: 31.30, SOUTH: 31.20, ISLAND: 31.65}


def place(district=NORTH, east=0.0):
    """A place in the district, `east` kilometres from its counter."""
    return Place((121.45 + east / 95.0, LAT[district]), district)


def ride(number=1, *, categories=(MEDICINE,), districts=(NORTH, SOUTH), hours=5.0, opens=0.0, **fields):
    opens_at = NOW + timedelta(hours=opens)
    return Ride(
        **{
            "vehicle": number,
            "driver": number,
            "shift": number,
            "plate": f"沪A·{number:05d}",
            "categories": frozenset(categories),
            "districts": frozenset(districts),
            "capacity": (400, 60, 20),
            "start": place(),
            "opens": opens_at,
            "closes": opens_at + timedelta(hours=hours),
            "ends": Ends.TRIP,
        }
        | fields
    )


def order(number, *, district=NORTH, east=0.0, level=3, needed_in=48.0, due_in=None, ready_in=0.0, **fields):
    hours = needed_in - 3 if due_in is None else due_in
    return Order(
        **{
            "case": number,
            "level": level,
            "due_at": NOW + timedelta(hours=hours),
            "needed_by": NOW + timedelta(hours=needed_in),
            "category": MEDICINE,
            "amount": (2, 1, 0),
            "pickup": place(),
            "pickup_point": 1,
            "sourcing": number,
            "pickup_windows": (Window(NOW + timedelta(hours=ready_in), NOW + timedelta(hours=24)),),
            "delivery": place(district, east),
        }
        | fields
    )


def problem(rides, orders, **fields):
    return Problem(
        **{
            "now": NOW,
            "rides": list(rides),
            "orders": list(orders),
            "conditions": ROADS,
            "district_names": {NORTH: ("北区", "North"), SOUTH: ("南区", "South"), ISLAND: ("岛区", "Island")},
            "category_names": {MEDICINE: ("药品", "medicine"), INFANT: ("母婴", "infant goods")},
            "point_names": {1: "康宁药房"},
        }
        | fields
    )


def pause(start, end, minutes=30):
    return Pause(Window(NOW + timedelta(hours=start), NOW + timedelta(hours=end)), minutes * 60)


def faults(asked, routes):
    """Everything in which these routes break the problem they answer; checked without the planner's own reckoning."""
    found = []
    served = [o.case for r in routes for o in r.orders]
    found += [f"case {case} served twice" for case in set(served) if served.count(case) > 1]
    seen = [r.ride.vehicle for r in routes]
    found += [f"vehicle {v} used twice" for v in set(seen) if seen.count(v) > 1]
    for route in routes:
        found += _route_faults(route)
    return found


def _route_faults(route):
    load, on_board, handed_over = [0, 0, 0], set(), set()
    at = route.ride.opens
    for timed in route.acts:
        o = timed.act.order
        if timed.begins < at or timed.leaves < timed.begins:
            yield "time runs backwards"
        at = timed.leaves
        if timed.leaves > route.ride.closes or timed.arrives < route.ride.opens:
            yield f"vehicle {route.ride.vehicle} drives outside its ride"
        if o is None:
            w = timed.act.pause.window
            if not w.start <= timed.begins <= w.end:
                yield "break outside its window"
            continue
        where = o.pickup if timed.act.kind == "pickup" else o.delivery
        if where.district not in route.ride.districts:
            yield f"no pass for {where.district}"
        if o.category not in route.ride.categories:
            yield "wrong fleet"
        if timed.act.kind == "pickup":
            if not any(w.start <= timed.begins < w.end for w in o.pickup_windows):
                yield f"case {o.case}: the counter is closed"
            on_board.add(o.case)
            load = [a + b for a, b in zip(load, o.amount, strict=True)]
            if any(a > room for a, room in zip(load, route.ride.capacity, strict=True)):
                yield "over capacity"
        else:
            if o.case not in on_board:
                yield f"case {o.case}: handed over before it is collected"
            handed_over.add(o.case)
            load = [a - b for a, b in zip(load, o.amount, strict=True)]
    if on_board != handed_over:
        yield "goods left on board"
    for missed in route.ride.pauses:
        if at > missed.window.end and missed not in {t.act.pause for t in route.acts}:
            yield "a meal was skipped"
    had = {t.act.pause for t in route.acts if t.act.pause}
    if had - set(route.ride.pauses):
        yield "a break that nobody asked for"
