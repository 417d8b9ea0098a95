"""The two times on a case: when it must be there, and by when the next step must happen.

Least slack first: the order of every queue is (level 1 before all else, due_at, id). Both times are reckoned from what is
stored on the case, never from the clock on the wall, so reckoning again gives the same answer and an old case rises by
itself. The figures are starting values (docs/triage.md); a category's version brings its own.

Promised, and proved by properties in tests/cases/test_priority.py, for levels 1 to 4: a more urgent level, an earlier end of
supplies or a further vulnerability never makes due_at later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cases.models import CategoryVersion
from hotline import opening
from hotline.models import Line

Sum = list[dict[str, Any]]

# Minutes by level: first contact, decided, on its way or another way found. Level 5 is answered the same day.
TARGETS: dict[int, dict[str, int]] = {
    1: {"contact": 5, "decide": 30, "deliver": 4 * 60},
    2: {"contact": 30, "decide": 2 * 60, "deliver": 24 * 60},
    3: {"contact": 4 * 60, "decide": 24 * 60, "deliver": 72 * 60},
    4: {"contact": 24 * 60, "decide": 72 * 60, "deliver": 7 * 24 * 60},
}
# What usually still takes, in hours, in the order in which it happens.
STEP_HOURS: dict[str, float] = {"intake": 1, "source": 1, "confirm_goods": 2, "plan": 6, "drive": 3}
MARGIN_HOURS = 4.0
FOLLOW_UP_HOURS = 24.0
UNCONFIRMED_LATER = timedelta(hours=24)
# By how many hours due_at comes forward: the largest fully, the others half.
VULNERABLE_HOURS: dict[str, float] = {
    "infant_under_6_months": 4,
    "insulin": 4,
    "dialysis": 4,
    "oxygen_at_home": 4,
    "pregnant": 2,
    "over_80": 2,
    "lives_alone": 2,
    "bedridden": 2,
}
VULNERABLE_WORDS: dict[str, tuple[str, str]] = {
    "infant_under_6_months": ("6 个月以下婴儿", "infant under 6 months"),
    "insulin": ("用胰岛素", "on insulin"),
    "dialysis": ("透析", "dialysis"),
    "oxygen_at_home": ("家庭吸氧", "oxygen at home"),
    "pregnant": ("孕妇", "pregnant"),
    "over_80": ("80 岁以上", "over 80"),
    "lives_alone": ("独居", "lives alone"),
    "bedridden": ("卧床", "bedridden"),
}
# The ends of supplies count where doing without does harm; a nuisance has its own target.
LEVELS_BOUND_BY_SUPPLIES = (1, 2, 3)
LEVELS_AT_ANY_HOUR = (1, 2)
LAST_URGENCY = 4
AGENT_STEPS = ("intake", "source", "review")


@dataclass(frozen=True)
class Hours:
    """When the line is answered: open times in order. Without any it is always open."""

    blocks: Sequence[tuple[datetime, datetime]] = ()

    def first_open(self, at: datetime) -> datetime:
        """`at` when open, else the next opening."""
        return next((max(at, start) for start, end in self.blocks if at < end), at)

    def last_open(self, at: datetime) -> datetime:
        """`at` when open, else the moment of the last closing before it."""
        return max((min(at, end) for start, end in self.blocks if start <= at), default=at)

    def add(self, at: datetime, span: timedelta) -> datetime:
        """`at` and then so much open time; what the known hours do not hold is added as calendar time."""
        for start, end in self.blocks:
            if at >= end:
                continue
            at = max(at, start)
            if at + span <= end:
                return at + span
            span -= end - at
            at = end
        return at + span

    def back(self, at: datetime, span: timedelta) -> datetime:
        """So much open time before `at`."""
        for start, end in reversed(self.blocks):
            if at <= start:
                continue
            at = min(at, end)
            if at - span >= start:
                return at - span
            span -= at - start
            at = start
        return at - span

    def end_of_day(self, at: datetime) -> datetime:
        """When the last open time of that day ends; midnight for a line that never closes."""
        at = self.first_open(at)
        day = timezone.localtime(at).date()
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        ends = [end for start, end in self.blocks if timezone.localtime(start).date() == day]
        return max([*ends, at]) if ends else midnight


ALWAYS_OPEN = Hours()


def hours_of(line: Line, around: datetime) -> Hours:
    """The line's hours from the day before `around` on, for as long as any target reaches."""
    return Hours(tuple(opening.blocks(line, around, days=15)))


