"""One day in a closed city, driven through the product's own pages and rules on a clock that is moved: what bench/city.py runs.

Simulated: the clock (Python's and the database's), who asks for what and where, agents and pickup points (a case becomes ready
some time after it came in), the road (how long a drive, a check-point and a hand-over really take), what goes wrong, and people:
drivers and a dispatcher who press what their pages offer, by HTTP requests to the real views in this process.
Real: everything else - cases and their moves, the planner, trips, windows and texts (written to the outbox, not handed to a
carrier), sweeps, learning, clearance, the database with its constraints.

The search is at exploration level 1 on one thread, so that a day fits into minutes.

Asked for: real posts of April 2022 (../shared/data/help_requests.jsonl), their hour of the day and district, with the level and
category that the product's own triage reads from them; where that file is missing, a stated profile. Luck is drawn by case, place
and hour, so two runs that differ in the plan meet the same city.
"""

from __future__ import annotations

import csv
import heapq
import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
REQUESTS, COMMUNITIES = SHARED / "help_requests.jsonl", SHARED / "shanghai_communities.csv"
SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2022, 4, 8, 2, 0, tzinfo=SHANGHAI)  # vehicles come home at two at night
ROADS_OPEN = 6
EVERY = timedelta(minutes=5)
# Where no file of real posts lies: arrivals by hour, lowest at five, highest at one in the afternoon.
PROFILE = (
    60,
    50,
    45,
    35,
    28,
    22,
    40,
    70,
    120,
    170,
    200,
    215,
    230,
    238,
    220,
    210,
    205,
    195,
    185,
    180,
    175,
    160,
    130,
    95,
)
SHARES = {"medicine": 0.5, "food": 0.2, "infant": 0.12, "elderly": 0.18}
# What vehicles are for, in turn: medicine is asked for most; none is for one category alone.
FLEETS = (
    ("medicine", "elderly"),
    ("medicine", "infant"),
    ("medicine", "food"),
    ("food", "elderly", "infant"),
)
READY_AFTER = {1: (15, 40), 2: (30, 120), 3: (60, 240), 4: (90, 360)}  # minutes: an agent's call, a pickup point's yes
ACCEPT_AHEAD = timedelta(minutes=30)  # the dispatcher lets a vehicle go that starts within this time
REPAIR = timedelta(hours=3)
NEW_TEST = timedelta(hours=2)
HIT_AND_MISS = {"gate_refused": 0.03, "no_answer": 0.03, "turned_back": 0.01}
KNOWS_PIN = 0.85


# the clock


@dataclass
class Clock:
    """The time everywhere in this process and in its database."""

    move_to: Callable[[datetime], None]

    def to(self, at: datetime) -> None:
        from django.db import connection

        self.move_to(at)
        with connection.cursor() as cursor:
            cursor.execute("update sim.clock set at = %s", [at])


def searching(url: str) -> str:
    """The database's address such that its now() is the simulated one, once `install_clock` has been called."""
    return url + ("&" if "?" in url else "?") + "options=-c%20search_path%3Dpublic,sim,pg_catalog"


