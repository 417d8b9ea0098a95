"""Where the goods of a case come from: a pickup point is asked, answers, and keeps them ready.

Several points may be asked for one case; the first who confirms has it, the others are told they are no longer asked. A
question without an answer in time gives the case back to the agents' queue.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, steps
from cases.lifecycle import CASE, CaseState
from cases.models import Callback, Case
from dispatch import planner, searching
from dispatch.metres import apart
from dispatch.models import GoodsSearch, PickupPoint, Sourcing
from dispatch.pharmacy import link
from dispatch.refused import Refused
from hotline import live, outbox
from hotline.models import User

__all__ = [
    "Refused",
    "ask",
    "confirm",
    "expire_unanswered",
    "lapse_reservations",
    "part",
    "points_for",
    "refuse",
    "substitute",
    "withdraw",
    "withdraw_all",
]

log = logging.getLogger(__name__)
S = Sourcing.State
# How long a point may take to answer, by level.
ANSWER_WITHIN = {
    1: timedelta(minutes=15),
    2: timedelta(minutes=40),
    3: timedelta(hours=2),
    4: timedelta(hours=4),
    5: timedelta(hours=4),
}
# How long goods stay put aside when the point does not say.
RESERVED_FOR = timedelta(hours=24)
UNANSWERED = (S.ASKED,)
OPEN_STATES = (S.ASKED, S.PART, S.SUBSTITUTE)
CAN_BE_CONFIRMED = (*OPEN_STATES, S.EXPIRED)
LOOKED_FOR = (CaseState.NEW, CaseState.TRIAGED, CaseState.SOURCING)
# A point that said yes more often than no counts as this much nearer or farther.
METRES_OF_TRUST = 3000
# The same for these very items, over these weeks: stock comes and goes.
METRES_OF_ITEM = 6000
LEARNED_OVER = timedelta(days=21)
SAID_YES = (S.CONFIRMED, S.COLLECTED)
SAID_NO = (S.REFUSED, S.EXPIRED)


def points_for(case: Case) -> list[PickupPoint]:
    """The points that carry goods of this category, nearest first; one that mostly refused counts as farther away.

    What a point said about these very items lately weighs more than what it said about all else (`had`, `had_not`).
    """
    points = (
        PickupPoint.objects.filter(line_id=case.line_id, active=True)
        .filter(Q(categories=case.category_id) if case.category_id else Q())
        .select_related("district")
        .annotate(
            said_yes=Count("sourcings", filter=Q(sourcings__state__in=SAID_YES)),
            said_no=Count("sourcings", filter=Q(sourcings__state__in=SAID_NO)),
        )
        .distinct()
    )
    here = case.address.point if case.address else None
    learned = learned_of(case)

    def far(point: Any) -> tuple[float, int]:
        doubt = METRES_OF_TRUST * (point.said_no - point.said_yes) / (point.said_yes + point.said_no + 5)
        point.had, point.had_not = learned.get(point.pk, (0, 0))
        doubt += METRES_OF_ITEM * (point.had_not - point.had) / (point.had + point.had_not + 2)
        return (apart(here, (point.lon, point.lat)) if here else 0.0) + doubt, point.pk

    return sorted(points, key=far)


def learned_of(case: Case) -> dict[int, tuple[int, int]]:
    """How often each point has had, and has not had, the items of this case in the last weeks."""
    items = [need.item for need in case.needs.all()]
    answers = Sourcing.objects.filter(
        case__line_id=case.line_id,
        case__needs__item__in=items,
        asked_at__gte=timezone.now() - LEARNED_OVER,
        state__in=[*SAID_YES, *SAID_NO],
    ).exclude(case=case)
    counted = answers.values("pickup_point").annotate(
        had=Count("pk", filter=Q(state__in=SAID_YES), distinct=True),
        had_not=Count("pk", filter=Q(state__in=SAID_NO), distinct=True),
    )
    return {row["pickup_point"]: (row["had"], row["had_not"]) for row in counted}


def ask(case: Case, point: PickupPoint, *, by: User | None) -> Sourcing:
    """Asks the point for the goods of the case, by text where it has a telephone; asking twice is asking once."""
    with transaction.atomic():
        steps.lock(case)
        if case.state not in LOOKED_FOR:
            raise Refused(_("goods are looked for before a case is ready, not while it is “%s”") % _state(case))
        known = Sourcing.objects.filter(case=case, pickup_point=point, state__in=OPEN_STATES).first()
        if known:
            return known
        due_at = timezone.now() + ANSWER_WITHIN[case.level]
        asked = Sourcing.objects.create(case=case, pickup_point=point, asked_by=by, due_at=due_at)
        _wait_for_answer(case, due_at, by)
        _write_to(asked)
        _tell_pages(asked)
    log.info("sourcing %s: case %s asked at point %s", asked.pk, case.pk, point.pk)
    return asked


def confirm(
    sourcing: Sourcing,
    *,
    by: User | None = None,
    ready_at: datetime | None = None,
    reserved_until: datetime | None = None,
    words: str = "",
) -> Sourcing:
    """The goods lie there from `ready_at` to `reserved_until`: the case is ready for a vehicle, and a plan is asked for."""
    now = timezone.now()
    ready_at = ready_at or now
    reserved_until = reserved_until or max(now, ready_at) + RESERVED_FOR
    if reserved_until <= max(now, ready_at):
        raise Refused(_("the goods must be kept for longer than until they are ready"))
    with transaction.atomic():
        case = _open(sourcing, CAN_BE_CONFIRMED)
        try:
            with transaction.atomic():
                _answered(sourcing, S.CONFIRMED, words, ready_at=ready_at, reserved_until=reserved_until)
        except IntegrityError as twice:
            raise Refused(_("another pickup point has the goods of this case already")) from twice
        for other in Sourcing.objects.filter(case=case, state__in=OPEN_STATES).exclude(pk=sourcing.pk):
            _settle(other, S.WITHDRAWN)
        searching.end(case, GoodsSearch.Outcome.FOUND)
        _make_ready(case, by)
    return sourcing


def part(sourcing: Sourcing, *, by: User | None = None, words: str = "") -> Sourcing:
    """They have some of it: an agent asks the resident, and confirms or goes on looking."""
    return _ask_an_agent(sourcing, S.PART, by, words, _("a pickup point has part of it"))


def substitute(sourcing: Sourcing, *, by: User | None = None, words: str = "") -> Sourcing:
    """They have something else instead: an agent asks the resident, and confirms or goes on looking."""
    return _ask_an_agent(sourcing, S.SUBSTITUTE, by, words, _("a pickup point offers a substitute"))


def refuse(sourcing: Sourcing, *, by: User | None = None, words: str = "") -> Sourcing:
    """They do not have it. The last one asked gives the case back to the agents."""
    with transaction.atomic():
        case = _open(sourcing, OPEN_STATES)
        _answered(sourcing, S.REFUSED, words)
        _look_on(case, _("a pickup point refused"), by)
    return sourcing


def withdraw(sourcing: Sourcing, *, by: User | None = None) -> Sourcing:
    """It is no longer wanted from there."""
    with transaction.atomic():
        case = _open(sourcing, OPEN_STATES)
        _settle(sourcing, S.WITHDRAWN)
        _look_on(case, _("no longer asked there"), by)
    return sourcing


def withdraw_all(case: Case) -> int:
    """The case has ended: nothing is put aside for it any more. Returns how many were."""
    searching.end(case, GoodsSearch.Outcome.STOPPED)
    found = list(Sourcing.objects.filter(case=case, state__in=[*OPEN_STATES, S.CONFIRMED]))
    for sourcing in found:
        _settle(sourcing, S.WITHDRAWN)
    return len(found)


def expire_unanswered(limit: int = 200) -> int:
    """The sweep: points that did not answer in time. Returns how many."""
    late = Sourcing.objects.filter(state__in=UNANSWERED, due_at__lte=timezone.now()).order_by("due_at")
    with transaction.atomic():
        found = list(late.select_related("case").select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        for sourcing in found:
            _settle(sourcing, S.EXPIRED)
            _look_on(sourcing.case, _("a pickup point did not answer"), None)
    return len(found)


def lapse_reservations(limit: int = 200) -> int:
    """The sweep: goods that were put aside until now for a case that got no vehicle. Agents look again."""
    over = Sourcing.objects.filter(
        state=S.CONFIRMED, reserved_until__lte=timezone.now(), case__state=CaseState.READY
    ).exclude(case__stops__state__in=["planned", "arrived"])
    with transaction.atomic():
        found = list(over.select_related("case").select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        for sourcing in found:
            _settle(sourcing, S.EXPIRED)
            steps.move(sourcing.case, "back_to_sourcing", reason=_("the goods were not kept any longer"))
    return len(found)


def _open(sourcing: Sourcing, states: tuple[str, ...]) -> Case:
    """Locks case and sourcing and checks that an answer still matters; the case."""
    case = steps.lock(sourcing.case)
    sourcing.refresh_from_db(from_queryset=Sourcing._base_manager.select_for_update(no_key=True, of=("self",)))
    sourcing.case = case
    if sourcing.state not in states:
        raise Refused(_("this was answered already: %s") % sourcing.get_state_display())
    if case.state not in (*LOOKED_FOR, CaseState.ON_HOLD):
        raise Refused(_("it is no longer needed: the case is “%s”") % _state(case))
    return case


def _make_ready(case: Case, by: User | None) -> None:
    """Ready for dispatch; where something is missing (a place on the map, the end of a hold) an agent sees to it."""
    if case.state == CaseState.ON_HOLD:
        return  # it is made ready by the agent when the hold ends
    if case.state == CaseState.NEW:
        steps.move(case, "triage", by=by)
    missing = CASE.why_not(case, "make_ready")
    if missing:
        steps.set_next(case, Case.Step.SOURCE, Case.Owner.QUEUE, timezone.now(), by=by, reason=missing)
        return
    steps.move(case, "make_ready", by=by, reason=_("the goods are confirmed"))
    planner.ask(case.line, because="case ready")


def _wait_for_answer(case: Case, due_at: datetime, by: User | None) -> None:
    if case.state in (CaseState.NEW, CaseState.TRIAGED):
        steps.move(case, "source", by=by)
    if case.owner == Case.Owner.TIMER or case.next_step != Case.Step.CONFIRM_GOODS:
        steps.set_next(
            case, Case.Step.CONFIRM_GOODS, Case.Owner.TIMER, due_at, by=by, reason=_("a pickup point was asked")
        )


def _look_on(case: Case, reason: str, by: User | None) -> None:
    """On to the next point where a search goes on, else back to the agents, unless another point may still answer."""
    steps.lock(case)
    searching.go_on(case)
    if (
        case.state != CaseState.SOURCING
        or Sourcing.objects.filter(case=case, state__in=[*UNANSWERED, S.CONFIRMED]).exists()
    ):
        return
    due_at = steps.reckon(case, Case.Step.SOURCE).due_at or timezone.now()
    if steps.has_live_lease(case):
        steps.set_next(
            case,
            Case.Step.SOURCE,
            Case.Owner.AGENT,
            due_at,
            agent=case.owner_agent,
            until=case.claimed_until,
            by=by,
            reason=reason,
        )
        return
    steps.set_next(case, Case.Step.SOURCE, Case.Owner.QUEUE, due_at, by=by, reason=reason)


def _ask_an_agent(sourcing: Sourcing, state: str, by: User | None, words: str, reason: str) -> Sourcing:
    with transaction.atomic():
        case = _open(sourcing, (S.ASKED, S.EXPIRED))
        _answered(sourcing, state, words)
        _look_on(case, reason, by)
        offered = f"{reason}, {sourcing.pickup_point}: {words}" if words else f"{reason}, {sourcing.pickup_point}"
        callbacks.schedule(line=case.line, kind=Callback.Kind.CLARIFY, due_at=timezone.now(), case=case, reason=offered)
    return sourcing


def _answered(sourcing: Sourcing, state: str, words: str, **fields: datetime) -> None:
    for name, value in fields.items():
        setattr(sourcing, name, value)
    sourcing.words = words[:200]
    sourcing.answered_at = timezone.now()
    _settle(sourcing, state)


def _settle(sourcing: Sourcing, state: str) -> None:
    sourcing.state = state
    sourcing.save()
    _tell_pages(sourcing)
    log.info("sourcing %s: %s", sourcing.pk, state)


def _tell_pages(sourcing: Sourcing) -> None:
    live.publish(f"case:{sourcing.case_id}")
    live.publish("dispatch", case=sourcing.case_id)


def _write_to(sourcing: Sourcing) -> None:
    point = sourcing.pickup_point
    if not point.phone:
        return
    outbox.send(
        line=sourcing.case.line,
        number=point.phone,
        event="pharmacy_asked",
        topic=f"sourcing:{sourcing.pk}",
        words={"link": link.address(point)},
        level=sourcing.case.level,
    )


def _state(case: Case) -> str:
    return str(CaseState(case.state).label)
