"""A plan is wanted: one row per line waits, however many ask; the planner takes it within seconds."""

from __future__ import annotations

from django.db import transaction

from dispatch.models import Plan
from hotline.models import Line, User
from hotline.wake import wake


def ask(line: Line, because: str, by: User | None = None) -> Plan:
    """Asks for a plan of this line. Asking while one is asked for is asking once."""
    from dispatch.tasks import propose_plan

    with transaction.atomic():
        # Held until this transaction ends: a planner that has taken the row reads before we commit, so it is passed over;
        # one that comes for it later waits for us and sees what we have changed.
        asked = Plan.objects.filter(line=line, state=Plan.State.ASKED).order_by("-id")
        waiting = asked.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
        if waiting is None:
            waiting = Plan.objects.create(line=line, because=because[:100], asked_by=by)
        wake(propose_plan, waiting.pk)
    return waiting