def install_clock() -> None:
    """Before migrate: columns that say now() by default take the function that is found first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create schema sim")
        cursor.execute("create table sim.clock (at timestamptz not null)")
        cursor.execute("insert into sim.clock values (%s)", [BEGINS])
        cursor.execute(
            "create function sim.statement_timestamp() returns timestamptz language sql stable"
            " as 'select at from sim.clock'"
        )


@contextmanager
def clock() -> Iterator[Clock]:
    import time_machine

    with time_machine.travel(BEGINS, tick=False) as traveller:
        yield Clock(traveller.move_to)


# what the city is like


@dataclass(frozen=True)
class Post:
    """One request: when, where, what."""

    number: int
    at: datetime
    district: str
    place: str
    lon: float
    lat: float
    category: str
    level: int
    words: str


def posts(count: int, hours: float, seed: int) -> list[Post]:
    """So many requests over the first hours of the day, in their order."""
    rng = random.Random(seed)
    known = _communities()
    drawn: list[tuple[datetime, str, str, int, str]] = []
    source = _real(rng) if REQUESTS.exists() else _stated(rng)
    while len(drawn) < count:
        hour, district, category, level, words = next(source)
        at = BEGINS + timedelta(hours=(hour - BEGINS.hour) % 24, minutes=rng.uniform(0, 60))
        if at < BEGINS + timedelta(hours=hours):
            drawn.append((at, district, category, level, words))
    made = []
    for number, (at, district, category, level, words) in enumerate(sorted(drawn), start=1):
        district = district if district in known else rng.choice(sorted(known))
        name, lon, lat = rng.choice(known[district])
        made.append(Post(number, at, district, name, lon, lat, category, level, words))
    return made


def _real(rng: random.Random) -> Iterator[tuple[int, str, str, int, str]]:
    from cases.triage.suggesting import suggest

    with REQUESTS.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    while True:
        rng.shuffle(rows)
        for row in rows:
            read = suggest(row["text"])
            if read.category in SHARES and read.level <= 4:
                yield int(row["at"][11:13]), row["district"], read.category, read.level, row["text"][:200]


def _stated(rng: random.Random) -> Iterator[tuple[int, str, str, int, str]]:
    while True:
        hour = rng.choices(range(24), PROFILE)[0]
        category = rng.choices(list(SHARES), list(SHARES.values()))[0]
        yield hour, "", category, rng.choices((1, 2, 3, 4), (2, 28, 45, 25))[0], category


def _communities() -> dict[str, list[tuple[str, float, float]]]:
    found: dict[str, list[tuple[str, float, float]]] = {}
    if COMMUNITIES.exists():
        with COMMUNITIES.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["district"], []).append((row["name"], float(row["lon"]), float(row["lat"])))
        return found
    from cases.models import Community

    for name, district, lon, lat in Community.objects.values_list("name", "district__name", "lon", "lat"):
        found.setdefault(district, []).append((name, lon, lat))
    return found


@dataclass
class Road:
    """How long things really take, by luck that depends on place and hour only; slow borders are slow all day."""

    seed: int
    borders: dict[int, list[int]]

    def luck(self, *what: object) -> random.Random:
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")

    def drive(self, start: tuple[Any, Any], end: tuple[Any, Any], at: datetime) -> timedelta:
        """Between (point, district) and (point, district)."""
        from dispatch import travel

        hour = at.astimezone(SHANGHAI).hour
        metres = travel.metres_between(start[0], end[0]) * travel.DETOUR
        if metres < 1:
            return timedelta(0)
        slower = self.luck("drive", start[0], end[0], hour).lognormvariate(0.05, 0.2)
        seconds = max(60.0, metres / travel.SPEEDS[hour] * slower)
        for a, b in self.crossed(start[1], end[1]):
            usual = 1200 if self.luck("border", a, b).random() < 0.15 else 260
            seconds += usual * self.luck("check-point", a, b, hour, at.minute // 20).lognormvariate(0, 0.5)
        return timedelta(seconds=round(seconds))

    def crossed(self, start: int | None, end: int | None) -> list[tuple[int, int]]:
        """The borders on the way with the fewest of them."""
        if start is None or end is None or start == end:
            return []
        came: dict[int, int] = {start: start}
        waiting = [start]
        while waiting and end not in came:
            here = waiting.pop(0)
            for there in self.borders.get(here, ()):
                if there not in came:
                    came[there] = here
                    waiting.append(there)
        way = []
        while end in came and end != start:
            way.append((came[end], end))
            end = came[end]
        return way[::-1]

    def standing(self, seconds: int, *what: object) -> timedelta:
        return timedelta(seconds=round(seconds * self.luck("standing", *what).lognormvariate(0, 0.25)))


# the day


@dataclass
class Day:
    """The events still to come, and what people do when theirs comes."""

    policy: str
    requests: int
    vehicles: int
    hours: float
    clock: Clock
    seed: int = 1
    now: datetime = BEGINS
    waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    plan_seconds: list[float] = field(default_factory=list)
    meals: set[tuple[int, str]] = field(default_factory=set)
    accepting: bool = True

    # the loop

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        self.counted["events"] += 1
        heapq.heappush(self.waiting, (max(when, self.now), self.counted["events"], do))

    def run(self) -> None:
        from dispatch import planner

        self.set_up()
        end = BEGINS + timedelta(hours=self.hours)
        for n in range(int(self.hours * 3600 / EVERY.total_seconds()) + 1):
            self.at(BEGINS + n * EVERY, partial(self.plan, last=n * EVERY >= timedelta(hours=self.hours)))
        drained = end + timedelta(hours=6)
        while self.waiting and self.waiting[0][0] <= drained:
            self.now, _n, do = heapq.heappop(self.waiting)
            self.clock.to(self.now)
            do()
            if self.now > end and not self.trips_are_on():
                break
        self.now += timedelta(minutes=3)
        self.clock.to(self.now)
        self.sweep()
        planner.propose_asked()

    # the city

    def set_up(self) -> None:
        from django.test import Client

        from dispatch import travel
        from dispatch.city.load import load
        from hotline.models import User

        self.clock.to(BEGINS)
        self.line = load(people=False)
        self.road = Road(self.seed, travel.neighbours())
        self.make_vehicles()
        dispatcher = User.objects.create(username="dispatcher", role="dispatcher", name="D")
        self.board = Client()
        self.board.force_login(dispatcher)
        self.phone = Client()
        for post in posts(self.requests, self.hours, self.seed):
            self.at(post.at, partial(self.arrive, post))

    def make_vehicles(self) -> None:
        from cases.models import District
        from dispatch.models import Driver, Fleet, Permit, PickupPoint, Shift, TestCertificate, Vehicle

        rng = random.Random(self.seed)
        fleets = {fleet.slug: fleet for fleet in Fleet.objects.filter(line=self.line)}
        districts = list(District.objects.order_by("pk"))
        bases = list(PickupPoint.objects.filter(line=self.line).order_by("pk"))
        opens = BEGINS.replace(hour=ROADS_OPEN)
        for n in range(self.vehicles):
            base = rng.choice(bases)
            vehicle = Vehicle.objects.create(
                line=self.line, plate=f"沪S·{n:05d}", cold_box=n % 2 == 0, lon=base.lon, lat=base.lat
            )
            vehicle.fleets.set(fleets[slug] for slug in FLEETS[n % len(FLEETS)])
            permit = Permit.objects.create(
                vehicle=vehicle, number=str(n), valid_from=BEGINS, valid_until=BEGINS + timedelta(days=3)
            )
            permit.districts.set(rng.sample(districts, 14))
            for half in (0, 1):
                driver = Driver.objects.create(line=self.line, name=f"D{n}-{half}", phone=f"+86188{2 * n + half:08d}")
                lapses = n % 4 == 1 and half == 0  # in the middle of its shift; a new test comes two hours later
                until = opens + timedelta(hours=5 if lapses else 40)
                TestCertificate.objects.create(driver=driver, sampled_at=until - timedelta(hours=48), valid_until=until)
                if lapses:
                    self.at(until + NEW_TEST, partial(self.new_test, driver.pk))
                begins = opens + timedelta(hours=10 * half)
                meal = begins + timedelta(hours=5)
                Shift.objects.create(
                    driver=driver,
                    vehicle=vehicle,
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=10),
                    breaks=[
                        {
                            "from": meal.isoformat(),
                            "until": (meal + timedelta(hours=2)).isoformat(),
                            "minutes": 30,
                            "what": "meal",
                        }
                    ],
                )
            if n % 5 == 2:
                self.at(opens + timedelta(hours=3 + n / 2), partial(self.break_down, vehicle.pk))

    def new_test(self, driver: int) -> None:
        from dispatch.models import TestCertificate

        self.counted["certificates lapsed and renewed"] += 1
        TestCertificate.objects.create(
            driver_id=driver, sampled_at=self.now - timedelta(minutes=30), valid_until=self.now + timedelta(hours=47)
        )

    def arrive(self, post: Post) -> None:
        """Somebody asks; agents and a pickup point take their time until it is ready."""
        from cases import people
        from cases.models import Address, Case, Category, Community, District, Need
        from dispatch.models import PickupPoint

        rng = self.road.luck("post", post.number)
        district = District.objects.get(name=post.district)
        community, _new = Community.objects.get_or_create(
            name=post.place, district=district, defaults={"lon": post.lon, "lat": post.lat}
        )
        category = Category.objects.get(slug=post.category)
        case = Case.objects.create(
            line=self.line,
            channel="sms",
            person=people.find_or_make(f"+86137{post.number:08d}"),
            words=post.words,
            address=Address.objects.create(district=district, community=community),
            district=district,
            category=category,
            level=post.level,
            state="sourcing",
            next_step="confirm_goods",
            owner="timer",
            due_at=self.now + timedelta(hours=12),
            created_at=self.now,
        )
        Need.objects.create(
            case=case, item="x", weight_grams=rng.randrange(200, 6000), needs_cooling=rng.random() < 0.06
        )
        points = PickupPoint.objects.filter(line=self.line, categories=category, active=True).order_by("pk")
        point = rng.choice(list(points))
        least, most = READY_AFTER[post.level]
        self.at(self.now + timedelta(minutes=rng.uniform(least, most)), partial(self.ready, case.pk, point.pk))

    def ready(self, case_id: int, point: int) -> None:
        from cases import steps
        from cases.models import Case
        from dispatch.models import Sourcing

        case = Case.objects.get(pk=case_id)
        if case.state != "sourcing":
            return
        Sourcing.objects.create(
            case=case,
            pickup_point_id=point,
            state="confirmed",
            answered_at=self.now,
            ready_at=self.now,
            reserved_until=self.now + timedelta(days=2),
        )
        steps.move(case, "make_ready")

    # the dispatcher

    def plan(self, *, last: bool) -> None:
        """The sweeps, a plan of what is ready, and what can leave soon is let go."""
        from dispatch import learning, planner
        from dispatch.models import Plan

        self.sweep()
        if last:
            self.accepting = False
        if not self.accepting:
            return
        if self.now.minute == 0:
            learning.learn(self.line)
        started = time.perf_counter()
        asked = planner.ask(self.line, because="every five minutes")
        plan = planner.propose(asked, solver=SOLVERS[self.policy])
        self.plan_seconds.append(time.perf_counter() - started)
        if plan.state != Plan.State.PROPOSED:
            self.counted[f"plans {plan.state}"] += 1
            return
        soon = self.now + ACCEPT_AHEAD
        leaving = [row["vehicle"] for row in plan.trips if datetime.fromisoformat(row["starts_at"]) <= soon]
        if leaving:
            self.press(f"/dispatch/plans/{plan.pk}/accept/", {"vehicle": leaving, "then": "release"})
        self.send_out(plan)

    def send_out(self, plan: Any) -> None:
        for trip in plan.accepted_trips.filter(state="released"):
            self.counted["trips"] += 1
            self.at(trip.period.lower, partial(self.set_out, trip.pk))

    def press(self, path: str, fields: dict[str, Any]) -> None:
        self.counted["pages"] += 1
        answer = self.board.post(path, fields)
        if answer.status_code != 302:
            raise RuntimeError(f"{path}: {answer.status_code}")

    def sweep(self) -> None:
        """What beat would start."""
        from cases import callbacks, holds, steps
        from dispatch import reach, trips

        holds.resume_ended()
        steps.wake_timers()
        callbacks.fall_due()
        trips.finish_done()
        trips.notice_late()
        if self.now.minute % 30 == 0:
            reach.refresh_due()

    def break_down(self, vehicle: int) -> None:
        from dispatch.models import Trip

        self.counted["breakdowns"] += 1
        self.press(f"/dispatch/vehicles/{vehicle}/state/", {"state": "broken_down"})
        for pk in Trip.objects.filter(vehicle=vehicle, state__in=("planned", "released", "under_way")).values_list(
            "pk", flat=True
        ):
            self.press(f"/dispatch/trips/{pk}/abort/", {"reason": "broken down"})
        self.at(
            self.now + REPAIR,
            partial(self.press, f"/dispatch/vehicles/{vehicle}/state/", {"state": "in_service"}),
        )

    # drivers

    def trips_are_on(self) -> bool:
        from dispatch.models import Trip

        return Trip.objects.filter(state__in=("released", "under_way")).exists()

    def set_out(self, trip_id: int) -> None:
        from dispatch.models import Trip

        trip = Trip.objects.select_related("vehicle", "driver").get(pk=trip_id)
        if trip.state != "released":
            return
        busy = Trip.objects.filter(state="under_way").exclude(pk=trip.pk)
        if busy.filter(vehicle=trip.vehicle_id).exists() or busy.filter(driver=trip.driver_id).exists():
            self.at(self.now + timedelta(minutes=5), partial(self.set_out, trip_id))
            return
        if not self.act(trip, "start"):
            # not cleared any more, or late: the dispatcher calls it off, and the next plan has its cases
            self.press(f"/dispatch/trips/{trip.pk}/abort/", {"reason": "could not start"})
            return
        self.drive_on(trip_id, ((trip.vehicle.lon, trip.vehicle.lat), None))

    def visit(self, trip: Any) -> Any:
        """What the driver's page shows as next."""
        from dispatch.driver import visits
        from dispatch.models import Stop

        stops = Stop.objects.filter(trip=trip).select_related("pickup_point", "case__address__community", "sourcing")
        return visits.current(visits.of(stops))

    def drive_on(self, trip_id: int, here: tuple[Any, Any]) -> None:
        from dispatch.models import Trip
        from dispatch.whereabouts import district_id_of

        trip = Trip.objects.select_related("driver", "shift").get(pk=trip_id)
        visit = self.visit(trip) if trip.state == "under_way" else None
        if visit is None:
            return
        stop = visit.first
        district = stop.pickup_point.district_id if stop.pickup_point else district_id_of(stop.case)
        there = ((stop.lon, stop.lat), district)
        leaves = self.now + self.meal(trip)
        arrives = leaves + self.road.drive(here, there, leaves)
        self.at(arrives, partial(self.come, trip_id, visit.ids, there))

    def meal(self, trip: Any) -> timedelta:
        for row in trip.shift.breaks if trip.shift else []:
            key = trip.shift_id, row["from"]
            if datetime.fromisoformat(row["from"]) <= self.now and key not in self.meals:
                self.meals.add(key)
                return timedelta(minutes=int(row["minutes"]))
        return timedelta(0)

    def come(self, trip_id: int, ids: str, there: tuple[Any, Any]) -> None:
        """At the place: the driver looks at the page, and reports the arrival; what is no longer on the trip is passed by."""
        from dispatch import travel
        from dispatch.models import Stop, Trip

        trip = Trip.objects.select_related("driver").get(pk=trip_id)
        visit = self.visit(trip) if trip.state == "under_way" else None
        if visit is None or visit.ids != ids:
            if trip.state == "under_way":
                self.drive_on(trip_id, there)
            return
        page = self.phone.get(self.link(trip))
        self.counted["pages"] += 1
        if page.status_code != 200:
            raise RuntimeError(f"the driver's page: {page.status_code}")
        self.act(trip, "arrive", ids)
        setup = travel.PICKUP_SETUP_SECONDS if visit.is_pickup else travel.GATE_SETUP_SECONDS
        each = travel.PICKUP_SECONDS if visit.is_pickup else travel.HANDOVER_SECONDS
        stands = self.road.standing(setup, "setup", there[0])
        if visit.is_pickup:
            stands += self.road.standing(each * len(visit.live), "collect", there[0], len(visit.live))
            self.at(self.now + stands, partial(self.collect, trip_id, ids, there))
            return
        at = self.now + stands
        for stop in visit.live:
            at += self.road.standing(each, "hand over", stop.case_id)
            self.at(at, partial(self.hand_over, trip_id, stop.pk))
        self.at(at + timedelta(seconds=1), partial(self.drive_on, trip_id, there))
        assert Stop.objects.filter(trip=trip).exists()

    def collect(self, trip_id: int, ids: str, there: tuple[Any, Any]) -> None:
        from dispatch.models import Stop, Trip

        trip = Trip.objects.get(pk=trip_id)
        if trip.state == "under_way":
            live = Stop.objects.filter(pk__in=ids.split(","), state__in=("planned", "arrived")).order_by("sequence")
            left = ",".join(str(stop.pk) for stop in live)
            if left:
                self.act(trip, "collect", left)
            self.drive_on(trip_id, there)

    def hand_over(self, trip_id: int, stop_id: int) -> None:
        from dispatch.models import Stop, Trip

        trip = Trip.objects.get(pk=trip_id)
        stop = Stop.objects.select_related("case").get(pk=stop_id)
        if trip.state != "under_way" or stop.state not in ("planned", "arrived"):
            return
        rng = self.road.luck("hand over", stop.case_id)
        drawn, first = rng.random(), not stop.case.stops.filter(state="failed").exists()
        for reason, share in HIT_AND_MISS.items():
            if first and drawn < share:
                self.counted[f"failed: {reason}"] += 1
                self.act(trip, "fail", str(stop.pk), reason=reason)
                return
            drawn -= share
        proof = {"pin": stop.pin} if rng.random() < KNOWS_PIN and stop.pin else {"name": "门卫"}
        self.act(trip, "deliver", str(stop.pk), **proof)

    def act(self, trip: Any, what: str, stops: str = "", **fields: str) -> bool:
        """One press on the phone; whether it was accepted."""
        self.counted["pages"] += 1
        sent = {"key": uuid4().hex, "act": what, "stops": stops, "at": self.now.isoformat()} | fields
        answer = self.phone.post(self.link(trip), sent, headers={"accept": "application/json"})
        said = answer.json() if answer["content-type"].startswith("application/json") else {}
        accepted = answer.status_code == 200 and said.get("accepted", True)
        if not accepted:
            self.counted[f"refused: {what}"] += 1
        return bool(accepted)

    def link(self, trip: Any) -> str:
        from dispatch.driver import link

        return "/" + link.address(trip).split("/", 3)[3]


