"""What one more vehicle, driver or pass would serve: the present problem is planned again with it, beside the same without.

Both searches are of the same kind, one after the other, so that what differs is what was added. Done in the worker; nothing of
it becomes a plan.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from dispatch.models import Fleet, Shift, Trial, Vehicle
from dispatch.planner import problem as problems
from dispatch.planner import reasons, routing
from dispatch.planner.problem import LEAD, TRIP_HOURS, Ends, Place, Problem, Ride
from hotline import live
from hotline.models import Line, User
from hotline.wake import wake

log = logging.getLogger(__name__)
EFFORT = routing.Effort(level=0, threads=1)
MOST_VARIANTS = 4  # of each kind, so that the answer is there in seconds
OF_ANOTHER = -1  # the number of a vehicle, driver or shift that is not there yet
ZH, EN = reasons.ZH, reasons.EN


@dataclass(frozen=True)
class Variant:
    """The rides as they would be, and what was added, in both languages."""

    rides: list[Ride]
    zh: str
    en: str


def ask(line: Line, what: str, by: User | None = None) -> Trial:
    """Asks for a trial; asking while one is asked for is asking once."""
    from dispatch.tasks import run_trial

    with transaction.atomic():
        trial, _new = Trial.objects.get_or_create(
            line=line, what=what, state=Trial.State.ASKED, defaults={"asked_by": by}
        )
        wake(run_trial, trial.pk)
    return trial


def run_asked() -> int:
    """The sweep: trials whose nudge was lost."""
    waiting = list(Trial.objects.filter(state=Trial.State.ASKED).order_by("id").values_list("pk", flat=True)[:5])
    for pk in waiting:
        run(pk)
    return len(waiting)


def run(trial_id: int) -> Trial | None:
    """Plans with each variant and keeps what each would serve beyond the plan as it is."""
    with transaction.atomic():
        trial = (
            Trial.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("line")
            .filter(pk=trial_id, state=Trial.State.ASKED)
            .first()
        )
        if trial is None:
            return None
        try:
            problem = problems.read(trial.line, timezone.now())
            trial.served, trial.results = results(problem, list(VARIANTS[trial.what](problem, trial.line)))
            trial.state = Trial.State.DONE
        except Exception:
            log.exception("trial %s failed", trial_id)
            trial.state = Trial.State.FAILED
        trial.done_at = timezone.now()
        trial.save()
        live.publish("dispatch", trial=trial.pk)
    return trial


def results(problem: Problem, variants: list[Variant]) -> tuple[int, list[dict[str, Any]]]:
    """How many are served as it is, and each variant with how many more, the best first."""
    before = _served(problem)
    found = []
    for variant in variants[:MOST_VARIANTS]:
        after = _served(replace(problem, rides=variant.rides))
        more = {str(level): n for level, n in sorted((after - before).items())}
        found.append({ZH: variant.zh, EN: variant.en, "more": after.total() - before.total(), "by_level": more})
    return before.total(), sorted(found, key=lambda row: -row["more"])


def _served(problem: Problem) -> Counter[int]:
    answer = routing.solve(problem, EFFORT)
    return Counter(order.level for route in answer.routes for order in route.orders)


def _vehicles(problem: Problem, line: Line) -> Iterator[Variant]:
    """One more of each fleet, with the fleet's passes taken together, on duty from now for one trip."""
    fleets = Fleet.objects.filter(line=line).prefetch_related("categories").order_by("pk")
    for fleet in fleets:
        categories = frozenset(category.pk for category in fleet.categories.all())
        like = [ride for ride in problem.rides if ride.categories & categories] or problem.rides
        base = Vehicle.objects.filter(fleets=fleet).order_by("pk").first()
        if not categories or (not like and base is None):
            continue
        districts = frozenset().union(*(ride.districts for ride in like)) or frozenset(problem.district_names)
        place = Place((base.lon, base.lat), None) if base else like[0].start
        capacity = like[0].capacity if like else problems.capacity_of(base) if base else (500, 60, 0)
        ride = _new(problem, categories, districts, capacity, place)
        yield Variant(
            [*problem.rides, ride], f"{fleet.name}多一辆车", f"one more vehicle of {fleet.name_en or fleet.name}"
        )


def _drivers(problem: Problem, line: Line) -> Iterator[Variant]:
    """A driver for each vehicle that stands without one."""
    now = problem.now
    on_duty = Shift.objects.filter(starts_at__lt=now + TRIP_HOURS, ends_at__gt=now + LEAD).values("vehicle")
    idle = Vehicle.objects.filter(line=line, state=Vehicle.State.IN_SERVICE).exclude(pk__in=on_duty)
    for vehicle in idle.prefetch_related("fleets__categories").order_by("pk")[:MOST_VARIANTS]:
        districts = problems.permitted_districts(vehicle, problem)
        ride = _new(
            problem,
            problems.categories_of(vehicle),
            districts,
            problems.capacity_of(vehicle),
            Place((vehicle.lon, vehicle.lat), None),
        )
        yield Variant([*problem.rides, ride], f"{vehicle.plate}多一位司机", f"a driver for {vehicle.plate}")


def _passes(problem: Problem, line: Line) -> Iterator[Variant]:
    """For each district where most is left out for want of a pass, the pass for the vehicle that could use it most."""
    answer = routing.solve(problem, EFFORT)
    left: Counter[int] = Counter()
    for order in answer.unserved:
        left.update({d for d in (order.delivery.district, order.pickup.district) if d is not None})
    busy = {id(route.ride): route.ends_at for route in answer.routes}
    for district, _count in left.most_common(MOST_VARIANTS):
        wanted = Counter(o.category for o in answer.unserved if district in (o.delivery.district, o.pickup.district))
        without = [(n, r) for n, r in enumerate(problem.rides) if district not in r.districts]
        able = [(n, r) for n, r in without if any(category in r.categories for category in wanted)]
        if not able:
            continue
        n, ride = max(
            able,
            key=lambda one: (
                sum(wanted[category] for category in one[1].categories),
                one[1].closes - busy.get(id(one[1]), one[1].opens),
            ),
        )
        rides = list(problem.rides)
        rides[n] = replace(ride, districts=ride.districts | {district})
        zh, en = problem.district_names.get(district, ("", ""))
        yield Variant(rides, f"{ride.plate}多一张{zh}的通行证", f"a pass for {en} on {ride.plate}")


VARIANTS: dict[str, Callable[[Problem, Line], Iterator[Variant]]] = {
    Trial.What.VEHICLE: _vehicles,
    Trial.What.DRIVER: _drivers,
    Trial.What.PASS: _passes,
}


def _new(
    problem: Problem,
    categories: frozenset[int],
    districts: frozenset[int],
    capacity: problems.Amount,
    place: Place,
) -> Ride:
    opens = problem.now + LEAD
    return Ride(
        vehicle=OF_ANOTHER,
        driver=OF_ANOTHER,
        shift=OF_ANOTHER,
        plate="+",
        categories=categories,
        districts=districts,
        capacity=capacity,
        start=place,
        opens=opens,
        closes=opens + TRIP_HOURS - timedelta(minutes=1),
        ends=Ends.TRIP,
    )
