"""What the driver reports at a stop, and what follows for its case. The driver says what happened, rules say what it means."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, holds, promises, quantities, steps
from cases.lifecycle import CaseState
from cases.models import Callback
from dispatch import goods_moved, planner, proof
from dispatch.models import Sourcing, Stop
from dispatch.refused import Refused
from dispatch.trip_lifecycle import STOP, StopState, TripState
from dispatch.trips import checkpoints, ending, etas, failures, news, told
from dispatch.trips.holding import deliveries, hold_stop, is_live, pickup_of, show
from hotline.models import User

log = logging.getLogger(__name__)
Why = Stop.FailedReason
# A slip of the finger is taken back soon; later it is a matter for the dispatcher.
UNDO_WITHIN = timedelta(minutes=30)


def arrive(stop: Stop) -> Stop:
    """The driver is at the stop."""
    with transaction.atomic():
        hold_stop(stop)
        _under_way(stop)
        STOP.apply(stop, "arrive", arrived_at=timezone.now())
        news.is_here(stop)
        show(stop.trip)
    return stop


def collect(stop: Stop) -> Stop:
    """The goods of a case are on board."""
    with transaction.atomic():
        hold_stop(stop)
        _under_way(stop)
        _is(stop, Stop.Kind.PICKUP)
        _end(stop, "complete")
        goods_moved.collected(stop)
        _drive_on(stop)
    return stop


def deliver(
    stop: Stop,
    *,
    pin: str = "",
    name: str = "",
    photo: UploadedFile | None = None,
    by: User | None = None,
    reason: str = "",
    given: Mapping[int, Decimal] | None = None,
) -> Stop:
    """The goods are handed over, with proof; the resident is told and will be asked. Raises Refused without proof.

    `given`: how much, by need, where it was less than it says; what is missing goes on as a case of its own.
    """
    with transaction.atomic():
        stops = hold_stop(stop)
        _under_way(stop)
        _is(stop, Stop.Kind.DELIVERY)
        if not is_live(stop):
            raise Refused(_("this stop is “%s” already") % stop.get_state_display())
        pickup = pickup_of(stop, stops)
        if pickup is not None and pickup.state != StopState.DONE:
            raise Refused(_("collect the goods of this case first"))
        proof.record(stop, pin=pin, name=name, photo=photo, by=by, reason=reason)
        _end(stop, "complete", by=by)
        steps.move(stop.case, "deliver", by=by, reason=reason)
        quantities.delivered(stop.case, given, by=by)
        promises.settle(stop.case, stop.case.delivered_at or timezone.now())
        _drive_on(stop)
    log.info("stop %s: case %s delivered", stop.pk, stop.case_id)
    return stop


def fail(stop: Stop, reason: str, words: str = "", *, by: User | None = None) -> Stop:
    """It did not work, and why. The case has a next step at once."""
    if reason not in Stop.FailedReason.values or not reason:
        raise Refused(_("say what went wrong"))
    with transaction.atomic():
        stops = hold_stop(stop)
        _under_way(stop)
        _end(stop, "fail", by=by, failed_reason=reason)
        if reason == Why.TURNED_BACK:
            checkpoints.turned_back(stop.trip)
        if stop.kind == Stop.Kind.PICKUP:
            _nothing_to_deliver(stop, stops)
            ending.put_off(stop.case, told.ROAD if reason == Why.TURNED_BACK else told.GOODS)
        follow = failures.rule(stop)
        _send_back(stop, stops, follow, failures.why(stop, follow, words))
        news.not_handed_over(stop, follow)
        _drive_on(stop)
    log.info("stop %s: failed, %s", stop.pk, reason)
    return stop


def not_attempted(stop: Stop, words: str = "") -> Stop:
    """The driver did not even try: the case goes back as it is, is planned anew, and no attempt is counted."""
    with transaction.atomic():
        hold_stop(stop)
        _under_way(stop)
        if not is_live(stop):
            raise Refused(_("this stop is “%s” already") % stop.get_state_display())
        why = _("not attempted")
        ending.take_off(stop.case, None, f"{why}: {words}" if words else why)
        stop.refresh_from_db()
        _drive_on(stop)
    log.info("stop %s: not attempted", stop.pk)
    return stop


def undo(stop: Stop, reason: str, *, by: User | None = None) -> Stop:
    """Takes back what was pressed by mistake: the driver stands at the stop again."""
    with transaction.atomic():
        stops = hold_stop(stop)
        _can_be_undone(stop)
        was = stop.state
        STOP.apply(stop, "undo", by=by, reason=reason, ended_at=None, failed_reason="")
        if was == StopState.FAILED:
            news.take_back_failure(stop)
            _back_on_trip(stop, stops, reason, by)
        elif stop.kind == Stop.Kind.DELIVERY:
            stop.proofs.all().delete()
            steps.move(stop.case, "undo_delivery", by=by, reason=reason)
            quantities.take_back(stop.case, by=by, reason=reason)
        else:
            goods_moved.brought_back(stop, timezone.now())
        show(stop.trip)
    return stop


def _under_way(stop: Stop) -> None:
    if stop.trip.state != TripState.UNDER_WAY:
        raise Refused(_("the trip is “%s”, not under way") % stop.trip.get_state_display())


def _is(stop: Stop, kind: str) -> None:
    if stop.kind != kind:
        raise Refused(_("this stop is for something else: %s") % stop.get_kind_display())


def _end(stop: Stop, move: str, *, by: User | None = None, failed_reason: str = "") -> None:
    now = timezone.now()
    changes: dict[str, Any] = {"arrived_at": stop.arrived_at or now, "ended_at": now, "failed_reason": failed_reason}
    STOP.apply(stop, move, by=by, **changes)


def _drive_on(stop: Stop) -> None:
    """The stops ahead are reckoned anew from here."""
    etas.retime(stop.trip)
    news.near(stop.trip)
    show(stop.trip)


def _nothing_to_deliver(pickup: Stop, stops: list[Stop]) -> None:
    for delivery in deliveries(stops):
        if delivery.case_id == pickup.case_id and is_live(delivery):
            STOP.apply(delivery, "drop", ended_at=timezone.now())


def _send_back(stop: Stop, stops: list[Stop], follow: failures.Follow, why: str) -> None:
    """What follows for the case, by rule and reason."""
    case = stop.case
    at_pickup = stop.kind == Stop.Kind.PICKUP
    pickup = stop if at_pickup else pickup_of(stop, stops)
    promises.withdraw(case)
    if follow.next == failures.Next.NEW_GOODS:
        if pickup is not None:
            goods_moved.not_there(pickup, why)
        steps.move(case, "back_to_sourcing", reason=why)
        return
    if pickup is not None and pickup.state == StopState.DONE:
        goods_moved.brought_back(pickup, stop.trip.period.upper)
    steps.move(case, "return_to_ready", reason=why)
    now = timezone.now()
    if follow.hold:
        holds.hold(case, until=now + follow.hold, reason="resident", by=None)
        callbacks.schedule(line=case.line, kind=follow.call, due_at=now, case=case, level=case.level, reason=why[:200])
    else:
        planner.ask(case.line, because="stop failed")


def _can_be_undone(stop: Stop) -> None:
    _under_way(stop)
    if stop.state not in (StopState.DONE, StopState.FAILED):
        raise Refused(_("there is nothing to take back: the stop is “%s”") % stop.get_state_display())
    if stop.ended_at and timezone.now() - stop.ended_at > UNDO_WITHIN:
        raise Refused(_("this was too long ago: call the dispatcher"))
    if (
        stop.state == StopState.FAILED
        and Stop.objects.filter(case=stop.case, state__in=["planned", "arrived"]).exists()
    ):
        raise Refused(_("the case is on another trip by now"))


def _back_on_trip(stop: Stop, stops: list[Stop], reason: str, by: User | None) -> None:
    """The case of a failed stop is under way again, as if nothing had been pressed."""
    case = steps.lock(stop.case)
    if case.state == CaseState.ON_HOLD:
        holds.resume(case, reason=reason)
        callbacks.cancel_all(case, reason=reason, kinds=(Callback.Kind.CLARIFY, Callback.Kind.CONFIRM))
    pickup = stop if stop.kind == Stop.Kind.PICKUP else pickup_of(stop, stops)
    if pickup is not None and pickup.sourcing is not None:
        state = Sourcing.State.CONFIRMED if pickup.pk == stop.pk else Sourcing.State.COLLECTED
        goods_moved.settle(pickup.sourcing, state)
    if case.state in (CaseState.TRIAGED, CaseState.SOURCING):
        steps.move(case, "make_ready", reason=reason)
    if case.state != CaseState.READY:
        raise Refused(_("the case is settled: %s") % case.get_state_display())
    steps.move(case, "plan", reason=reason)
    steps.move(case, "depart", reason=reason)
    if stop.kind == Stop.Kind.PICKUP:
        _deliver_after_all(stop, stops)


def _deliver_after_all(pickup: Stop, stops: list[Stop]) -> None:
    """Its hand-over was taken off the trip: it comes back as the last stop."""
    dropped = [s for s in deliveries(stops) if s.case_id == pickup.case_id and s.state == StopState.DROPPED]
    last = pickup.trip.stops.aggregate(last=Max("sequence"))["last"]
    for old in dropped[-1:]:
        Stop.objects.create(
            trip=old.trip,
            sequence=last + 1,
            kind=old.kind,
            case=old.case,
            pickup_point=old.pickup_point,
            lon=old.lon,
            lat=old.lat,
            eta=old.eta,
            window_from=old.window_from,
            window_until=old.window_until,
            pin=old.pin,
        )
