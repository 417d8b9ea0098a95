"""What beat would start."""

from __future__ import annotations

from bench.day.day import Day


def sweep(day: Day) -> None:
    """What beat would start."""
    from cases import callbacks, holds, steps
    from dispatch import certificates, reach, sourcing, trips

    holds.resume_ended()
    steps.wake_timers()
    callbacks.fall_due()
    trips.finish_done()
    trips.notice_late()
    trips.run_out()
    trips.lift_ended()
    sourcing.lapse_reservations()
    certificates.remind_due()
    if day.now.minute % 30 == 0:
        reach.refresh_due()
