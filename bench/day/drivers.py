"""Drivers on the road and at the gates, on their phone pages."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from bench.day import dispatcher
from bench.day.day import Day

HIT_AND_MISS = {"gate_refused": 0.03, "no_answer": 0.03, "turned_back": 0.01}
KNOWS_PIN = 0.85


def trips_are_on() -> bool:
    from dispatch.models import Trip

    return Trip.objects.filter(state__in=("released", "under_way")).exists()


def set_out(day: Day, trip_id: int) -> None:
    from dispatch.models import Trip

    trip = Trip.objects.select_related("vehicle", "driver").get(pk=trip_id)
    if trip.state != "released":
        return
    busy = Trip.objects.filter(state="under_way").exclude(pk=trip.pk)
    if busy.filter(vehicle=trip.vehicle_id).exists() or busy.filter(driver=trip.driver_id).exists():
        day.at(day.now + timedelta(minutes=5), partial(set_out, day, trip_id))
        return
    if not act(day, trip, "start"):
        # not cleared any more, or late: the dispatcher calls it off, and the next plan has its cases
        dispatcher.press(day, f"/dispatch/trips/{trip.pk}/abort/", {"reason": "could not start"})
        return
    drive_on(day, trip_id, ((trip.vehicle.lon, trip.vehicle.lat), None))


def current(day: Day, trip: Any) -> Any:
    """What the driver's page shows as next."""
    from dispatch.driver import visits
    from dispatch.models import Stop

    stops = Stop.objects.filter(trip=trip).select_related("pickup_point", "case__address__community", "sourcing")
    return visits.current(visits.of(stops))


def drive_on(day: Day, trip_id: int, here: tuple[Any, Any]) -> None:
    from dispatch.models import Trip
    from dispatch.whereabouts import district_id_of

    trip = Trip.objects.select_related("driver", "shift").get(pk=trip_id)
    visit = current(day, trip) if trip.state == "under_way" else None
    if visit is None:
        return
    stop = visit.first
    district = stop.pickup_point.district_id if stop.pickup_point else district_id_of(stop.case)
    there = ((stop.lon, stop.lat), district)
    eats = meal(day, trip)
    leaves = day.now + eats
    if eats:
        act(day, trip, "meal")
        day.at(leaves, partial(go_on, day, trip_id))
    arrives = leaves + day.road.drive(here, there, leaves)
    day.at(arrives, partial(come, day, trip_id, visit.ids, there))


def meal(day: Day, trip: Any) -> timedelta:
    """How long the driver eats now: once in its time, which may also pass between two trips."""
    for row in trip.shift.breaks if trip.shift else []:
        key = trip.shift_id, row["from"]
        if (
            datetime.fromisoformat(row["from"]) <= day.now < datetime.fromisoformat(row["until"])
            and key not in day.meals
        ):
            day.meals.add(key)
            return timedelta(minutes=int(row["minutes"]))
    return timedelta(0)


def go_on(day: Day, trip_id: int) -> None:
    from dispatch.models import Trip

    trip = Trip.objects.get(pk=trip_id)
    if trip.state == "under_way":
        act(day, trip, "go_on")


def come(day: Day, trip_id: int, ids: str, there: tuple[Any, Any]) -> None:
    """At the place: the driver looks at the page, and reports the arrival; what is no longer on the trip is passed by."""
    from dispatch import travel
    from dispatch.models import Stop, Trip

    trip = Trip.objects.select_related("driver").get(pk=trip_id)
    visit = current(day, trip) if trip.state == "under_way" else None
    if visit is None or visit.ids != ids:
        if trip.state == "under_way":
            drive_on(day, trip_id, there)
        return
    page = day.phone.get(link(day, trip))
    day.counted["pages"] += 1
    if page.status_code != 200:
        raise RuntimeError(f"the driver's page: {page.status_code}")
    act(day, trip, "arrive", ids)
    setup = travel.PICKUP_SETUP_SECONDS if visit.is_pickup else travel.GATE_SETUP_SECONDS
    each = travel.PICKUP_SECONDS if visit.is_pickup else travel.HANDOVER_SECONDS
    stands = day.road.standing(setup, "setup", there[0])
    if visit.is_pickup:
        stands += day.road.standing(each * len(visit.live), "collect", there[0], len(visit.live))
        day.at(day.now + stands, partial(collect, day, trip_id, ids, there))
        return
    at = day.now + stands
    for stop in visit.live:
        at += day.road.standing(each, "hand over", stop.case_id)
        day.at(at, partial(hand_over, day, trip_id, stop.pk))
    day.at(at + timedelta(seconds=1), partial(drive_on, day, trip_id, there))
    assert Stop.objects.filter(trip=trip).exists()


def collect(day: Day, trip_id: int, ids: str, there: tuple[Any, Any]) -> None:
    from dispatch.models import Stop, Trip

    trip = Trip.objects.get(pk=trip_id)
    if trip.state == "under_way":
        live = Stop.objects.filter(pk__in=ids.split(","), state__in=("planned", "arrived")).order_by("sequence")
        left = ",".join(str(stop.pk) for stop in live)
        if left:
            act(day, trip, "collect", left)
        drive_on(day, trip_id, there)


def hand_over(day: Day, trip_id: int, stop_id: int) -> None:
    from dispatch.models import Stop, Trip

    trip = Trip.objects.get(pk=trip_id)
    stop = Stop.objects.select_related("case").get(pk=stop_id)
    if trip.state != "under_way" or stop.state not in ("planned", "arrived"):
        return
    rng = day.road.luck("hand over", stop.case_id)
    drawn, first = rng.random(), not stop.case.stops.filter(state="failed").exists()
    for reason, share in HIT_AND_MISS.items():
        if first and drawn < share:
            day.counted[f"failed: {reason}"] += 1
            act(day, trip, "fail", str(stop.pk), reason=reason)
            return
        drawn -= share
    proof = {"pin": stop.pin} if rng.random() < KNOWS_PIN and stop.pin else {"name": "门卫"}
    act(day, trip, "deliver", str(stop.pk), **proof)


def act(day: Day, trip: Any, what: str, stops: str = "", **fields: str) -> bool:
    """One press on the phone; whether it was accepted."""
    day.counted["pages"] += 1
    sent = {"key": uuid4().hex, "act": what, "stops": stops, "at": day.now.isoformat()} | fields
    answer = day.phone.post(link(day, trip), sent, headers={"accept": "application/json"})
    said = answer.json() if answer["content-type"].startswith("application/json") else {}
    if "ok" not in said:
        raise RuntimeError(f"the driver's page to {what} of trip {trip.pk}: {answer.status_code} {said}")
    if not said["ok"]:
        day.counted[f"refused: {what}"] += 1
        print(f"{day.policy}: {day.now:%H:%M} trip {trip.pk}, {what}: {said.get('words')}", file=sys.stderr)
    return bool(said["ok"])


def link(day: Day, trip: Any) -> str:
    from dispatch.driver import link

    return "/" + link.address(trip).split("/", 3)[3]
