"""How fast and how well a thousand ready cases are planned on sixty vehicles, from the database to the saved proposal.

The first plan of a process is told apart: it brings the solver's library into memory. Beside it in the same run, on the same
problem: a nearest-first greedy plan, and OR-Tools (requirements-dev.txt), for whom an hour of lateness costs by urgency what the
planner's own priorities say. Then problems of Li & Lim from ../shared/data/pdptw, where that is present, against the best known
values, at the level of search that the product would choose.
"""

from __future__ import annotations

import csv
import logging
import os
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.harness import Report, options
from hotline.embedded import throwaway

LI_LIM = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "pdptw"
SCALE = 100  # their distances are real numbers, VROOM's are whole
NOT_SERVED = 10_000


def main() -> int:
    quick = options(__doc__ or "").quick
    cases, vehicles = (300, 20) if quick else (1000, 60)
    with throwaway.services() as environment:
        os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings", "LOG_LEVEL": "WARNING"}
        import django

        django.setup()
        from django.core.management import call_command

        from bench import ready_city

        call_command("migrate", verbosity=0)
        line = ready_city.load(cases, vehicles)
        report = Report("planner", quick=quick)
        size = f"{cases:,} cases on {vehicles} vehicles"
        for _ in range(1 if quick else 3):
            with report.run():
                plan_in_database(report, line, size)
        compare(report, line, size, or_tools_seconds=8 if quick else 30)
    if LI_LIM.exists():
        li_lim(report, quick)
    else:
        print(f"{LI_LIM} is not here: the problems of Li & Lim are left out")
    return report.write()


def plan_in_database(report: Report, line: Any, size: str) -> None:
    from dispatch.planner.routing import Effort

    if not report.figures:
        report.figure(f"{size}, first plan of a process", plan_once(line, Effort(threads=4))[0], "s")
    for threads, target in ((4, "< 2"), (1, None)):
        took, plan = plan_once(line, Effort(threads=threads))
        report.figure(f"{size}, database to proposal, {threads} threads", took, "s", target)
        for stage, seconds in plan.figures["stages"].items():
            report.figure(f"  {stage}, {threads} threads", seconds, "s")


def plan_once(line: Any, effort: Any) -> tuple[float, Any]:
    """Seconds from the request to the saved proposal, and the plan."""
    from dispatch import planner

    asked = planner.ask(line, because="measured")
    started = time.perf_counter()
    plan = planner.propose(asked, effort)
    return time.perf_counter() - started, plan


def compare(report: Report, line: Any, size: str, or_tools_seconds: int) -> None:
    """The same problem for all: who is served, how late, how far."""
    from django.utils import timezone

    from dispatch.planner import problem as problems
    from dispatch.planner import routing

    problem = problems.read(line, timezone.now())
    answer = routing.solve(problem, routing.Effort(threads=4))
    ours = measures(problem, answer.routes)
    rivals = {"nearest first": measures(problem, nearest_first(problem))}
    try:
        rivals[f"OR-Tools, {or_tools_seconds} s"] = measures(problem, or_tools(problem, or_tools_seconds))
    except ModuleNotFoundError:
        print("\nOR-Tools is NOT INSTALLED: nothing is compared with it (pip install -r requirements-dev.txt)\n")
    for name, value in ours.items():
        report.figure(f"{size}, {name}", value, "")
        for rival, theirs in rivals.items():
            report.baseline(f"{size}, {name}", theirs[name], "", rival)
    wanted = sum(1 for order in problem.orders if order.level == 1)
    report.figure("level 1 reachable and not served", len(reachable(problem)) - ours["served at level 1"], "", "<= 0")
    print(f"{wanted} cases of level 1")


def reachable(problem: Any) -> dict[int, Any]:
    from dispatch.planner import roads, routing

    orders = sorted(problem.orders, key=lambda o: o.rank)
    return routing.straight_drives(problem.rides, orders, roads.of(problem)).latest()