# first come, first served


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


MOST_AT_ONCE, MOST_MISSES = 12, 4


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


def planned(problem: Any, effort: Any, watch: Any = None) -> Any:
    from dispatch.planner import routing

    return routing.solve(problem, routing.Effort(level=1, threads=1), watch)


SOLVERS = {"planner": planned, "first come": first_come}


# what came of it


def outcome(day: Day) -> dict[str, float]:
    """The figures of the day, from the database."""
    from cases.models import Case
    from dispatch.models import Stop, Trip
    from hotline import integrity
    from hotline.models import Message

    found: dict[str, float] = {}
    cases = list(Case.objects.order_by("pk"))
    for level in (1, 2, 3, 4):
        of_level = [case for case in cases if case.level == level]
        waits = sorted((c.delivered_at - c.created_at) / timedelta(hours=1) for c in of_level if c.delivered_at)
        found[f"level {level}: asked"] = len(of_level)
        found[f"level {level}: served"] = len(waits)
        found[f"level {level}: hours waited, median"] = round(waits[len(waits) // 2], 2) if waits else math.nan
        found[f"level {level}: hours waited, 90 %"] = round(waits[int(len(waits) * 0.9)], 2) if waits else math.nan
    delivered = [case for case in cases if case.delivered_at]
    in_time = [case for case in delivered if case.needed_by and case.delivered_at < case.needed_by]
    settled = [case.promise_kept for case in delivered if case.promise_kept is not None]
    promised = Stop.objects.filter(kind="delivery", window_until__isnull=False).count()
    delays = Message.objects.filter(purpose="delayed").exclude(state="suppressed").count()
    driven = sum(Trip.objects.filter(state="finished").values_list("metres", flat=True))
    found |= {
        "served": len(delivered),
        "served before it was needed": len(in_time),
        "promises kept, %": round(100 * sum(settled) / max(1, len(settled)), 1),
        "changes per promised stop": round(delays / max(1, promised), 3),
        "kilometres a delivery": round(driven / 1000 / max(1, len(delivered)), 2),
        "told early that it is not today": Message.objects.filter(purpose="not_today").count(),
    }
    for case in cases:
        if case.level == 1 and not case.delivered_at:
            words = (case.waits_because or {}).get("en", "")
            print(
                f"{day.policy}: level 1 not served: {case} {case.state} {case.created_at:%H:%M} {words}",
                file=sys.stderr,
            )
    violations = integrity.check()
    for violation in violations[:20]:
        print(f"{day.policy}: ({violation.number}) {violation.row}: {violation.why}", file=sys.stderr)
    found["invariants broken"] = len(violations)
    seconds = sorted(day.plan_seconds)
    found |= {
        "plans": len(seconds),
        "seconds a plan, 95 %": round(seconds[int(len(seconds) * 0.95)], 2),
        "pages pressed": day.counted["pages"],
        "trips": day.counted["trips"],
        "breakdowns": day.counted["breakdowns"],
        "hand-overs failed": sum(n for what, n in day.counted.items() if what.startswith("failed")),
        "certificates lapsed": day.counted["certificates lapsed and renewed"],
        "presses refused": sum(n for what, n in day.counted.items() if what.startswith("refused")),
    }
    return found


def main() -> int:
    """python -m bench.day POLICY REQUESTS VEHICLES HOURS: one day, its figures as JSON on the last line."""
    import os

    from hotline.embedded import throwaway

    policy, requests, vehicles, hours = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    with throwaway.services() as environment:
        environment["DATABASE_URL"] = searching(environment["DATABASE_URL"])
        os.environ |= environment | {
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "LOG_LEVEL": "ERROR",
            "CELERY_BROKER_URL": "memory://",
            "ALLOWED_HOSTS": "*",
            "STATIC_FILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }
        import django

        django.setup()
        from django.core.management import call_command

        install_clock()
        call_command("migrate", verbosity=0)
        began = time.perf_counter()
        with clock() as moved:
            day = Day(policy, requests, vehicles, hours, moved)
            day.run()
            figures = outcome(day)
        figures["seconds"] = round(time.perf_counter() - began, 1)
    print(dict(day.counted), datetime.now(UTC).date(), file=sys.stderr)
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
