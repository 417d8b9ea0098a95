"""The life of a call-back.

scheduled -> due -> claimed -> done | retry (next attempt) | exhausted -> escalated, or cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import DESK, LEADS
from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from cases.models import Callback


class CallbackState(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")  # its time has not come
    DUE = "due", _("due")  # on the agents' list; put there by the sweep
    CLAIMED = "claimed", _("claimed")  # one agent has it, with a lease
    RETRY = "retry", _("again later")  # not reached; the sweep makes it due again
    DONE = "done", _("done")  # reached
    EXHAUSTED = "exhausted", _("attempts used up")  # a passing state: it is escalated in the same transaction
    ESCALATED = "escalated", _("escalated")  # a welfare check or a supervisor has it now
    CANCELLED = "cancelled", _("cancelled")  # no longer owed


C = CallbackState
LIVE_CALLBACK_STATES = (C.SCHEDULED, C.DUE, C.CLAIMED, C.RETRY)

CALLBACK: Lifecycle[Callback] = Lifecycle(
    "callback",
    [
        move("fall_due", (C.SCHEDULED, C.RETRY), C.DUE, roles=DESK),
        move("claim", C.DUE, C.CLAIMED, roles=DESK),
        move("hand_back", C.CLAIMED, C.DUE, roles=DESK),
        move("finish", (C.SCHEDULED, C.DUE, C.CLAIMED, C.RETRY), C.DONE, roles=DESK),
        move("try_later", (C.DUE, C.CLAIMED), C.RETRY, roles=DESK),
        move("exhaust", (C.DUE, C.CLAIMED), C.EXHAUSTED, roles=DESK),
        move("escalate", C.EXHAUSTED, C.ESCALATED, roles=DESK),
        move("cancel", LIVE_CALLBACK_STATES, C.CANCELLED, roles=(*DESK, *LEADS), needs_reason=True),
    ],
)
