"""Why a case is on no trip, and what would change it: for the agent, the resident's STATUS and the report.

The words go to residents as well, so they are Chinese and English data, not the language of whoever is logged in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from dispatch.planner.problem import Ends, Order, Problem, Ride
from dispatch.planner.roads import Roads, can_take
from dispatch.planner.routing import Answer, soonest_hand_over

ZH, EN = "zh-hans", "en"

SAID: dict[str, tuple[str, str]] = {
    "no_place": (
        "地址还没有落到地图上，确认小区后才能派车。",
        "The address is on no map yet; a vehicle needs the community.",
    ),
    "no_goods": (
        "还没有取货点确认备好货，确认后才能派车。",
        "No pickup point has confirmed the goods yet; a vehicle comes after that.",
    ),
    "excluded": (
        "调度员安排{time}以后再派车。",
        "A dispatcher has put it back until {time}; it is planned again then.",
    ),
    "pinned": (
        "指定由一辆车送，这辆车现在排不上；改派别的车可以更快。",
        "It is kept for one vehicle, which is not free; with another it could go sooner.",
    ),
    "no_vehicle": ("现在没有{category}的车当班。", "No vehicle for {category} is on duty now."),
    "next_shift": ("{time}起有车上班。", "The next one comes on duty at {time}."),
    "no_pass": ("当班车辆没有去{district}的通行证。", "No vehicle on duty has a pass for {district}."),
    "district_closed": (
        "{district}按要求封闭到{time}，之后再派车。",
        "{district} is closed by order until {time}; a vehicle goes after that.",
    ),
    "gate_closed": (
        "小区大门按要求关闭到{time}，之后再送。",
        "The gate of the community is closed by order until {time}; it is brought after that.",
    ),
    "no_cold_box": (
        "需要冷藏，能去的车都没有冷藏箱。",
        "It needs cooling, and no vehicle that may go there has a cold box.",
    ),
    "too_big": ("数量超过一辆车能装的，需要分开送。", "It is more than one vehicle can carry and has to be split."),
    "closed": ("取货点{point}{time}才能取货。", "{point} hands out the goods from {time}."),
    "not_kept": (
        "取货点{point}留货的时间不够，需要重新确认。",
        "{point} does not keep the goods long enough; they must be confirmed anew.",
    ),
    "certificate": (
        "能去的司机核酸证明{time}到期，来不及送到；换新证明后可派。",
        "The driver's test certificate ends at {time}, too early to get there; a new one would do.",
    ),
    "permit": (
        "能去的车通行证{time}到期，来不及送到；续证后可派。",
        "The vehicle's pass ends at {time}, too early to get there; a new one would do.",
    ),
    "shift": (
        "当班车辆{time}交班，来不及送到，等下一班。",
        "The shift ends at {time}, too early to get there; it waits for the next one.",
    ),
    "hours": (
        "能去的司机开车时间{time}满，须休息，来不及送到；换司机后可派。",
        "The driver's hours end at {time}, too early to get there; another driver would do.",
    ),
    "too_far": ("一趟车的时间内送不到，需要单独安排。", "It is too far for one trip and has to be arranged by hand."),
    "full": ("能去的车都排满了，最早{time}后有车。", "All vehicles that may go there are full until {time}."),
    "before": ("前面还有{count}件更急的。", "{count} more urgent ones come first."),
}
# The same by code in a table, in the language of whoever reads it.
LABELS = {
    "no_place": gettext_lazy("on no map yet"),
    "no_goods": gettext_lazy("no goods confirmed"),
    "no_vehicle": gettext_lazy("no vehicle of the fleet on duty"),
    "no_pass": gettext_lazy("no pass for the district"),
    "no_cold_box": gettext_lazy("no cold box"),
    "too_big": gettext_lazy("more than a vehicle carries"),
    "closed": gettext_lazy("pickup point closed"),
    "not_kept": gettext_lazy("goods not kept long enough"),
    "certificate": gettext_lazy("test certificate ends too early"),
    "permit": gettext_lazy("pass ends too early"),
    "shift": gettext_lazy("shift ends too early"),
    "hours": gettext_lazy("the driver's hours end too early"),
    "too_far": gettext_lazy("too far for one trip"),
    "full": gettext_lazy("all vehicles full"),
}


def label(code: str) -> str:
    return str(LABELS.get(code, code))


@dataclass(frozen=True)
class Unserved:
    """One case that is on no trip: a code for figures and words for people."""

    case: int
    code: str
    zh: str
    en: str

    def row(self) -> dict[str, object]:
        return {"case": self.case, "code": self.code, "words": {ZH: self.zh, EN: self.en}}


def of_all(problem: Problem, answer: Answer) -> list[Unserved]:
    """Every ready case that is on no trip, most urgent first."""
    free_at = {id(route.ride): route.ends_at for route in answer.routes}
    before: Counter[int] = Counter()
    found = [_said(problem, case, code, time=problem.excluded.get(case)) for case, code in problem.missing]
    for order in sorted(answer.unserved, key=lambda o: o.rank):
        found.append(_why(problem, order, answer.roads, free_at, before[order.category]))
        before[order.category] += 1
    return found


def _why(problem: Problem, order: Order, roads: Roads, free_at: dict[int, datetime], before: int) -> Unserved:
    rides = [ride for ride in problem.rides if order.category in ride.categories]
    if not rides:
        return _no_vehicle(problem, order)
    if order.only is not None:
        return _said(problem, order.case, "pinned")
    for place in (order.pickup, order.delivery):
        if place.district in problem.closed:
            return _said(
                problem,
                order.case,
                "district_closed",
                district=problem.district_names.get(place.district),
                time=problem.closed[place.district],
            )
        rides = [ride for ride in rides if place.district in ride.districts]
        if not rides:
            return _said(problem, order.case, "no_pass", district=problem.district_names.get(place.district or 0))
    if order.amount[2] and not any(ride.capacity[2] for ride in rides):
        return _said(problem, order.case, "no_cold_box")
    rides = [ride for ride in rides if can_take(ride, order)]
    if not rides:
        return _said(problem, order.case, "too_big")
    opens = order.delivery_windows[0].start if order.delivery_windows else None
    if opens and opens >= max(ride.closes for ride in rides):
        return _said(problem, order.case, "gate_closed", time=opens)
    return (
        next(_counter(problem, order, rides), None)
        or _out_of_reach(problem, order, rides, roads)
        or _full(problem, order, rides, free_at, before)
    )


def _no_vehicle(problem: Problem, order: Order) -> Unserved:
    if back := problem.back_at.get(order.category):  # on duty, and out
        return _said(problem, order.case, "full", time=back)
    later = problem.next_shift.get(order.category)
    extra = ["next_shift"] if later and later > problem.now else []
    return _said(
        problem, order.case, "no_vehicle", *extra, category=problem.category_names.get(order.category), time=later
    )


def _counter(problem: Problem, order: Order, rides: list[Ride]) -> Iterator[Unserved]:
    """The pickup point is closed, or does not keep the goods."""
    point = problem.point_names.get(order.pickup_point, "")
    opens, closes = min(ride.opens for ride in rides), max(ride.closes for ride in rides)
    if not any(w.start < closes and w.end > opens for w in order.pickup_windows):
        later = [w.start for w in order.pickup_windows if w.start >= closes]
        if later:
            yield _said(problem, order.case, "closed", point=(point, point), time=min(later))
        else:
            yield _said(problem, order.case, "not_kept", point=(point, point))


def _out_of_reach(problem: Problem, order: Order, rides: list[Ride], roads: Roads) -> Unserved | None:
    """No ride would make it even if it did nothing else."""
    if any(soonest_hand_over(ride, order, roads) < ride.closes for ride in rides):
        return None
    longest = max(rides, key=lambda ride: ride.closes - soonest_hand_over(ride, order, roads))
    code = "too_far" if longest.ends == Ends.TRIP else str(longest.ends)
    return _said(problem, order.case, code, time=longest.over)


def _full(problem: Problem, order: Order, rides: list[Ride], free_at: dict[int, datetime], before: int) -> Unserved:
    soonest = min(free_at.get(id(ride), ride.closes) for ride in rides)
    return _said(problem, order.case, "full", *(["before"] if before else []), time=soonest, count=before)


def _said(problem: Problem, case: int, code: str, *more: str, **words: object) -> Unserved:
    zh, en = ([SAID[part][n].format(**_filled(words, n, problem)) for part in (code, *more)] for n in (0, 1))
    return Unserved(case, code, "".join(zh), " ".join(en))


def _filled(words: dict[str, object], language: int, problem: Problem) -> dict[str, object]:
    """Pairs by language, times as a clock says them."""
    filled = {}
    for name, value in words.items():
        if isinstance(value, tuple):
            filled[name] = value[language]
        elif isinstance(value, datetime):
            filled[name] = clock(value, problem.now, problem.zone, language)
        else:
            filled[name] = "" if value is None else value
    return filled


def clock(at: datetime, now: datetime, zone: ZoneInfo, language: int) -> str:
    """14:30; with the day when it is not today."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.month}月{local.day}日{local:%H:%M}" if language == 0 else f"{local:%H:%M on %d %B}"
