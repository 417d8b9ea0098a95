"""The dispatcher: a plan every five minutes, what leaves soon is let go, and what breaks down is called off."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bench.day import drivers, sweeps
from bench.day.day import Day
from bench.day.first_come import first_come

ACCEPT_AHEAD = timedelta(minutes=15)  # the dispatcher lets a vehicle go that starts within this time
REPAIR = timedelta(hours=3)


def plan(day: Day, *, last: bool) -> None:
    """The sweeps, a plan of what is ready, and what can leave soon is let go."""
    from dispatch import learning, planner
    from dispatch.models import Plan

    sweeps.sweep(day)
    if last:
        day.accepting = False
    if not day.accepting:
        return
    if day.now.minute == 0:
        learning.learn(day.line)
    started = time.perf_counter()
    asked = planner.ask(day.line, because="every five minutes")
    proposal = planner.propose(asked, solver=SOLVERS[day.policy])
    day.plan_seconds.append(time.perf_counter() - started)
    if proposal.state != Plan.State.PROPOSED:
        day.counted[f"plans {proposal.state}"] += 1
        return
    if proposal.joins and day.policy == "planner":  # who comes first is no question for the other
        day.counted["onto trips on the road"] += len(proposal.joins)
        press(day, f"/dispatch/plans/{proposal.pk}/join/", {})
    soon = day.now + ACCEPT_AHEAD
    leaving = [row["shift"] for row in proposal.trips if datetime.fromisoformat(row["starts_at"]) <= soon]
    if leaving:
        press(day, f"/dispatch/plans/{proposal.pk}/accept/", {"shift": leaving, "then": "release"})
    send_out(day, proposal)


def send_out(day: Day, plan: Any) -> None:
    for trip in plan.accepted_trips.filter(state="released"):
        day.counted["trips"] += 1
        day.at(trip.period.lower, partial(drivers.set_out, day, trip.pk))


def press(day: Day, path: str, fields: dict[str, Any]) -> None:
    day.counted["pages"] += 1
    answer = day.board.post(path, fields)
    if answer.status_code != 302:
        raise RuntimeError(f"{path}: {answer.status_code}")


def break_down(day: Day, vehicle: int) -> None:
    from dispatch.models import Trip

    day.counted["breakdowns"] += 1
    press(day, f"/dispatch/vehicles/{vehicle}/state/", {"state": "broken_down"})
    for pk in Trip.objects.filter(vehicle=vehicle, state__in=("planned", "released", "under_way")).values_list(
        "pk", flat=True
    ):
        press(day, f"/dispatch/trips/{pk}/abort/", {"reason": "broken down"})
    day.at(
        day.now + REPAIR,
        partial(press, day, f"/dispatch/vehicles/{vehicle}/state/", {"state": "in_service"}),
    )


def planned(problem: Any, effort: Any, watch: Any = None) -> Any:
    from dispatch.planner import routing

    return routing.solve(problem, routing.Effort(level=1, threads=1), watch)


SOLVERS = {"planner": planned, "first come": first_come}
