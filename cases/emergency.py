"""Emergency mode as data: targets, calling hours and required fields switch together, dated, logged, and back again.

One at a time per line. What it names goes over the rules of every category while it is in force; what it leaves out stays.
Open cases are reckoned anew when it begins and when it ends, by the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, EmergencyMode
from hotline.lifecycle import MoveRefused
from hotline.models import Line, User

HOURS = ("calling_from", "calling_until")
APPROVE = "approve_up_to"
MOVES = ("source", "make_ready")
# What can be asked for before a move: words for it, and whether a case has it.
REQUIRED: dict[str, tuple[Any, Callable[[Case], bool]]] = {
    "address": (gettext_lazy("address"), lambda case: bool(case.address and case.address.point)),
    "category": (gettext_lazy("category"), lambda case: bool(case.category_id)),
    "needs": (gettext_lazy("needs"), lambda case: case.needs.exists()),
    "phone": (gettext_lazy("telephone"), lambda case: (case.reporter or case.person).phones.exists()),
    "approved": (
        gettext_lazy("the approved quantity"),
        lambda case: not case.needs.filter(approved=None, quantity__isnull=False).exists(),
    ),
    "supply_left": (gettext_lazy("the end of what is left"), lambda case: case.supply_ends_at is not None),
}


def current(line_id: int, at: datetime | None = None) -> EmergencyMode | None:
    """What is in force on the line."""
    at = at or timezone.now()
    runs = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return EmergencyMode.objects.filter(runs, line=line_id, begins_at__lte=at, ended_at=None).first()


def start(
    line: Line,
    *,
    name: str,
    settings: Mapping[str, Any],
    reason: str,
    by: User | None,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> EmergencyMode:
    """Switches it on, now or from a moment on. Raises MoveRefused with what is wrong, or when another is in force."""
    begins_at = begins_at or timezone.now()
    found = problems(settings)
    if not name.strip() or not reason.strip():
        found.append(_("an emergency mode needs a name and a reason"))
    if ends_at and ends_at <= begins_at:
        found.append(_("the end lies behind the beginning"))
    if found:
        raise MoveRefused(" · ".join(found))
    # one that has run out is put away first
    EmergencyMode.objects.filter(line=line, ended_at=None, ends_at__lte=timezone.now()).update(ended_at=timezone.now())
    mode = EmergencyMode(line=line, name=name, reason=reason, settings=dict(settings), begins_at=begins_at)
    mode.ends_at, mode.started_by = ends_at, by
    mode._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            mode.save()
    except IntegrityError as taken:
        raise MoveRefused(_("another emergency mode is in force: switch it off first")) from taken
    return mode


def end(mode: EmergencyMode, *, by: User | None) -> EmergencyMode:
    """Switches it off: everything is as it was."""
    with transaction.atomic():
        mode.refresh_from_db(from_queryset=EmergencyMode._base_manager.select_for_update(no_key=True, of=("self",)))
        if mode.ended_at:
            raise MoveRefused(_("it is switched off already"))
        mode.ended_at, mode.ended_by = timezone.now(), by
        mode._history_user = by  # type: ignore[attr-defined]
        mode.save()
    return mode


def problems(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings, in words."""
    from cases.categories import _target_problems

    known = {"targets", "required", APPROVE, *HOURS}
    found = [_("not known: %s") % name for name in settings if name not in known]
    found += _target_problems(settings.get("targets", {}))
    for name in HOURS:
        try:
            time.fromisoformat(settings.get(name, "00:00"))
        except (TypeError, ValueError):
            found.append(_("times of the day are written 08:30"))
    for limit in settings.get(APPROVE, {}).values():
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
            found.append(_("a limit of approval is a number per category, * for all: %s") % limit)
    for move, names in settings.get("required", {}).items():
        found += [_("not known: %s") % name for name in [move, *names] if name not in (*MOVES, *REQUIRED)]
    return found


def over(rules: Mapping[str, Any], line_id: int) -> Mapping[str, Any]:
    """A category's rules with what is in force over them: targets per level, and the calling hours of follow-up."""
    mode = current(line_id)
    if mode is None:
        return rules
    targets = {**rules.get("targets", {})}
    for level, given in mode.settings.get("targets", {}).items():
        targets[level] = targets.get(level, {}) | given
    hours = {name: mode.settings[name] for name in HOURS if name in mode.settings}
    return {**rules, "targets": targets, "follow_up": {**rules.get("follow_up", {}), **hours}}


def most_approved(case: Case) -> Decimal | None:
    """How much of one thing an agent may approve while it is in force: of the category, else of all; None for no limit."""
    mode = current(case.line_id)
    limits = mode.settings.get(APPROVE, {}) if mode else {}
    limit = limits.get(case.category.slug if case.category else "*", limits.get("*"))
    return None if limit is None else Decimal(str(limit))


def missing(case: Case, move: str) -> str:
    """What has to be written down before this move while it is in force, in words; "" for nothing."""
    mode = current(case.line_id)
    asked = mode.settings.get("required", {}).get(move, []) if mode else []
    lacking = [str(REQUIRED[name][0]) for name in asked if not REQUIRED[name][1](case)]
    return _("emergency mode: write down first: %s") % ", ".join(lacking) if lacking else ""


def count_anew(limit: int = 20_000) -> int:
    """The sweep: open cases are reckoned with what has just begun or ended. Returns how many."""
    from cases import steps

    now = timezone.now()
    begun = EmergencyMode.objects.filter(begins_at__lte=now, counted_in=False).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=now)
    )
    over_ = EmergencyMode.objects.filter(counted_in=True, counted_out=False).filter(
        Q(ended_at__lte=now) | Q(ends_at__lte=now)
    )
    lines = {mode.line_id for mode in [*begun, *over_]}
    if not lines:
        return 0
    began, ended = list(begun.values_list("pk", flat=True)), list(over_.values_list("pk", flat=True))
    open_ones = Case.objects.filter(line__in=lines, owner__in=("queue", "agent", "dispatch"))
    count = 0
    for case in open_ones.order_by("rank", "due_at", "id")[:limit].iterator(chunk_size=500):
        steps.reckon_again(case, reason=_("the targets were switched"))
        count += 1
    EmergencyMode.objects.filter(pk__in=began).update(counted_in=True)
    EmergencyMode.objects.filter(pk__in=ended).update(counted_out=True)
    return count
