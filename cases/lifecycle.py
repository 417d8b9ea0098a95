"""The life of a case: its states, the moves between them, who may make them and why not.

new -> triaged -> sourcing -> ready -> planned -> en_route -> delivered -> follow_up -> closed, with hold, cancel,
duplicate and unmet from any open state, back to ready when a stop fails, and reopen. `CASE.apply` is the only writer of
Case.state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR
from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from cases.models import Case


class CaseState(models.TextChoices):
    NEW = "new", gettext_lazy("new")  # came in; nobody has judged it yet
    TRIAGED = "triaged", gettext_lazy("triaged")  # category and level are an agent's word
    SOURCING = "sourcing", gettext_lazy("sourcing")  # goods are being asked for
    READY = "ready", gettext_lazy("ready")  # goods confirmed; waits for a trip
    PLANNED = "planned", gettext_lazy("planned")  # on a trip that has been released
    EN_ROUTE = "en_route", gettext_lazy("on its way")  # the vehicle has started
    DELIVERED = "delivered", gettext_lazy("delivered")  # the driver's word, with proof
    FOLLOW_UP = "follow_up", gettext_lazy("follow-up")  # the resident is being asked
    CLOSED = "closed", gettext_lazy("closed")  # the resident's word, with an outcome
    ON_HOLD = "on_hold", gettext_lazy("on hold")  # waits for something, until held_until
    CANCELLED = "cancelled", gettext_lazy("cancelled")  # no longer wanted, told so by the resident
    DUPLICATE = "duplicate", gettext_lazy("duplicate")  # merged into another case
    UNMET = "unmet", gettext_lazy("unmet")  # could not be served: reason told and counted


S = CaseState
FINAL_STATES = (S.CLOSED, S.CANCELLED, S.DUPLICATE, S.UNMET)
OPEN_STATES = tuple(s for s in CaseState if s not in FINAL_STATES)
BEFORE_VEHICLE = (S.NEW, S.TRIAGED, S.SOURCING, S.READY)
DESK = (AGENT, SUPERVISOR, ADMINISTRATOR)
LEADS = (SUPERVISOR, ADMINISTRATOR)
VEHICLES = (DISPATCHER, SUPERVISOR, ADMINISTRATOR)


def _triage_is_complete(case: Case) -> str:
    return "" if case.category_id else _("choose a category first")


def _can_be_sourced(case: Case) -> str:
    if not case.needs.exists():
        return _("write down at least one need first")
    return _is_allowed(case) or _is_complete(case, "source")


def _is_complete(case: Case, name: str) -> str:
    from cases import emergency, intake_fields

    return emergency.missing(case, name) or intake_fields.missing(case, name)


def _is_allowed(case: Case) -> str:
    waits = any(need.controlled and need.allowed_at is None for need in case.needs.all())
    return _("a controlled drug: a supervisor has to allow it first") if waits else ""


def _can_be_driven(case: Case) -> str:
    if case.address is None or case.address.point is None:
        return _("the address has no place on the map yet: choose the community")
    return _is_allowed(case) or _is_complete(case, "make_ready")


def _has_outcome(case: Case) -> str:
    return "" if case.outcome else _("an outcome is needed")


def _has_hold_end(case: Case) -> str:
    return "" if case.held_until else _("say until when it is held")


def _was_delivered(case: Case) -> str:
    from cases.models import Case as Row

    # asked of the database: whoever undoes may hold the case as it was before
    there = Row.objects.filter(pk=case.pk, delivered_at__isnull=False).exists()
    return "" if there else _("no vehicle has delivered it")


def _is_merged(case: Case) -> str:
    return "" if case.merged_into_id else _("say which case it is merged into")


def _held_from(case: Case) -> str:
    return case.held_from or S.TRIAGED


CASE: Lifecycle[Case] = Lifecycle(
    "case",
    [
        move(
            "triage",
            (S.NEW, S.TRIAGED),
            S.TRIAGED,
            roles=DESK,
            guard=_triage_is_complete,
            label=gettext_lazy("judge"),
        ),
        move(
            "source",
            (S.NEW, S.TRIAGED),
            S.SOURCING,
            roles=DESK,
            guard=_can_be_sourced,
            label=gettext_lazy("look for the goods"),
        ),
        move(
            "make_ready",
            (S.TRIAGED, S.SOURCING),
            S.READY,
            roles=(*DESK, DISPATCHER),
            guard=_can_be_driven,
            label=gettext_lazy("hand to dispatch"),
        ),
        move("plan", S.READY, S.PLANNED, roles=VEHICLES, label=gettext_lazy("put on a trip")),
        move("depart", S.PLANNED, S.EN_ROUTE, roles=VEHICLES, label=gettext_lazy("on its way")),
        move(
            "return_to_ready",
            (S.PLANNED, S.EN_ROUTE),
            S.READY,
            roles=VEHICLES,
            needs_reason=True,
            label=gettext_lazy("back to ready"),
        ),
        move(
            "back_to_sourcing",
            (S.READY, S.PLANNED, S.EN_ROUTE),
            S.SOURCING,
            roles=(*DESK, DISPATCHER),
            needs_reason=True,
            label=gettext_lazy("look for the goods again"),
        ),
        move("deliver", S.EN_ROUTE, S.DELIVERED, roles=VEHICLES, label=gettext_lazy("delivered")),
        move(
            "undo_delivery",
            (S.DELIVERED, S.FOLLOW_UP),
            S.EN_ROUTE,
            roles=VEHICLES,
            needs_reason=True,
            guard=_was_delivered,
            label=gettext_lazy("not delivered after all"),
        ),
        # a need can be met without a vehicle: committee, volunteer, referral, somebody else
        move(
            "met_otherwise",
            BEFORE_VEHICLE,
            S.FOLLOW_UP,
            roles=DESK,
            needs_reason=True,
            label=gettext_lazy("met another way"),
        ),
        move("follow_up", S.DELIVERED, S.FOLLOW_UP, roles=DESK, label=gettext_lazy("ask the resident")),
        move(
            "close",
            (S.DELIVERED, S.FOLLOW_UP),
            S.CLOSED,
            roles=DESK,
            guard=_has_outcome,
            label=gettext_lazy("close"),
        ),
        move(
            "hold",
            (S.NEW, S.TRIAGED, S.SOURCING, S.READY),
            S.ON_HOLD,
            roles=(*DESK, DISPATCHER),
            guard=_has_hold_end,
            needs_reason=True,
            label=gettext_lazy("hold"),
        ),
        move(
            "resume",
            S.ON_HOLD,
            (S.NEW, S.TRIAGED, S.SOURCING, S.READY),
            choose=_held_from,
            roles=(*DESK, DISPATCHER),
            label=gettext_lazy("resume"),
        ),
        move(
            "cancel",
            OPEN_STATES,
            S.CANCELLED,
            roles=DESK,
            needs_reason=True,
            guard=_has_outcome,
            label=gettext_lazy("cancel"),
        ),
        move(
            "merge",
            (*BEFORE_VEHICLE, S.ON_HOLD),
            S.DUPLICATE,
            roles=DESK,
            guard=_is_merged,
            label=gettext_lazy("merge"),
        ),
        move("unmerge", S.DUPLICATE, S.TRIAGED, roles=LEADS, needs_reason=True, label=gettext_lazy("unmerge")),
        move(
            "give_up",
            (*BEFORE_VEHICLE, S.ON_HOLD, S.FOLLOW_UP),
            S.UNMET,
            roles=DESK,
            needs_reason=True,
            guard=_has_outcome,
            label=gettext_lazy("cannot be served"),
        ),
        move(
            "reopen",
            (S.CLOSED, S.CANCELLED, S.UNMET),
            S.TRIAGED,
            roles=LEADS,
            needs_reason=True,
            label=gettext_lazy("reopen"),
        ),
    ],
)
