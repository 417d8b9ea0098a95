"""The lives of a trip and of a stop. `TRIP.apply` and `STOP.apply` are the only writers of their states.

Trip: planned -> released -> under way -> finished | aborted.  Stop: planned -> arrived -> done | failed(reason).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.access import ADMINISTRATOR, DISPATCHER, SUPERVISOR
from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from dispatch.models import Stop, Trip

DISPATCH = (DISPATCHER, SUPERVISOR, ADMINISTRATOR)


class TripState(models.TextChoices):
    PLANNED = "planned", gettext_lazy("planned")  # accepted by a dispatcher, not yet told to anybody
    RELEASED = "released", gettext_lazy("released")  # the driver has it, residents have their windows
    UNDER_WAY = "under_way", gettext_lazy("under way")  # started by the driver
    FINISHED = "finished", gettext_lazy("finished")  # every stop done or failed
    ABORTED = "aborted", gettext_lazy("aborted")  # vehicle or driver out; live stops went back


class StopState(models.TextChoices):
    PLANNED = "planned", gettext_lazy("planned")
    ARRIVED = "arrived", gettext_lazy("arrived")
    DONE = "done", gettext_lazy("done")  # handed over with proof, or collected
    FAILED = "failed", gettext_lazy("failed")  # tried, see failed_reason
    DROPPED = "dropped", gettext_lazy("not attempted")  # taken off the trip before it was tried


T, P = TripState, StopState
LIVE_TRIP_STATES = (T.PLANNED, T.RELEASED, T.UNDER_WAY)
LIVE_STOP_STATES = (P.PLANNED, P.ARRIVED)


def _no_live_stops(trip: Trip) -> str:
    return _("some stops are still open") if trip.stops.filter(state__in=LIVE_STOP_STATES).exists() else ""


def _has_proof(stop: Stop) -> str:
    if stop.kind == "pickup" or stop.proofs.exists():
        return ""
    return _("hand-over needs proof: the PIN, a photo or the receiver's name")


def _has_failed_reason(stop: Stop) -> str:
    return "" if stop.failed_reason else _("say what went wrong")


TRIP: Lifecycle[Trip] = Lifecycle(
    "trip",
    [
        move("release", T.PLANNED, T.RELEASED, roles=DISPATCH, label=gettext_lazy("release")),
        move("start", T.RELEASED, T.UNDER_WAY, roles=DISPATCH, label=gettext_lazy("start")),
        move(
            "finish",
            T.UNDER_WAY,
            T.FINISHED,
            roles=DISPATCH,
            guard=_no_live_stops,
            label=gettext_lazy("finish"),
        ),
        move(
            "abort",
            LIVE_TRIP_STATES,
            T.ABORTED,
            roles=DISPATCH,
            guard=_no_live_stops,
            needs_reason=True,
            label=gettext_lazy("abort"),
        ),
    ],
)

STOP: Lifecycle[Stop] = Lifecycle(
    "stop",
    [
        move("arrive", P.PLANNED, P.ARRIVED, roles=DISPATCH, label=gettext_lazy("arrived")),
        move(
            "complete",
            (P.PLANNED, P.ARRIVED),
            P.DONE,
            roles=DISPATCH,
            guard=_has_proof,
            label=gettext_lazy("done"),
        ),
        move(
            "fail",
            (P.PLANNED, P.ARRIVED),
            P.FAILED,
            roles=DISPATCH,
            guard=_has_failed_reason,
            label=gettext_lazy("failed"),
        ),
        move("drop", LIVE_STOP_STATES, P.DROPPED, roles=DISPATCH, label=gettext_lazy("take off the trip")),
        move(
            "undo",
            (P.DONE, P.FAILED),
            P.ARRIVED,
            roles=DISPATCH,
            needs_reason=True,
            label=gettext_lazy("undo"),
        ),
    ],
)