@dataclass(frozen=True)
class Times:
    """needed_by, due_at and the sum in words; `too_late`: a normal trip no longer makes it, ask for another way first."""

    needed_by: datetime
    due_at: datetime
    sum: Sum = field(default_factory=list)
    too_late: bool = False
    # The level's own targets, whatever the step: what the share met is counted by.
    contact_by: datetime | None = None
    decide_by: datetime | None = None


@dataclass(frozen=True)
class _Facts:
    base: datetime  # when the clocks began: creation, later by what was spent on hold
    created_at: datetime
    supply_ends_at: datetime | None
    rules: Mapping[str, Any]
    vulnerabilities: tuple[str, ...]
    step: str
    contacted: bool
    hours: Hours


def times(
    *,
    level: int,
    created_at: datetime,
    supply_ends_at: datetime | None = None,
    version: CategoryVersion | Mapping[str, Any] | None = None,
    vulnerabilities: Iterable[str] = (),
    step: str = "intake",
    now: datetime | None = None,
    hours: Hours = ALWAYS_OPEN,
    contacted_at: datetime | None = None,
    paused: timedelta = timedelta(0),
) -> Times:
    """Both times of a case at `step`. `paused` is what it has spent on hold; `now` only says whether it is too late.

    Once somebody was spoken to (a logged call counts) the first contact no longer presses, only the decision.
    """
    rules = version.rules if isinstance(version, CategoryVersion) else version or {}
    base = created_at + paused
    known = tuple(sorted(set(vulnerabilities)))
    facts = _Facts(base, created_at, supply_ends_at, rules, known, step, contacted_at is not None, hours)
    reckoned = _times(facts, level, now or created_at)
    return replace(reckoned, contact_by=_target(facts, level, "contact"), decide_by=_target(facts, level, "decide"))


def _times(facts: _Facts, level: int, now: datetime) -> Times:
    if facts.step == "follow_up":
        return _follow_up(facts, level, now)
    if level > LAST_URGENCY:
        return _same_day(facts)
    # The line's hours round times: the least of this level's and of every lesser level's keeps the order of urgency.
    reckoned = [_reckon(facts, each, now) for each in range(level, LAST_URGENCY + 1)]
    own = reckoned[0]
    least = min(each.due_at for each in reckoned)
    return own if least == own.due_at else Times(own.needed_by, least, [*own.sum[:-1], _due(least)], own.too_late)


def _reckon(facts: _Facts, level: int, now: datetime) -> Times:
    needed_by, parts = _needed_by(facts, level)
    still = still_takes(facts.rules, facts.step)
    slack = needed_by - still
    parts.append(
        _part("still_takes", f"通常还需{_zh(still)}", f"usually still takes {_en(still)}", hours=-_hours(still))
    )
    due, in_hours = slack, level not in LEVELS_AT_ANY_HOUR and facts.step in AGENT_STEPS
    if in_hours:
        due = facts.hours.last_open(due)
    target = _step_target(facts, level)
    if target and target[0] < due:
        due = target[0]
        parts.append(_part("step_target", target[1], target[2], at=due))
    earlier, said = _brought_forward(facts.vulnerabilities)
    parts += said
    due = facts.hours.back(due, earlier) if in_hours else due - earlier
    floor = facts.hours.first_open(facts.created_at) if in_hours else facts.created_at
    too_late = now + still > needed_by
    if due < floor:
        due = floor
        parts.append(_part("now", "已到期：现在就办", "already due: now", at=due))
    if too_late:
        parts.append(
            _part(
                "too_late",
                "常规派车已来不及：先问邻居、医院、居委会",
                "too late for a normal trip: ask neighbours, hospital, committee first",
            )
        )
    return Times(needed_by, due, [*parts, _due(due)], too_late)


def _needed_by(facts: _Facts, level: int) -> tuple[datetime, Sum]:
    span = timedelta(minutes=targets(facts.rules, level)["deliver"])
    needed_by = facts.base + span
    parts = [
        _part("target", f"{level} 级：{_zh(span).strip()}内送到", f"level {level}: within {_en(span)}", at=needed_by)
    ]
    if facts.supply_ends_at and level in LEVELS_BOUND_BY_SUPPLIES:
        margin = timedelta(hours=float(facts.rules.get("margin_hours", MARGIN_HOURS)))
        before = max(facts.supply_ends_at - margin, facts.created_at)
        if before < needed_by:
            needed_by = before
        parts.append(
            _part(
                "supplies",
                f"用完之前{_zh(margin)}",
                f"{_en(margin)} before supplies end",
                at=before,
                ends=facts.supply_ends_at.isoformat(),
            )
        )
    parts.append(_part("needed_by", "最晚须送到", "must be there", at=needed_by))
    return needed_by, parts


