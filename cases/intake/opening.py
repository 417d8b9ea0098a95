"""A case's first step: its times, its first row of history, and the call it came by."""

from __future__ import annotations

import logging

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, steps
from cases.models import Case, Contact, Resident, Transition
from cases.priority import Times
from hotline.models import Call, User

log = logging.getLogger(__name__)


def open_new(case: Case, *, by: User | None = None, agent: User | None = None) -> Case:
    """Puts a new, unsaved case into the queue, or into the hands of `agent`, with its times and its first row of history."""
    times = steps.reckon(case, Case.Step.INTAKE)
    case.due_at = times.due_at
    keep_times(case, times)
    case.next_step, case.state_since = Case.Step.INTAKE, timezone.now()
    case.owner, case.owner_agent = (Case.Owner.AGENT, agent) if agent else (Case.Owner.QUEUE, None)
    case.claimed_until = timezone.now() + steps.LEASE if agent else None
    case._history_user = by  # type: ignore[attr-defined]
    case._change_reason = _("opened")  # type: ignore[attr-defined]
    case.save()
    Transition.objects.create(case=case, move="open", from_state="", to_state=case.state, by=by, reason=_("opened"))
    steps.announce(case)
    log.info("case %s opened by %s", case.pk, case.channel)
    return case


def keep_times(case: Case, times: Times) -> None:
    for name, value in steps.kept_of(case, times).items():
        setattr(case, name, value)


def put_call_on(case: Case, call: Call | None, caller: Resident) -> None:
    """The call is on the case now, and no longer in the visible inbox. One call may concern several cases."""
    if call is None:
        return
    loose = Contact.objects.filter(call=call, case=None).first()
    if loose and not Contact.objects.filter(call=call, case=case).exists():
        loose.case, loose.resident, loose.unread = case, caller, False
        loose.taken_as = loose.taken_as or "request"
        loose.save()
    else:
        Contact.objects.get_or_create(
            call=call, case=case, defaults={"line": call.line, "resident": caller, "taken_as": "request"}
        )
    callbacks.person_called(call.number, call.line)
