"""Quality: each week some ended cases of every agent are looked at by somebody else, with a score card that is data.

The sample is random, over what was met, what was not and what was cancelled in turn, so that the rare ends are seen too. A
resident who says otherwise than the driver opens a review as well. The agent sees the result and can answer it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Criterion, QualityReview, SampledWeek, SamplePlan, Transition
from hotline.lifecycle import MoveRefused
from hotline.models import User

PER_AGENT = 3
WEEK = timedelta(days=7)
VALUES = (0, 1, 2)
FULL = 2
DRAWN_FROM = 40_000  # ended cases of a week, the latest


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def draw(today: date | None = None) -> int:
    """The sweep: the sample of the week that has ended, once. Returns how many cases."""
    monday = week_of(today or timezone.localdate()) - WEEK
    with transaction.atomic():
        _row, new = SampledWeek.objects.get_or_create(pk=monday)
        if not new:
            return 0
        return len(_sample(monday))


def _sample(monday: date) -> list[QualityReview]:
    plan = SamplePlan.objects.order_by("pk").first()
    most = plan.per_agent if plan else PER_AGENT
    chance = random.SystemRandom()
    drawn: list[QualityReview] = []
    for agent, strata in _ended(monday).items():
        for cases in strata.values():
            chance.shuffle(cases)
        drawn += [
            QualityReview(case_id=case, agent_id=agent, why=QualityReview.Why.SAMPLE, monday=monday)
            for case in _in_turn(list(strata.values()))[:most]
        ]
    return QualityReview.objects.bulk_create(drawn, ignore_conflicts=True)


def _ended(monday: date) -> dict[int, dict[str, list[int]]]:
    """Agent -> how it ended -> cases that ended in this week and on which that agent worked last."""
    zone = timezone.get_current_timezone()
    begins = datetime.combine(monday, datetime.min.time(), zone)
    ended = Case.objects.filter(closed_at__gte=begins, closed_at__lt=begins + WEEK).exclude(state="duplicate")
    ended = ended.filter(quality_reviews=None)
    states = dict(ended.order_by("-closed_at").values_list("pk", "state")[:DRAWN_FROM])
    found: dict[int, dict[str, list[int]]] = {}
    for case, agent in _agents(states).items():
        found.setdefault(agent, {}).setdefault(states[case], []).append(case)
    return found


def _agents(cases: Iterable[int]) -> dict[int, int]:
    """Case -> the agent who moved it last."""
    moved = Transition.objects.filter(case__in=list(cases), by__role=User.Role.AGENT).order_by("pk")
    return dict(moved.values_list("case", "by"))


def _in_turn(strata: list[list[int]]) -> list[int]:
    """One of each in turn, the smallest first."""
    strata = sorted(strata, key=len)
    longest = max(map(len, strata), default=0)
    return [cases[n] for n in range(longest) for cases in strata if n < len(cases)]


def open_for(case: Case) -> QualityReview | None:
    """The resident said otherwise: somebody looks at the work on it. None when no agent had a hand in it."""
    agent = _agents([case.pk]).get(case.pk)
    if agent is None:
        return None
    monday = week_of(timezone.localdate())
    return QualityReview.objects.get_or_create(
        case=case, agent_id=agent, defaults={"why": QualityReview.Why.SURVEY, "monday": monday}
    )[0]


def score(review: QualityReview, values: Mapping[int, int | None], *, by: User, comment: str = "") -> QualityReview:
    """Fills in the card: criterion -> 0, 1, 2 or None. Raises MoveRefused for one's own work, or a card half filled in."""
    if by.pk == review.agent_id:
        raise MoveRefused(_("nobody reviews their own work"))
    criteria = list(Criterion.objects.filter(active=True))
    if any(criterion.pk not in values or values[criterion.pk] not in (None, *VALUES) for criterion in criteria):
        raise MoveRefused(_("answer every question of the card"))
    card = [
        {"words": c.words, "words_en": c.words_en, "weight": c.weight, "critical": c.critical, "value": values[c.pk]}
        for c in criteria
    ]
    reckoned = reckon(card)
    if reckoned is None:
        raise MoveRefused(_("at least one question has to apply"))
    with transaction.atomic():
        review.refresh_from_db(from_queryset=QualityReview._base_manager.select_for_update(no_key=True, of=("self",)))
        if review.done_at:
            raise MoveRefused(_("it is reviewed already"))
        review.card, review.score, review.comment = card, reckoned, comment
        review.reviewer, review.done_at = by, timezone.now()
        review.save()
    return review


def reckon(card: list[dict[str, Any]]) -> int | None:
    """Per cent of what could be reached; 0 when something critical was failed, None when nothing applies."""
    counted = [line for line in card if line["value"] is not None]
    if not counted:
        return None
    if any(line["critical"] and line["value"] == 0 for line in counted):
        return 0
    reached = sum(line["weight"] * line["value"] for line in counted)
    return round(100 * reached / sum(line["weight"] * FULL for line in counted))


def answer(review: QualityReview, words: str, *, by: User) -> QualityReview:
    """The agent's own word on the result, once."""
    words = words.strip()
    if by.pk != review.agent_id:
        raise MoveRefused(_("only the agent answers"))
    if not words:
        raise MoveRefused(_("write something"))
    if not QualityReview.objects.filter(pk=review.pk, answered_at=None, done_at__isnull=False).update(
        answer=words[:4000], answered_at=timezone.now()
    ):
        raise MoveRefused(_("it is answered already"))
    review.refresh_from_db()
    return review


def figures(weeks: int = 8) -> list[dict[str, Any]]:
    """Per agent: average score and count of each of the last weeks, newest last; one query."""
    last = week_of(timezone.localdate())
    mondays = [last - n * WEEK for n in reversed(range(weeks))]
    rows: Any = (
        QualityReview.objects.filter(done_at__isnull=False, monday__gte=mondays[0])
        .order_by()
        .values("agent", "agent__name", "agent__username", "monday")
        .annotate(average=Avg("score"), count=Count("pk"))
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        agent = found.setdefault(row["agent"], {"name": row["agent__name"] or row["agent__username"], "weeks": {}})
        agent["weeks"][row["monday"]] = {"average": round(row["average"]), "count": row["count"]}
    return [
        {"name": agent["name"], "cells": [agent["weeks"].get(monday) for monday in mondays]}
        for agent in sorted(found.values(), key=lambda each: each["name"])
    ]


def mondays(weeks: int = 8) -> list[date]:
    """The columns of `figures`."""
    last = week_of(timezone.localdate())
    return [last - n * WEEK for n in reversed(range(weeks))]