def _step_target(facts: _Facts, level: int) -> tuple[datetime, str, str] | None:
    """The level's own target for the step: contact for an intake nobody has spoken to, else the decision."""
    if facts.step not in ("intake", "source", "confirm_goods", "review"):
        return None
    first = facts.step == "intake" and not facts.contacted
    name = "contact" if first else "decide"
    span, at = timedelta(minutes=targets(facts.rules, level)[name]), _target(facts, level, name)
    what = ("首次联系", "first contact") if first else ("定下办法", "decided")
    return at, f"{level} 级：{_zh(span)}内{what[0]}", f"level {level}: {what[1]} within {_en(span)}"


def _target(facts: _Facts, level: int, name: str) -> datetime:
    """By when this has to be: open time of the line, calendar time for the most urgent; level 5 the same day."""
    if level > LAST_URGENCY:
        return facts.hours.end_of_day(facts.base)
    span = timedelta(minutes=targets(facts.rules, level)[name])
    return facts.base + span if level in LEVELS_AT_ANY_HOUR else facts.hours.add(facts.base, span)


def _brought_forward(vulnerabilities: Iterable[str]) -> tuple[timedelta, Sum]:
    found = sorted(((VULNERABLE_HOURS.get(slug, 0), slug) for slug in vulnerabilities), reverse=True)
    parts, total = [], 0.0
    for i, (hours, slug) in enumerate(pair for pair in found if pair[0]):
        counted = hours if i == 0 else hours / 2
        total += counted
        zh, en = VULNERABLE_WORDS[slug]
        parts.append(_part(slug, f"{zh}：提前 {counted:g} 小时", f"{en}: {counted:g} h earlier", hours=-counted))
    return timedelta(hours=total), parts


def _same_day(facts: _Facts) -> Times:
    end = facts.hours.end_of_day(facts.base)
    part = _part("same_day", "当天答复或转介", "answered or referred the same day", at=end)
    return Times(end, end, [part, _due(end)])


def _follow_up(facts: _Facts, level: int, now: datetime) -> Times:
    policy = facts.rules.get("follow_up", {})
    span = timedelta(hours=float(policy.get("after_hours", FOLLOW_UP_HOURS)))
    due = facts.hours.first_open(now + span)
    needed_by = _needed_by(facts, level)[0] if level <= LAST_URGENCY else due
    words = f"送达{_zh(span)}后回访", f"asked {_en(span)} after delivery"
    return Times(needed_by, due, [_part("follow_up", *words, at=due), _due(due)])


def put_back(reckoned: Times) -> Times:
    """A request that nobody could confirm moves down: the next step is due a day later than it would be, and says so."""
    due = reckoned.due_at + UNCONFIRMED_LATER
    words = (
        f"无法确认是否还需要：推后{_zh(UNCONFIRMED_LATER)}",
        f"nobody could confirm it: {_en(UNCONFIRMED_LATER)} later",
    )
    part = _part("unconfirmed", *words, hours=_hours(UNCONFIRMED_LATER))
    return replace(reckoned, due_at=due, sum=[*reckoned.sum[:-1], part, _due(due)])


def targets(rules: Mapping[str, Any], level: int) -> dict[str, int]:
    """The level's targets in minutes: the category's own over the general ones."""
    return TARGETS[level] | rules.get("targets", {}).get(str(level), {})


def still_takes(rules: Mapping[str, Any], step: str) -> timedelta:
    """What usually passes from the beginning of `step` to the door."""
    usual = STEP_HOURS | rules.get("step_hours", {})
    names = list(STEP_HOURS)
    first = names.index(step) if step in names else 0
    return timedelta(hours=sum(float(usual[name]) for name in names[first:]))


def _part(slug: str, zh: str, en: str, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    return {"slug": slug, "zh": zh, "en": en} | ({"at": at.isoformat()} if at else {}) | more


def _due(at: datetime) -> dict[str, Any]:
    return _part("due_at", "下一步最晚", "next step at the latest", at=at)


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def _zh(span: timedelta) -> str:
    hours = _hours(span)
    return f" {hours * 60:g} 分钟" if hours < 1 else f" {hours:g} 小时"


def _en(span: timedelta) -> str:
    hours = _hours(span)
    return f"{hours * 60:g} min" if hours < 1 else f"{hours:g} h"
