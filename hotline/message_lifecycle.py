"""The life of a text message. Its states are written by hotline.outbox and hotline.inbox through conditional updates, which
this declaration lets the database check.

in: received -> handled.  out: queued -> sending -> accepted -> sent -> delivered | undelivered | failed, unknown when the
carrier's answer was lost, suppressed when it is deliberately not sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from hotline.models import Message

MESSAGE: Lifecycle[Message] = Lifecycle(
    "message",
    [
        move("handle", "received", "handled"),
        move("claim", "queued", "sending"),
        move("accept", ("sending", "unknown"), "accepted"),
        move("retry", ("sending", "unknown"), "queued"),
        move("lose", "sending", "unknown"),
        move("suppress", ("queued", "sending"), "suppressed"),
        # reports come in any order and may overtake the answer to the create
        move("report_sent", ("sending", "unknown", "accepted"), "sent"),
        move("report_delivered", ("sending", "unknown", "accepted", "sent"), "delivered"),
        move("report_undelivered", ("sending", "unknown", "accepted", "sent"), "undelivered"),
        move("fail", ("queued", "sending", "unknown", "accepted", "sent"), "failed"),
    ],
)
