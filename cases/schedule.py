"""What beat starts for the cases, and how often."""

from hotline.schedule import SWEEP

SCHEDULE: dict[str, tuple[str, float]] = {
    "cases": ("cases.sweep", SWEEP),
    "board": ("cases.renew_board", SWEEP),
    "partners": ("cases.tell_partners", SWEEP),
}
