"""Thin tasks: each starts one rule."""

from __future__ import annotations

from celery import shared_task

from cases import callbacks, holds, queue, steps


@shared_task(name="cases.sweep")
def sweep() -> int:
    """What has come due: call-backs, holds, leases, timers."""
    return callbacks.fall_due() + holds.resume_ended() + queue.release_expired() + steps.wake_timers()
