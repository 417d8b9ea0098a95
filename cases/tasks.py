"""Thin tasks: each starts one rule."""

from __future__ import annotations

from celery import shared_task

from cases import callbacks, days, emergency, freshness, holds, partners, quality, queue, retention, steps, unanswered
from cases.board import wallboard
from cases.exchange import exporting, importing
from cases.practice import shifts


@shared_task(name="cases.sweep")
def sweep() -> int:
    """What has come due: call-backs, unanswered questions, holds, leases, timers."""
    emergency.count_anew()
    late = freshness.call_unanswered()
    return (
        late
        + callbacks.fall_due()
        + holds.resume_ended()
        + queue.release_expired()
        + steps.wake_timers()
        + unanswered.close_acted()
    )


@shared_task(name="cases.practise")
def practise() -> int:
    """The callers of an open practice shift."""
    return shifts.go_on()


@shared_task(name="cases.tell_partners")
def tell_partners() -> int:
    """Webhooks that have come due."""
    return partners.tell_due()


@shared_task(name="cases.renew_board")
def renew_board() -> None:
    """The figures of the queue review and the wall, while somebody looks at them."""
    wallboard.renew()


@shared_task(name="cases.work_on_imports")
def work_on_imports() -> int:
    """Files that were handed in, for one turn."""
    return importing.work()


@shared_task(name="cases.work_on_exports", time_limit=4 * 3600)
def work_on_exports() -> int:
    """What somebody takes out, for one turn; a workbook is written in one go."""
    return exporting.work()


@shared_task(name="cases.put_away")
def put_away() -> int:
    """Files that have had their time."""
    return exporting.delete_old() + importing.delete_old()


@shared_task(name="cases.count_days")
def count_days() -> int:
    """Figures of the days whose cases have moved."""
    return days.sweep()


@shared_task(name="cases.count_all_days")
def count_all_days() -> None:
    """Once a night: what no move has told."""
    days.mark_all()


@shared_task(name="cases.draw_sample")
def draw_sample() -> int:
    """The quality sample of the week that has ended, once."""
    return quality.draw()


@shared_task(name="cases.apply_retention")
def apply_retention() -> int:
    """People's data that has had its time."""
    return retention.apply()
