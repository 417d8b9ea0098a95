"""What must be true of trips, stops and goods at any moment (hotline.integrity)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from cases.integrity import told_again
from cases.lifecycle import CaseState
from cases.models import Case, Transition
from dispatch import clearance
from dispatch.models import Plan, Proof, Sourcing, Stop, Trip
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState, TripState
from dispatch.trips.holding import districts_of
from hotline.integrity import Violation, invariant, late

MOST = 1000  # rows named per question


@invariant(3, "a vehicle and a driver are on one trip at a time")
def trips_do_not_overlap() -> Iterator[Violation]:
    for whose in ("vehicle", "driver"):
        other = Trip.objects.filter(
            **{whose: OuterRef(whose)}, state__in=LIVE_TRIP_STATES, period__overlap=OuterRef("period")
        ).exclude(pk=OuterRef("pk"))
        for pk in Trip.objects.filter(Exists(other), state__in=LIVE_TRIP_STATES).values_list("pk", flat=True)[:MOST]:
            yield Violation(f"trip {pk}", f"its {whose} is on another trip at the same time")
        doubled = Trip.objects.filter(state=TripState.UNDER_WAY).values(whose).annotate(n=Count("id")).filter(n__gt=1)
        for row in doubled[:MOST]:
            yield Violation(f"{whose} {row[whose]}", f"under way on {row['n']} trips")


@invariant(3, "a case is on one live stop of each kind, on a live trip")
def cases_are_on_one_stop() -> Iterator[Violation]:
    live = Stop.objects.filter(state__in=LIVE_STOP_STATES)
    for row in live.values("case", "kind").annotate(n=Count("id")).filter(n__gt=1)[:MOST]:
        yield Violation(f"case {row['case']}", f"on {row['n']} live stops of kind {row['kind']}")
    for pk in live.exclude(trip__state__in=LIVE_TRIP_STATES).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"stop {pk}", "still open on a trip that is over")


@invariant(3, "a planned case is on a released trip, one on its way on a trip under way, and no other is")
def cases_and_trips_agree() -> Iterator[Violation]:
    hand_over = Stop.objects.filter(case=OuterRef("pk"), kind=Stop.Kind.DELIVERY, state__in=LIVE_STOP_STATES)
    expected = {CaseState.PLANNED: TripState.RELEASED, CaseState.EN_ROUTE: TripState.UNDER_WAY}
    for state, trip_state in expected.items():
        lost = Case.objects.filter(~Exists(hand_over.filter(trip__state=trip_state)), state=state)
        for pk in lost.values_list("pk", flat=True)[:MOST]:
            yield Violation(f"case {pk}", f"{state}, but on no trip that is {trip_state}")
    ends = [CaseState.READY, *expected]
    for pk in Case.objects.filter(Exists(hand_over)).exclude(state__in=ends).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "on a live stop without being on the road")


@invariant(4, "what a trip brings is told as often as it came about")
def news_of_trips_is_told_once() -> Iterator[Violation]:
    for case, purpose, told in told_again(CAME_ABOUT):
        came = CAME_ABOUT[purpose](case)
        if came < told:
            yield Violation(f"case {case}", f"told {purpose} {told} times, and that came about {came} times")


def _was_promised(case: int) -> int:
    return Transition.objects.filter(case=case, move="plan").count()


def _was_on_trips(case: int) -> int:
    return Stop.objects.filter(case=case, kind=Stop.Kind.DELIVERY).values("trip").distinct().count()


def _has_failed(case: int) -> int:
    return Stop.history.filter(case=case, kind=Stop.Kind.DELIVERY, state=StopState.FAILED).count()


# How often a case could be told so. A window that was promised is put off once at most.
CAME_ABOUT: dict[str, Callable[[int], int]] = {
    "put_off": _was_promised,
    "near": _was_on_trips,
    "attempt_failed": _has_failed,
}


@invariant(3, "trips that have not ended are cleared from now to their end")
def trips_are_within_clearance() -> Iterator[Violation]:
    """A trip under way whose paper was withdrawn is the dispatcher's to call off; one not yet released shows at release."""
    now = timezone.now()
    released = Trip.objects.filter(state__in=(TripState.RELEASED, TripState.UNDER_WAY), period__endswith__gt=now)
    for trip in released.select_related("vehicle__line", "driver").order_by("id")[:MOST]:
        stops = trip.stops.filter(state__in=LIVE_STOP_STATES).select_related("pickup_point", "case__address__community")
        began, upper = trip.started_at or trip.released_at, trip.period.upper
        if began is None or upper is None or not stops:
            continue
        against = clearance.why_not(trip.vehicle, trip.driver, districts_of(stops), clearance.Span(began, upper))
        for why in against:
            yield Violation(f"trip {trip.pk}", why)


@invariant(6, "what was handed over has proof")
def hand_overs_have_proof() -> Iterator[Violation]:
    proof = Proof.objects.filter(stop=OuterRef("pk"))
    done = Stop.objects.filter(~Exists(proof), kind=Stop.Kind.DELIVERY, state=StopState.DONE)
    for pk in done.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"stop {pk}", "handed over without proof")
    for pk in Stop.objects.filter(state=StopState.FAILED, failed_reason="").values_list("pk", flat=True)[:MOST]:
        yield Violation(f"stop {pk}", "failed without a reason")


@invariant(6, "goods are collected before they are handed over")
def collected_before_handed_over() -> Iterator[Violation]:
    before = Stop.objects.filter(trip=OuterRef("trip"), case=OuterRef("case"), kind=Stop.Kind.PICKUP)
    done = Stop.objects.filter(kind=Stop.Kind.DELIVERY, state=StopState.DONE)
    wrong = done.filter(Exists(before)).exclude(Exists(before.filter(state=StopState.DONE)))
    for pk in wrong.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"stop {pk}", "handed over, but never collected")


@invariant(7, "questions to pickup points that ran out, and plans asked for, have been taken up")
def nothing_due_lies_unseen() -> Iterator[Violation]:
    before = timezone.now() - late(15)
    for pk in Sourcing.objects.filter(state="asked", due_at__lt=before).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"sourcing {pk}", "its answer was due and nobody was told")
    newer = Plan.objects.filter(line=OuterRef("line"), id__gt=OuterRef("pk"))
    asked = Plan.objects.filter(~Exists(newer), state="asked", asked_at__lt=before)
    for pk in asked.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"plan {pk}", "asked for, and never made")


@invariant(7, "a trip with nothing left to do is finished")
def empty_trips_are_finished() -> Iterator[Violation]:
    open_stops = Stop.objects.filter(trip=OuterRef("pk"), state__in=LIVE_STOP_STATES)
    ended = Q(stops__ended_at__isnull=False)
    idle = (
        Trip.objects.filter(~Exists(open_stops), state__in=LIVE_TRIP_STATES)
        .annotate(ended=Count("stops", filter=ended), all=Count("stops"))
        .filter(ended=F("all"))
        .exclude(stops__ended_at__gt=timezone.now() - late(80))
    )
    for pk in idle.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"trip {pk}", "has no stop left and is not over")
