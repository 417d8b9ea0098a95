"""Thin tasks: each starts one rule."""

from __future__ import annotations

from celery import shared_task

from cases import callbacks, emergency, freshness, holds, partners, queue, steps
from cases.board import wallboard


@shared_task(name="cases.sweep")
def sweep() -> int:
    """What has come due: call-backs, unanswered questions, holds, leases, timers."""
    emergency.count_anew()
    late = freshness.call_unanswered()
    return late + callbacks.fall_due() + holds.resume_ended() + queue.release_expired() + steps.wake_timers()


@shared_task(name="cases.tell_partners")
def tell_partners() -> int:
    """Webhooks that have come due."""
    return partners.tell_due()


@shared_task(name="cases.renew_board")
def renew_board() -> None:
    """The figures of the queue review and the wall, while somebody looks at them."""
    wallboard.renew()
