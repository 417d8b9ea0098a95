"""How often, how far apart and at what hours we call somebody: the policy of the category, with defaults beneath it.

The shape inside a category version's rules is `follow_up: {after_hours, attempts, spacing_hours: [before each attempt],
calling_from, calling_until, text_between, exhausted: "review" or "welfare_check"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import emergency
from cases.models import Case, CategoryVersion
from hotline import opening
from hotline.models import Line
from hotline.presence import NotNow

URGENT = 2  # from this level on, hours of the day do not hold a call back
BUSY_AGAIN = timedelta(minutes=15)
DAYS_AHEAD = 14


@dataclass(frozen=True)
class Policy:
    """Attempts and their spacing; calling hours are the line's local time, half-open."""

    after: timedelta = timedelta(hours=4)  # from the delivery to the call that asks about it
    attempts: int = 3
    # Waits between attempts: within the hours, then another part of the day, then another day.
    spacing: tuple[timedelta, ...] = (timedelta(hours=2), timedelta(hours=5), timedelta(hours=20))
    urgent_spacing: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))
    opens: time = time(8, 30)
    closes: time = time(21, 0)
    has_hours: bool = False  # said by the category or an emergency mode; else the line's own calling hours hold
    text_between: bool = True  # a text after each attempt that reached nobody
    looks_in: bool = False  # attempts used up: the neighbourhood committee looks in, whoever it is

    def wait_after(self, attempt: int, level: int) -> timedelta:
        """How long to wait after attempt number `attempt` (1 is the first) before the next."""
        spacing = self.urgent_spacing if level <= URGENT else self.spacing
        return spacing[min(attempt, len(spacing)) - 1]

    def callable_from(self, wanted: datetime, line: Line, level: int) -> datetime:
        """The first moment from `wanted` on at which we may ring somebody up; urgent calls wait for no hour."""
        if level <= URGENT:
            return wanted
        own = None if self.has_hours else opening.calling_blocks(line, wanted, DAYS_AHEAD)
        for begins, ends in self._daily(line, wanted) if own is None else own:
            if wanted < ends:
                return max(wanted, begins)
        return wanted

    def _daily(self, line: Line, wanted: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Each day from the day before on; hours that end before they begin end on the next morning."""
        zone = ZoneInfo(line.time_zone)
        first = wanted.astimezone(zone).date() - timedelta(days=1)
        overnight = timedelta(days=1 if self.closes <= self.opens else 0)
        quiet = opening.quiet_days(line, first)
        for day in (first + timedelta(days=n) for n in range(DAYS_AHEAD)):
            if day not in quiet:
                begins = datetime.combine(day, self.opens, zone)
                yield begins, datetime.combine(day + overnight, self.closes, zone)


DEFAULT = Policy()


def of(case: Case | None) -> Policy:
    """The policy for this case: of the version that judged it, else the default; an emergency mode's hours over it."""
    if case is None:
        return DEFAULT
    return from_rules(emergency.over(case.judged_by.rules if case.judged_by else {}, case.line_id))


def from_version(version: CategoryVersion) -> Policy:
    """The policy a category version carries; what it leaves out is the default."""
    return from_rules(version.rules)


def from_rules(given: Mapping[str, Any]) -> Policy:
    """The policy in rules as they hold."""
    rules: Mapping[str, Any] = given.get("follow_up") or {}
    spacing = tuple(timedelta(hours=float(h)) for h in (rules.get("spacing_hours") or [])[1:])
    return Policy(
        after=timedelta(hours=float(rules.get("after_hours", 4))),
        attempts=int(rules.get("attempts", DEFAULT.attempts)),
        spacing=spacing or DEFAULT.spacing,
        opens=time.fromisoformat(rules["calling_from"]) if "calling_from" in rules else DEFAULT.opens,
        closes=time.fromisoformat(rules["calling_until"]) if "calling_until" in rules else DEFAULT.closes,
        has_hours="calling_from" in rules or "calling_until" in rules,
        text_between=bool(rules.get("text_between", DEFAULT.text_between)),
        looks_in=rules.get("exhausted") == "welfare_check",
    )


class TooLate(NotNow):
    """Nobody is rung up at this hour unless whoever dials says that it cannot wait; the text asks for that."""


def ask_first(case: Case | None, line: Line, level: int) -> None:
    """Raises TooLate outside the calling hours; urgent calls wait for no hour."""
    now = timezone.now()
    at = of(case).callable_from(now, line, level)
    if at <= now or not settings.QUIET_HOURS:
        return
    zone = ZoneInfo(line.time_zone)
    raise TooLate(
        _("It is %(now)s there, and people are called from %(from)s on. Can it not wait?")
        % {"now": f"{now.astimezone(zone):%H:%M}", "from": f"{at.astimezone(zone):%H:%M}"}
    )


def follow_up_at(case: Case, delivered_at: datetime) -> datetime:
    """When we ask by telephone whether it arrived, unless the resident has said so before."""
    policy = of(case)
    return policy.callable_from(delivered_at + policy.after, case.line, max(case.level, URGENT + 1))