def measures(problem: Any, routes: Iterable[Any]) -> dict[str, float]:
    from dispatch.planner.routes import HAND_OVER, is_late
    from dispatch.planner.routing import priority

    done = [t for route in routes for t in route.acts if t.act.kind == HAND_OVER]
    found: dict[str, float] = {"served": len(done)}
    for level in (1, 2, 3, 4):
        found[f"served at level {level}"] = sum(t.act.order.level == level for t in done)
    for level in (1, 2, 3, 4):
        # of those who could still be in time when the plan was made
        late = [hours_late(t) for t in done if t.act.order.level == level and could_be_in_time(t, problem)]
        found[f"hours late at level {level}, of those still in time at the start, mean"] = (
            round(sum(late) / len(late), 2) if late else 0
        )
    found["served, weighed by urgency"] = sum(priority(t.act.order, problem.now) for t in done)
    found["handed over late"] = sum(is_late(t) for t in done)
    waits = sorted((t.begins - problem.now).total_seconds() / 60 for t in done if t.act.order.level == 1)
    found["minutes until level 1 is served, median"] = round(waits[len(waits) // 2], 1) if waits else 0
    found["kilometres a delivery"] = round(sum(route.metres for route in routes) / 1000 / max(1, len(done)), 2)
    return found


def hours_late(timed: Any) -> float:
    needed_by = timed.act.order.needed_by
    return max(0.0, (timed.begins - needed_by).total_seconds() / 3600) if needed_by else 0.0


def could_be_in_time(timed: Any, problem: Any) -> bool:
    needed_by = timed.act.order.needed_by
    return needed_by is not None and needed_by > problem.now


def nearest_first(problem: Any) -> list[Any]:
    """Each vehicle in turn fetches and brings what is nearest to where it is: how one would do it without a planner."""
    from dispatch.planner import roads as roads_of
    from dispatch.planner.roads import can_take
    from dispatch.planner.routes import DoesNotFit, Route, direct, timetable
    from dispatch.planner.routing import end_with

    roads = roads_of.of(problem)
    routes, left = [Route(ride) for ride in problem.rides], list(problem.orders)
    moved = True
    while moved:
        moved = False
        for n, route in enumerate(routes):
            fits = [o for o in left if can_take(route.ride, o) and end_with(route, o, roads) <= route.ride.closes]
            for order in sorted(fits, key=lambda o: end_with(route, o, roads))[:3]:
                try:
                    routes[n] = timetable(route.ride, [*(t.act for t in route.acts), *direct(order)], roads)
                except DoesNotFit:
                    continue
                left.remove(order)
                moved = True
                break
    return routes


def or_tools(problem: Any, seconds: int) -> list[Any]:
    """The same vehicles, passes, capacities and windows for OR-Tools; leaving a case out costs its priority."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    from dispatch.planner import roads as roads_of
    from dispatch.planner.routes import COLLECT, HAND_OVER, Act, DoesNotFit, Route, service_of, setup_of, timetable
    from dispatch.planner.routing import priority, takers_of

    roads, rides, orders = roads_of.of(problem), problem.rides, problem.orders
    takers = takers_of(rides, orders)
    place = [roads.at(ride.start) for ride in rides]
    place += [roads.at(p) for order in orders for p in (order.pickup, order.delivery)]
    end = len(place)
    place.append(place[0])
    first = len(rides)
    manager = pywrapcp.RoutingIndexManager(len(place), len(rides), list(range(first)), [end] * first)
    model = pywrapcp.RoutingModel(manager)

    def standing(node: int) -> int:
        if node < first or node == end:
            return 0
        kind = COLLECT if (node - first) % 2 == 0 else HAND_OVER
        return service_of(kind)

    def transit(a: int, b: int) -> int:
        start, stop = manager.IndexToNode(a), manager.IndexToNode(b)
        if stop == end:
            return standing(start)
        moved = place[start] != place[stop]
        kind = COLLECT if (stop - first) % 2 == 0 else HAND_OVER
        return standing(start) + roads.seconds[place[start]][place[stop]] + (setup_of(kind) if moved else 0)

    transits = model.RegisterTransitCallback(transit)
    model.SetArcCostEvaluatorOfAllVehicles(transits)
    span = int(max((ride.closes - problem.now).total_seconds() for ride in rides))
    model.AddDimension(transits, span, span, False, "time")
    clock = model.GetDimensionOrDie("time")
    for n, ride in enumerate(rides):
        opens, closes = (int((at - problem.now).total_seconds()) for at in (ride.opens, ride.closes))
        clock.CumulVar(model.Start(n)).SetRange(opens, closes)
        clock.CumulVar(model.End(n)).SetRange(opens, closes)
    for part in range(3):
        amounts = [0] * first + [s * o.amount[part] for o in orders for s in (1, -1)] + [0]
        load = model.RegisterUnaryTransitCallback(lambda i, a=amounts: a[manager.IndexToNode(i)])
        model.AddDimensionWithVehicleCapacity(load, 0, [r.capacity[part] for r in rides], True, f"load{part}")
    for n, order in enumerate(orders):
        pickup, delivery = (manager.NodeToIndex(first + 2 * n + k) for k in (0, 1))
        model.AddPickupAndDelivery(pickup, delivery)
        model.solver().Add(model.VehicleVar(pickup) == model.VehicleVar(delivery))
        model.solver().Add(clock.CumulVar(pickup) <= clock.CumulVar(delivery))
        for index in (pickup, delivery):
            model.VehicleVar(index).SetValues([-1, *sorted(takers[n])])
            model.AddDisjunction([index], priority(order, problem.now) * NOT_SERVED)
        if order.needed_by is not None and order.needed_by > problem.now:
            due = int((order.needed_by - problem.now).total_seconds())
            clock.SetCumulVarSoftUpperBound(delivery, due, max(1, priority(order, problem.now) // 10))
    how = pywrapcp.DefaultRoutingSearchParameters()
    how.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    how.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.time_limit.seconds = seconds
    found = model.SolveWithParameters(how)
    routes = []
    for n, ride in enumerate(rides):
        index, acts = model.Start(n), []
        while found and not model.IsEnd(index):
            node = manager.IndexToNode(index)
            if first <= node < end:
                acts.append(Act(COLLECT if (node - first) % 2 == 0 else HAND_OVER, orders[(node - first) // 2]))
            index = found.Value(model.NextVar(index))
        try:
            routes.append(timetable(ride, acts, roads) if acts else Route(ride))
        except DoesNotFit as why:
            logging.warning("a route of OR-Tools does not hold: %s", why)
    return routes


# Li & Lim


def li_lim(report: Report, quick: bool) -> None:
    with (LI_LIM / "best_known.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: (int(row["vehicles"]), float(row["distance"])) for row in csv.DictReader(file)}
    paths = sorted(LI_LIM.glob("l*.txt"))
    gaps: dict[str, list[float]] = {}
    for path in paths[:: 4 if quick else 1]:
        fleet, distance, left, took, tasks = solve_li_lim(path)
        size = "100 tasks" if tasks <= 60 else "200 tasks" if tasks <= 120 else "400 tasks"
        gap = 100 * (distance / best[path.stem][1] - 1)
        gaps.setdefault(size, []).append(gap)
        report.figure(f"Li & Lim {size}: tasks left out", left, "")
        report.figure(f"Li & Lim {size}: seconds", took, "s", "< 2")
        print(
            f"{path.stem}: {fleet} vehicles ({best[path.stem][0]}), {gap:+.2f} % of {best[path.stem][1]:.0f}, {took:.2f} s"
        )
    for size, values in gaps.items():
        target = "<= 2" if size != "400 tasks" else None
        report.figure(f"Li & Lim {size}: distance over the best known, mean", sum(values) / len(values), "%", target)


def solve_li_lim(path: Path) -> tuple[int, float, int, float, int]:
    """(vehicles used, distance, tasks left out, seconds, pairs) by VROOM at the level the product would choose."""
    import numpy as np
    import vroom

    from dispatch.planner.routing import level_for
    from dispatch.planner.stages import PLAN_SECONDS

    rows = [[int(x) for x in line.split()] for line in path.read_text().splitlines() if line.strip()]
    (vehicles, capacity, _), nodes = rows[0], rows[1:]
    at = np.array([(node[1], node[2]) for node in nodes], dtype=float)
    metres = np.rint(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * SCALE).astype(np.uint32)
    task = vroom.Input()
    task.set_durations_matrix("car", metres)
    task.set_distances_matrix("car", metres)
    opens, closes = nodes[0][4] * SCALE, nodes[0][5] * SCALE
    task.add_vehicle(
        [
            vroom.Vehicle(
                id=n,
                start=0,
                end=0,
                capacity=vroom.Amount([capacity]),
                time_window=vroom.TimeWindow(opens, closes),
            )
            for n in range(vehicles)
        ]
    )
    pairs = 0
    for number, _x, _y, demand, ready, due, service, _pickup, delivery in nodes:
        if demand <= 0 or not delivery:
            continue
        pairs += 1
        other = nodes[delivery]
        task.add_shipment(
            vroom.ShipmentStep(
                number,
                number,
                default_service=service * SCALE,
                time_windows=[vroom.TimeWindow(ready * SCALE, due * SCALE)],
            ),
            vroom.ShipmentStep(
                number,
                delivery,
                default_service=other[6] * SCALE,
                time_windows=[vroom.TimeWindow(other[4] * SCALE, other[5] * SCALE)],
            ),
            amount=vroom.Amount([demand]),
        )
    started = time.perf_counter()
    found = task.solve(level_for(pairs), nb_threads=4, timeout=timedelta(seconds=PLAN_SECONDS))
    took = time.perf_counter() - started
    summary = found.summary
    return len(set(found.routes["vehicle_id"])), summary.distance / SCALE, summary.unassigned // 2, took, pairs


if __name__ == "__main__":
    sys.exit(main())
