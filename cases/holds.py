"""On hold: a case waits for a photo, the resident or stock, until a time; then it comes back by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.models import Case
from hotline.lifecycle import MoveRefused
from hotline.models import User

FOR_THE_RESIDENT = "resident"  # the reason of a hold that the resident's word ends, whoever hears it
LONGEST = timedelta(days=30)


def hold(case: Case, *, until: datetime, reason: str, by: User | None) -> Case:
    """Holds it until a time in the next thirty days. The target pauses: its next step is due when the hold ends."""
    if not timezone.now() < until <= timezone.now() + LONGEST:
        raise MoveRefused(_("a hold ends within thirty days from now"))
    return steps.move(case, "hold", by=by, reason=reason, held_until=until, hold_reason=reason[:200])


def resume(case: Case, by: User | None = None, reason: str = "") -> Case:
    """Ends the hold: back to where it was, for the one who held it while they are there, else the queue."""
    return steps.move(case, "resume", by=by, reason=reason)


def resume_ended(limit: int = 200) -> int:
    """The sweep: holds whose time has come. Returns how many."""
    ended = Case.objects.filter(state=Case.State.ON_HOLD, held_until__lte=timezone.now()).order_by("held_until")
    with transaction.atomic():
        found = list(ended.select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        for case in found:
            resume(case, reason=_("the hold has ended"))
    return len(found)
