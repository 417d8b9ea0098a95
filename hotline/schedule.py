"""What beat starts and how often. Each package has such a module; hotline.celery puts them together.

SCHEDULE: {name: (task, seconds)}; SWEEP stands for settings.SWEEP_SECONDS.
"""

SWEEP = 0.0
SCHEDULE: dict[str, tuple[str, float]] = {
    "heartbeat": ("hotline.heartbeat", 10.0),
    "inbox": ("hotline.sweep_inbox", SWEEP),
    "outbox": ("hotline.sweep_outbox", SWEEP),
    "line": ("hotline.sweep_line", SWEEP),
    "lost answers": ("hotline.look_up_lost", 5.0),
    "calls at the carrier": ("hotline.check_calls", 20.0),
    "carrier's log": ("hotline.catch_up", 20.0),
    "half hours": ("hotline.count_half_hours", 10.0),
    "old recordings": ("hotline.delete_recordings", 600.0),
    "pictures": ("hotline.fetch_pictures", 5.0),
    "incidents": ("hotline.watch", 15.0),
    "tests of lines": ("hotline.test_lines", 10.0),
    "integrity": ("hotline.check_integrity", 24 * 3600.0),
}
