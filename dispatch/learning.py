"""What finished trips teach about the roads: speeds by hour, and the time lost at each border of two districts by hour.

From the times at stops: left one, arrived at the next. Drives inside a district give the speed of their hour; a drive over
one border gives what was lost there beyond that, unless the driver said when the check-point was reached and passed. Few
drives say little, so each figure begins at the stated one and moves away from it with what is seen. Everything is reckoned
anew over the last two weeks, so learning twice is learning once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cases.models import District
from dispatch import travel
from dispatch.models import BorderDelay, CheckpointPassage, HourSpeed, Stop
from dispatch.trip_lifecycle import StopState, TripState
from dispatch.whereabouts import district_id_of
from hotline.models import Line

log = logging.getLogger(__name__)
SEEN = timedelta(days=14)
# What is believed beforehand weighs as much as so many metres driven, and so many borders crossed.
PRIOR_METRES = 40_000
PRIOR_CROSSINGS = 4
SHORTEST_LEG = 500  # metres: a shorter drive says more about parking than about the road
LONGEST_DELAY = 2 * 3600
# A drive that took this many times longer, and half an hour, was no drive: a meal, a breakdown, a forgotten press.
NO_DRIVE, AND_SECONDS = 4, 1800
SLOWEST, FASTEST = 2.0, 20.0  # metres a second


@dataclass(frozen=True)
class Leg:
    """One drive between two stops."""

    trip: int
    start: int | None
    end: int | None  # districts
    metres: float
    seconds: float
    hour: int


def conditions(line: Line, districts: Iterable[District] | None = None) -> travel.Conditions:
    """How one drives in the city of this line, with all that has been learned."""
    delays: dict[tuple[int, int], list[float]] = defaultdict(lambda: [float(travel.CHECKPOINT_SECONDS)] * 24)
    for start, end, hour, seconds in BorderDelay.objects.filter(line=line).values_list(
        "start_id", "end_id", "hour", "seconds"
    ):
        delays[start, end][hour] = seconds
    speeds = list(travel.SPEEDS)
    for hour, metres_per_second in HourSpeed.objects.filter(line=line).values_list("hour", "metres_per_second"):
        speeds[hour] = metres_per_second
    return travel.Conditions(travel.neighbours(districts), tuple(speeds), dict(delays), ZoneInfo(line.time_zone))


def learn_all() -> int:
    """The sweep: every line learns from its trips of the last two weeks. Returns how many drives were seen."""
    return sum(learn(line) for line in Line.objects.filter(active=True))


def learn(line: Line, now: datetime | None = None) -> int:
    """Writes the speeds and delays of this line; how many drives they rest on."""
    now = now or timezone.now()
    legs = list(_legs(line, now))
    speeds = _speeds(legs)
    delays = _delays([*_passed(line, now)], legs, speeds, travel.neighbours())
    per_hour: dict[int, int] = defaultdict(int)
    for leg in legs:
        per_hour[leg.hour] += leg.start == leg.end
    with transaction.atomic():
        HourSpeed.objects.bulk_create(
            [
                HourSpeed(line=line, hour=hour, metres_per_second=speeds[hour], legs=seen, learned_at=now)
                for hour, seen in sorted(per_hour.items())
                if seen
            ],
            update_conflicts=True,
            unique_fields=["line", "hour"],
            update_fields=["metres_per_second", "legs", "learned_at"],
        )
        BorderDelay.objects.bulk_create(
            [
                BorderDelay(
                    line=line, start_id=start, end_id=end, hour=hour, seconds=seconds, legs=seen, learned_at=now
                )
                for (start, end), (seen, by_hour) in sorted(delays.items())
                for hour, seconds in enumerate(by_hour)
            ],
            update_conflicts=True,
            unique_fields=["line", "start", "end", "hour"],
            update_fields=["seconds", "legs", "learned_at"],
        )
        # what has not been seen for two weeks is not known any more
        HourSpeed.objects.filter(line=line, learned_at__lt=now).delete()
        BorderDelay.objects.filter(line=line, learned_at__lt=now).delete()
    log.info("line %s: %s drives seen, %s borders known", line.pk, len(legs), len(delays))
    return len(legs)


def _legs(line: Line, now: datetime) -> Iterator[Leg]:
    zone = ZoneInfo(line.time_zone)
    stops = (
        Stop.objects.filter(
            trip__line=line,
            trip__state__in=(TripState.FINISHED, TripState.ABORTED),
            trip__ended_at__gte=now - SEEN,
            state__in=(StopState.DONE, StopState.FAILED),
            arrived_at__isnull=False,
            ended_at__isnull=False,
        )
        .select_related("pickup_point", "case__address__community")
        .order_by("trip_id", "ended_at", "sequence")
    )
    for _trip, of_trip in groupby(stops.iterator(2000), key=lambda stop: stop.trip_id):
        for left, reached in pairwise(of_trip):
            leg = _leg(left, reached, zone)
            if leg is not None:
                yield leg


@dataclass(frozen=True)
class Passed:
    """One check-point, as the driver told it: the time stood there."""

    trip: int
    border: tuple[int, int]
    seconds: float
    hour: int


def _passed(line: Line, now: datetime) -> Iterator[Passed]:
    zone = ZoneInfo(line.time_zone)
    told = CheckpointPassage.objects.filter(
        trip__line=line, passed_at__gte=now - SEEN, from_district__isnull=False, to_district__isnull=False
    )
    for trip, start, end, arrived_at, passed_at in told.values_list(
        "trip_id", "from_district_id", "to_district_id", "arrived_at", "passed_at"
    ):
        if start is None or end is None or passed_at is None:
            continue
        yield Passed(trip, (start, end), (passed_at - arrived_at).total_seconds(), arrived_at.astimezone(zone).hour)


def _leg(left: Stop, reached: Stop, zone: ZoneInfo) -> Leg | None:
    """The drive between them; None where the times do not tell how long it took."""
    # who presses only "handed over" has arrived at that very moment for us: standing and driving are not told apart
    if left.ended_at is None or reached.arrived_at is None or reached.arrived_at == reached.ended_at:
        return None
    metres = travel.metres_between((left.lon, left.lat), (reached.lon, reached.lat)) * travel.DETOUR
    seconds = (reached.arrived_at - left.ended_at).total_seconds()
    usual = metres * travel.Conditions().pace([left.ended_at.astimezone(zone).hour])
    if metres < SHORTEST_LEG or not 0 < seconds <= NO_DRIVE * usual + AND_SECONDS:
        return None
    return Leg(
        reached.trip_id, _district(left), _district(reached), metres, seconds, left.ended_at.astimezone(zone).hour
    )


def _district(stop: Stop) -> int | None:
    return stop.pickup_point.district_id if stop.pickup_point else district_id_of(stop.case)


def _speeds(legs: Iterable[Leg]) -> list[float]:
    metres = [float(PRIOR_METRES)] * 24
    seconds = [PRIOR_METRES / speed for speed in travel.SPEEDS]
    for leg in legs:
        if leg.start is not None and leg.start == leg.end:
            metres[leg.hour] += leg.metres
            seconds[leg.hour] += leg.seconds
    return [min(max(m / s, SLOWEST), FASTEST) for m, s in zip(metres, seconds, strict=True)]


def _delays(
    passed: Iterable[Passed], legs: Iterable[Leg], speeds: list[float], neighbours: dict[int, list[int]]
) -> dict[tuple[int, int], tuple[int, list[int]]]:
    """By border: how often it was crossed, and the seconds by hour. An hour begins at what the whole day says."""
    lost: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    told: set[tuple[int, tuple[int, int]]] = set()
    for one in passed:
        told.add((one.trip, one.border))
        if one.border[1] in neighbours.get(one.border[0], ()):
            lost[one.border].append((one.hour, min(one.seconds, LONGEST_DELAY)))
    for leg in legs:
        if leg.start is None or leg.end is None or leg.end not in neighbours.get(leg.start, ()):
            continue
        border = leg.start, leg.end
        if (leg.trip, border) not in told:
            seconds = leg.seconds - leg.metres / speeds[leg.hour]
            lost[border].append((leg.hour, min(max(seconds, 0.0), LONGEST_DELAY)))
    found = {}
    for border, seen in lost.items():
        day = _drawn(float(travel.CHECKPOINT_SECONDS), [seconds for _hour, seconds in seen])
        by_hour = [_drawn(day, [seconds for at, seconds in seen if at == hour]) for hour in range(24)]
        found[border] = len(seen), [round(seconds) for seconds in by_hour]
    return found


def _drawn(believed: float, seen: list[float]) -> float:
    """The mean of what was seen, drawn to what was believed before."""
    return (PRIOR_CROSSINGS * believed + sum(seen)) / (PRIOR_CROSSINGS + len(seen))
