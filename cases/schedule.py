"""What beat starts for the cases, and how often."""

from hotline.schedule import SWEEP

SCHEDULE: dict[str, tuple[str, float]] = {
    "cases": ("cases.sweep", SWEEP),
    "board": ("cases.renew_board", SWEEP),
    "imports": ("cases.work_on_imports", 10.0),
    "exports": ("cases.work_on_exports", 10.0),
    "old files": ("cases.put_away", 3600.0),
    "practice": ("cases.practise", SWEEP),
    "days": ("cases.count_days", 60.0),
    "quality sample": ("cases.draw_sample", 3600.0),
    "retention": ("cases.apply_retention", 24 * 3600.0),
    "all days": ("cases.count_all_days", 24 * 3600.0),
    "partners": ("cases.tell_partners", SWEEP),
}
