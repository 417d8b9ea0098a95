"""A search for goods that goes on by itself: the nearest and most helpful points are asked, one after the other or several at
once; a refusal or no answer in time brings the next one, until one has them or nobody is left.
"""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.models import Case
from dispatch.models import GoodsSearch, PickupPoint, Sourcing
from dispatch.refused import Refused
from hotline.models import User

log = logging.getLogger(__name__)
MOST_AT_ONCE = 5
# Asked more points than this and nobody had it: somebody has to think of another way.
MOST_POINTS = 12
# From the question to a vehicle at the counter it may take as long as this: goods behind a shut door help nobody today.
FETCHED_WITHIN = timedelta(hours=2)
URGENT = 2
S = Sourcing.State
SETTLES = (S.PART, S.SUBSTITUTE, S.CONFIRMED)


def start(case: Case, *, by: User | None, at_once: int = 1) -> GoodsSearch:
    """Begins a search; raises Refused when one goes on already, or when nobody who is open could be asked."""
    if not 1 <= at_once <= MOST_AT_ONCE:
        raise Refused(_("ask one to five at once"))
    try:
        with transaction.atomic():
            steps.lock(case)
            search = GoodsSearch.objects.create(case=case, at_once=at_once, started_by=by)
            if not go_on(case):
                raise Refused(_why_nobody(case))
    except IntegrityError as twice:
        raise Refused(_("the pickup points are being asked already")) from twice
    log.info("case %s: searched for, %s at once", case.pk, at_once)
    return search


def going_on(case: Case) -> GoodsSearch | None:
    """The search of this case, or none."""
    return case.goods_searches.filter(ended_at=None).select_related("started_by").first()


def go_on(case: Case) -> int:
    """Asks as many more as the search of this case allows now. Returns how many were asked; called under the case's lock.

    While a part or a substitute waits for the resident's word nobody else is asked.
    """
    from dispatch import sourcing

    search = going_on(case)
    if search is None or case.state not in sourcing.LOOKED_FOR:
        return 0
    states = list(case.sourcings.filter(asked_at__gte=search.started_at).values_list("state", flat=True))
    if any(state in SETTLES for state in states):
        return 0
    waiting = case.sourcings.filter(state=S.ASKED).count()
    left = next_points(case)[: max(0, MOST_POINTS - len(states))]
    for point in left[: max(0, search.at_once - waiting)]:
        sourcing.ask(case, point, by=search.started_by)
    if not waiting and not left:
        end(case, GoodsSearch.Outcome.EXHAUSTED)
    return min(len(left), max(0, search.at_once - waiting))


def end(case: Case, outcome: str) -> None:
    """The search is over."""
    case.goods_searches.filter(ended_at=None).update(ended_at=timezone.now(), outcome=outcome)


def stop(case: Case, *, by: User | None) -> None:
    """An agent goes on by hand; who was asked may still answer."""
    with transaction.atomic():
        steps.lock(case)
        end(case, GoodsSearch.Outcome.STOPPED)
        steps.write(case, by=by, reason=_("the search for goods was stopped"))


def next_points(case: Case) -> list[PickupPoint]:
    """Whom to ask next, best first: open now, and not asked for this case before.

    An urgent case is asked for last where the counter shuts before a vehicle could be there.
    """
    from dispatch import sourcing

    asked = set(case.sourcings.exclude(state=S.WITHDRAWN).values_list("pickup_point_id", flat=True))
    now = timezone.now()
    found = [p for p in sourcing.points_for(case) if p.pk not in asked and is_open(p, now) is not False]
    return sorted(found, key=lambda p: is_open(p, now + FETCHED_WITHIN) is False) if case.level <= URGENT else found


def is_open(point: PickupPoint, at: datetime) -> bool | None:
    """Whether the counter is open; None when its hours are not known. Hours may cross midnight; 0:00 to 0:00 is always."""
    if point.opens is None or point.closes is None:
        return None
    if point.opens == point.closes:
        return True
    now: time = timezone.localtime(at).time()
    if point.opens <= point.closes:
        return point.opens <= now < point.closes
    return now >= point.opens or now < point.closes


def _why_nobody(case: Case) -> str:
    from dispatch import sourcing

    if not sourcing.points_for(case):
        return _("no pickup point carries this category")
    return _("every pickup point that is open now has been asked already")
