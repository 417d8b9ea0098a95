"""Pickup points, a dispatcher, drivers and residents who play along, through the functions their pages use."""

from __future__ import annotations

import logging
from datetime import timedelta

import httpx
from django.utils import timezone

from cases.demo.scenario import draw
from cases.demo.telephones import Telephones
from cases.models import Case, Survey
from dispatch import planner, sourcing, trips
from dispatch.models import Plan, Sourcing, Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_STOP_STATES, TripState
from hotline.access import DISPATCHER
from hotline.lifecycle import MoveRefused
from hotline.models import User

log = logging.getLogger(__name__)
THINKS = timedelta(seconds=2)
CONFIRMS_BELOW, REFUSES_BELOW, HAS_PART_BELOW = 80, 88, 94  # of a hundred; the rest does not answer
ENOUGH_READY = 6  # cases, before the first plan is accepted
MOST_TRIPS = 4
NOT_STARTED = 1  # of them one stays released, for the board and the driver's page
STOPS_LEFT = 2  # of each trip under way but the first
FAILS_AT = 7  # every so many hand-overs nobody answers


def find_goods(case: Case, agent: User) -> bool:
    """Asks the nearest pickup point, and the second one too where it is urgent."""
    points = sourcing.points_for(case)
    for point in points[: 2 if case.level <= 2 else 1]:
        sourcing.ask(case, point, by=agent)
    return bool(points)


class Road:
    """All who are not agents."""

    def __init__(self, telephones: Telephones) -> None:
        self.telephones = telephones
        self.dispatcher = User.objects.filter(role=DISPATCHER).order_by("id").first()
        self.mine: list[int] = []  # trips

    def turn(self) -> None:
        """Points answer, the dispatcher accepts, drivers drive one stop further, residents answer."""
        for act in (self._points_answer, self._dispatcher_accepts, self._drivers_drive, self._residents_answer):
            try:
                act()
            except (Refused, MoveRefused) as refused:
                log.info("%s: %s", act.__name__, refused)

    def is_quiet(self) -> bool:
        """Nothing more will happen by itself."""
        left = Stop.objects.filter(trip__in=self.mine, trip__state=TripState.UNDER_WAY, state__in=LIVE_STOP_STATES)
        return not self._unanswered() and not any(self._drives(stop) for stop in left)

    # pickup points

    def _unanswered(self) -> list[Sourcing]:
        asked = Sourcing.objects.filter(state=Sourcing.State.ASKED, asked_at__lte=timezone.now() - THINKS)
        return [row for row in asked.select_related("case") if draw(f"point/{row.pk}", 100) < HAS_PART_BELOW][:20]

    def _points_answer(self) -> None:
        for asked in self._unanswered():
            says = draw(f"point/{asked.pk}", 100)
            try:
                if says < CONFIRMS_BELOW:
                    sourcing.confirm(asked, words="有货，已留好")
                elif says < REFUSES_BELOW:
                    sourcing.refuse(asked, words="断货，预计三天后到")
                else:
                    sourcing.part(asked, words="只有一盒")
            except Refused as refused:
                log.info("sourcing %s: %s", asked.pk, refused)

    # the dispatcher

    def _dispatcher_accepts(self) -> None:
        """Accepts the newest proposal vehicle by vehicle, releases and starts; the last one is left for the visitor."""
        plan = Plan.objects.filter(state=Plan.State.PROPOSED).order_by("-id").first()
        if plan is None or len(self.mine) >= MOST_TRIPS or not plan.trips:
            return
        if not self.mine and sum(len(row["stops"]) for row in plan.trips) < 2 * ENOUGH_READY:
            return
        longest = max(plan.trips, key=lambda row: len(row["stops"]))
        for trip in trips.accept(plan, self.dispatcher, vehicles=[longest["vehicle"]]):
            self.mine.append(trip.pk)
            trips.release(trip, self.dispatcher)
            if len(self.mine) <= MOST_TRIPS - NOT_STARTED:
                trips.start(trip)
        planner.ask(plan.line, because="case ready")

    # drivers

    def _drivers_drive(self) -> None:
        for trip in Trip.objects.filter(pk__in=self.mine, state=TripState.UNDER_WAY):
            stop = trip.stops.filter(state__in=LIVE_STOP_STATES).order_by("sequence").first()
            if stop and self._drives(stop):
                self._drive(stop)

    def _drives(self, stop: Stop) -> bool:
        """The first trip is driven to its end, the others stay on the road."""
        if stop.trip_id == self.mine[0]:
            return True
        last = stop.trip.stops.order_by("-sequence").values_list("sequence", flat=True)[0]
        return stop.sequence <= last - STOPS_LEFT

    @staticmethod
    def _drive(stop: Stop) -> None:
        if stop.state == Stop.State.PLANNED:
            trips.arrive(stop)
        elif stop.kind == Stop.Kind.PICKUP:
            trips.collect(stop)
        elif stop.case_id % FAILS_AT == 0:
            trips.fail(stop, Stop.FailedReason.NO_ANSWER, "敲门打电话都没人应")
        else:
            trips.deliver(stop, pin=stop.pin)

    # residents

    def _residents_answer(self) -> None:
        """Who is asked whether it arrived says yes."""
        for asked in Survey.objects.filter(closed_at=None, answer="").select_related("case__line")[:10]:
            try:
                self.telephones.text(asked.number, str(asked.case.line.number), Survey.Answer.RECEIVED)
            except httpx.HTTPError as error:
                log.info("survey %s: %s", asked.pk, error)
