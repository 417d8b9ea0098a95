"""The other policy: no planner."""

from __future__ import annotations

from typing import Any

MOST_AT_ONCE, MOST_MISSES = 12, 4


def first_come(problem: Any, effort: Any = None, watch: Any = None) -> Any:
    """What a dispatcher does without a planner: each vehicle takes the oldest requests that it may take, collects them on one
    round and brings them by the nearest next gate. Same papers, capacities, windows and hours."""
    from dispatch.planner import roads as roads_of
    from dispatch.planner.roads import can_take
    from dispatch.planner.routes import DoesNotFit, Route, timetable
    from dispatch.planner.routing import Answer

    roads = roads_of.of(problem)
    left = sorted(problem.orders, key=lambda order: order.case)
    routes = []
    for ride in sorted(problem.rides, key=lambda ride: ride.opens):
        taken: list[Any] = []
        route, misses = Route(ride), 0
        for order in left:
            if len(taken) >= MOST_AT_ONCE or misses >= MOST_MISSES:
                break
            if not can_take(ride, order):
                continue
            try:
                route = timetable(ride, _round([*taken, order], roads), roads)
            except DoesNotFit:
                misses += 1
                continue
            taken.append(order)
        left = [order for order in left if order not in taken]
        routes.append(route)
    served = {order.case for route in routes for order in route.orders}
    return Answer(
        routes=[route for route in routes if route.orders],
        unserved=[order for order in problem.orders if order.case not in served],
        figures={"orders": len(problem.orders), "served": len(served), "rides": len(problem.rides)},
        roads=roads,
    )


def _round(orders: list[Any], roads: Any) -> list[Any]:
    from dispatch.planner.routes import COLLECT, HAND_OVER, Act

    by_counter: dict[int, list[Any]] = {}
    for order in orders:
        by_counter.setdefault(order.pickup_point, []).append(order)
    collects = [order for group in by_counter.values() for order in group]
    acts, here, left = [Act(COLLECT, order) for order in collects], roads.at(collects[-1].pickup), list(orders)
    while left:
        nearest = min(left, key=lambda order: roads.seconds[here][roads.at(order.delivery)])
        left.remove(nearest)
        acts.append(Act(HAND_OVER, nearest))
        here = roads.at(nearest.delivery)
    return acts
