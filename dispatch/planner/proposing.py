"""One run of the planner: from the request to the saved proposal. One at a time per line, and the newest request wins."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cases import waiting
from dispatch.models import Plan
from dispatch.planner import problem as problems
from dispatch.planner import reasons, routing, stages
from dispatch.planner.problem import Problem
from dispatch.planner.routes import COLLECT, Route, Timed, is_late
from dispatch.planner.routing import Answer, Effort
from hotline import live

log = logging.getLogger(__name__)


Solver = Callable[[Problem, Effort, stages.Watch], Answer]


def propose(plan: Plan, effort: Effort = Effort(), solver: Solver = routing.solve) -> Plan:  # noqa: B008 frozen
    """Plans what is ready now and saves it as the proposal of this plan; older ones are superseded.

    A plan that is not asked for any more, or a line that is being planned at this moment, is left as it is.
    """
    with transaction.atomic():
        if not _alone(plan.line_id):
            return plan
        plan.refresh_from_db(from_queryset=Plan.objects.select_for_update(no_key=True, of=("self",)))
        if plan.state != Plan.State.ASKED:
            return plan
        answered = _requests_answered_too(plan)
        with stages.watch() as watch:
            problem = problems.read(plan.line, timezone.now())
            watch.stage("reading")
            answer = solver(problem, effort, watch)
            plan.joins = _joins(plan, problem, answer)
            watch.stage("joins")
            unserved = reasons.of_all(problem, answer)
            watch.stage("reasons")
            _save(plan, problem, answer, unserved)
            _supersede(plan, answered)
            plan.save()
            _explain(plan, answer, unserved)
            watch.stage("saving")
        plan.figures |= {"stages": watch.seconds, "all_seconds": watch.all_seconds}
        plan.save(update_fields=["figures"])
        live.publish("dispatch", plan=plan.pk)
    log.info("plan %s: %s of %s served", plan.pk, plan.figures.get("served"), plan.figures.get("orders"))
    return plan


def propose_by_id(plan_id: int) -> Plan | None:
    """The task: like propose, and what goes wrong is kept on the plan for the dispatcher to see."""
    plan = Plan.objects.select_related("line").filter(pk=plan_id, state=Plan.State.ASKED).first()
    if plan is None:
        return None
    try:
        return propose(plan)
    except Exception as error:
        log.exception("plan %s failed", plan_id)
        Plan.objects.filter(pk=plan_id, state=Plan.State.ASKED).update(
            state=Plan.State.FAILED, error=f"{type(error).__name__}: {error}"[:200]
        )
        live.publish("dispatch", plan=plan_id)
        return None


def propose_asked() -> int:
    """The sweep: of each line the newest plan asked for; older requests are answered with it."""
    asked = Plan.objects.filter(state=Plan.State.ASKED).order_by("id").values_list("line_id", "pk")
    newest = dict(asked)  # a later row of the same line takes the place of an earlier one
    for pk in newest.values():
        propose_by_id(pk)
    return len(newest)


def _alone(line_id: int) -> bool:
    """One planner per line at a time: whoever comes second leaves it to the first, or to the next sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"planner:{line_id}"])
        row = cursor.fetchone()
    return bool(row and row[0])


def _save(plan: Plan, problem: Problem, answer: Answer, unserved: list[reasons.Unserved]) -> None:
    plan.state = Plan.State.PROPOSED
    plan.proposed_at = timezone.now()
    plan.trips = [_trip(route) for route in answer.routes]
    plan.unserved = [one.row() for one in unserved]
    plan.figures = answer.figures | {
        "unserved": dict(Counter(one.code for one in unserved)),
        "served_by_level": dict(Counter(str(o.level) for route in answer.routes for o in route.orders)),
        "late": sum(is_late(t) for route in answer.routes for t in route.acts),
        "vehicles": len(problem.rides),
    }
    plan.error = ""


def _requests_answered_too(plan: Plan) -> list[int]:
    """Other requests whose cause is committed, and so will be read: this run answers them as well."""
    others = Plan.objects.filter(line_id=plan.line_id, state=Plan.State.ASKED).exclude(pk=plan.pk)
    return [other.pk for other in others.select_for_update(no_key=True, of=("self",), skip_locked=True).only("pk")]


def _supersede(plan: Plan, answered: list[int]) -> None:
    older = Q(pk__in=answered) | Q(line_id=plan.line_id, state=Plan.State.PROPOSED)
    Plan.objects.filter(older).exclude(pk=plan.pk).update(state=Plan.State.SUPERSEDED)


def _explain(plan: Plan, answer: Answer, unserved: list[reasons.Unserved]) -> None:
    """Tells each case why it waits; who is on a proposed trip waits for nothing more that could be named."""
    wanted = {one.case: {reasons.ZH: one.zh, reasons.EN: one.en} for one in unserved}
    served = {order.case for route in answer.routes for order in route.orders} | {row["case"] for row in plan.joins}
    waiting.explain_all(wanted | {case: {} for case in served})


def _joins(plan: Plan, problem: Problem, answer: Answer) -> list[dict[str, Any]]:
    """Urgent cases for trips on the road: of those, who is on no new trip either is not left out."""
    from dispatch.trips import joining  # it moves stops of trips, and whoever does that asks for a plan here

    rows = [join.row() for join in joining.propose(plan.line, problem, answer)]
    joined = {row["case"] for row in rows}
    answer.unserved = [order for order in answer.unserved if order.case not in joined]
    return rows


def _trip(route: Route) -> dict[str, Any]:
    acts = [timed for timed in route.acts if timed.act.order]
    return {
        "vehicle": route.ride.vehicle,
        "driver": route.ride.driver,
        "shift": route.ride.shift,
        "starts_at": route.ride.opens.isoformat(),  # to the microsecond: a paper may begin to hold at that instant
        "ends_at": _iso(acts[-1].leaves),
        "ends": str(route.ride.ends),
        "metres": route.metres,
        "stops": [_stop(timed) for timed in acts],
        "breaks": [
            {"at": _iso(t.begins), "minutes": t.act.pause.seconds // 60, "what": t.act.pause.what}
            for t in route.acts
            if t.act.pause
        ],
    }


def _stop(timed: Timed) -> dict[str, Any]:
    order = timed.act.order
    if order is None:
        raise ValueError("a stop is for a case")
    at_counter = timed.act.kind == COLLECT
    place = order.pickup if at_counter else order.delivery
    window = next((w for w in order.pickup_windows if w.start <= timed.begins < w.end), None) if at_counter else None
    return {
        "kind": timed.act.kind,
        "case": order.case,
        "pickup_point": order.pickup_point if at_counter else None,
        "sourcing": order.sourcing if at_counter else None,
        "lon": place.point[0],
        "lat": place.point[1],
        "eta": _iso(timed.begins),
        "window_from": _iso(window.start) if window else None,
        "window_until": _iso(window.end) if window else (_iso(order.needed_by) if order.needed_by else None),
        "late": is_late(timed),
        "late_minutes": _minutes_late(timed),
    }


def _minutes_late(timed: Timed) -> int:
    """After it was needed: whoever cannot be served in time is served late, and the proposal says by how much."""
    order = timed.act.order
    if order is None or order.needed_by is None or not is_late(timed):
        return 0
    return round((timed.begins - order.needed_by).total_seconds() / 60)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
