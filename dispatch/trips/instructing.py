"""What a dispatcher tells the planner about a case: only with this vehicle, or not before a time. Kept with who and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.lifecycle import FINAL_STATES, CaseState
from cases.models import Case
from dispatch import planner
from dispatch.models import Instruction, Vehicle
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH
from hotline import live
from hotline.models import User

LONGEST = timedelta(days=7)
PLANNABLE = (CaseState.READY, CaseState.PLANNED, CaseState.EN_ROUTE)
Kind = Instruction.Kind


def pin(case: Case, vehicle: Vehicle, *, by: User, reason: str) -> Instruction:
    """The planner gives the case to this vehicle or to none; another dispatcher needs a reason to move it."""
    if vehicle.line_id != case.line_id:
        raise Refused(_("%s drives for another line") % vehicle.plate)
    words = _("pinned to %(plate)s: %(why)s") % {"plate": vehicle.plate, "why": reason}
    return _give(case, Kind.PIN, by, reason, words, vehicle=vehicle)


def exclude(case: Case, *, until: datetime, by: User, reason: str) -> Instruction:
    """No plan has the case before then."""
    if not timezone.now() < until <= timezone.now() + LONGEST:
        raise Refused(_("say until when: a time in the next seven days"))
    words = _("left out of planning until %(time)s: %(why)s") % {
        "time": timezone.localtime(until).strftime("%m-%d %H:%M"),
        "why": reason,
    }
    return _give(case, Kind.EXCLUDE, by, reason, words, until=until)


def lift(case: Case, kind: str, *, by: User | None, reason: str = "") -> int:
    """Ends what was said about the case. Returns how many instructions ended."""
    if by is not None and by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
    with transaction.atomic():
        steps.lock(case)
        count = Instruction.objects.filter(case=case, kind=kind, ended_at=None).update(
            ended_at=timezone.now(), ended_by=by
        )
        if count:
            words = {Kind.PIN: _("no longer pinned"), Kind.EXCLUDE: _("planned again")}[Kind(kind)]
            steps.write(case, by=by, reason=f"{words}: {reason}" if reason else words)
            _plan_anew(case, by)
    return count


def lift_ended(limit: int = 200) -> int:
    """The sweep: exclusions whose time has come, and what was said of cases that have ended. Returns how many."""
    now = timezone.now()
    over = Instruction.objects.filter(ended_at=None, case__state__in=FINAL_STATES)
    count = over.update(ended_at=now)
    due = Instruction.objects.filter(ended_at=None, kind=Kind.EXCLUDE, until__lte=now).order_by("until")
    for one in due.select_related("case__line")[:limit]:
        count += lift(one.case, Kind.EXCLUDE, by=None, reason=_("its time has come"))
    return count


def _give(
    case: Case,
    kind: str,
    by: User,
    reason: str,
    words: str,
    *,
    vehicle: Vehicle | None = None,
    until: datetime | None = None,
) -> Instruction:
    if by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
    if not reason.strip():
        raise Refused(_("please give a reason"))
    try:
        with transaction.atomic():
            steps.lock(case)
            if case.state not in PLANNABLE:
                raise Refused(
                    _("#%(number)s is “%(state)s”: no plan has it")
                    % {"number": case.number, "state": case.get_state_display()}
                )
            said = Instruction.objects.create(
                case=case, kind=kind, vehicle=vehicle, until=until, reason=reason.strip()[:200], by=by
            )
            steps.write(case, by=by, reason=words)
            _plan_anew(case, by)
    except IntegrityError as twice:
        first = Instruction.objects.filter(case=case, kind=kind, ended_at=None).select_related("by", "vehicle").first()
        said_by = {"who": str(first.by or "?") if first else "?", "why": first.reason if first else ""}
        raise Refused(_("%(who)s has said so already: %(why)s") % said_by) from twice
    return said


def _plan_anew(case: Case, by: User | None) -> None:
    live.publish("dispatch", case=case.pk)
    planner.ask(case.line, because="a dispatcher decided", by=by)
