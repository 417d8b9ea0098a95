"""What beat starts for dispatch, as in hotline.schedule."""

from hotline.schedule import SWEEP

SCHEDULE: dict[str, tuple[str, float]] = {
    "plans": ("dispatch.sweep_plans", SWEEP),
    "sourcing": ("dispatch.sweep_sourcing", 15.0),
    "trips": ("dispatch.sweep_trips", 20.0),
    "certificates": ("dispatch.remind_of_certificates", 60.0),
    "roads": ("dispatch.learn_roads", 900.0),
    "reach": ("dispatch.refresh_reach", 30.0),
    "trials": ("dispatch.sweep_trials", 15.0),
}
