"""Thin tasks: fetch, call one rule, return a count. Sweeps run every few seconds and do what a lost nudge left."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from hotline import (
    blocking,
    bridge,
    calls,
    catch_up,
    half_hours,
    inbox,
    line_tests,
    machines,
    outbox,
    outgoing,
    pictures_in,
    presence,
    recordings,
    routing,
    supervision,
    third_party,
    transfer,
    wake,
    watch,
)
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier
from hotline.models import CallLeg

log = logging.getLogger(__name__)


@shared_task(name="hotline.take_waiting")
def take_waiting() -> int:
    wake.begun(take_waiting)
    return inbox.take_waiting()


@shared_task(name="hotline.send_texts")
def send_texts(line_id: int) -> int:
    return outbox.send_queued(line_id)


@shared_task(name="hotline.offer_waiting")
def offer_waiting() -> int:
    return routing.offer_waiting()


@shared_task(name="hotline.ring_desk")
def ring_desk(leg_id: int) -> None:
    routing.ring_desk(leg_id)


@shared_task(name="hotline.ring_person")
def ring_person(call_id: int) -> None:
    outgoing.ring_person(call_id)


@shared_task(name="hotline.bring_person")
def bring_person(call_id: int) -> None:
    try:
        calls.bring_person(call_id)
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        log.warning("call %s: caller not brought (%s), the sweep tries again", call_id, error)


@shared_task(name="hotline.ring_colleague")
def ring_colleague(leg_id: int) -> None:
    transfer.ring(leg_id)


@shared_task(name="hotline.go_on_talking")
def go_on_talking(call_id: int) -> None:
    _or_say(transfer.go_on, call_id)


@shared_task(name="hotline.follow_hand_over")
def follow_hand_over(call_id: int) -> None:
    _or_say(transfer.follow_hand_over, call_id)


@shared_task(name="hotline.lead_to_queue")
def lead_to_queue(call_id: int) -> None:
    _or_say(transfer.lead_to_queue, call_id)


@shared_task(name="hotline.ring_outside")
def ring_outside(leg_id: int) -> None:
    third_party.ring(leg_id)


@shared_task(name="hotline.follow_supervisor")
def follow_supervisor(leg_id: int) -> None:
    _or_say(supervision.follow, leg_id)


def _or_say(act: Callable[[int], None], pk: int) -> None:
    """What the carrier does not do now is said in the log; the agent sees it and presses again, or the sweep does."""
    try:
        act(pk)
    except (carrier.CarrierError, carrier.AnswerLost, presence.NotNow) as error:
        log.warning("%s %s not done (%s)", act.__name__, pk, error)


@shared_task(name="hotline.ring_bridge")
def ring_bridge(bridge_id: int) -> None:
    bridge.ring(bridge_id)


@shared_task(name="hotline.silence_agent", max_retries=5)
def silence_agent(call_id: int) -> None:
    """Again a second later while the carrier does not do it: the agent may be on the way into the conference."""
    try:
        machines.silence_agent(call_id)
    except presence.NotNow as why:
        raise silence_agent.retry(exc=why, countdown=1) from why


@shared_task(name="hotline.end_leg")
def end_leg(leg_id: int) -> None:
    leg = CallLeg.objects.select_related("call__line").get(pk=leg_id)
    if leg.sid:
        with accounts.of(leg.call.line):
            carrier.end_call(leg.sid)


@shared_task(name="hotline.end_legs")
def end_legs(call_id: int) -> None:
    calls.end_legs(call_id)


@shared_task(name="hotline.fetch_pictures")
def fetch_pictures() -> int:
    return pictures_in.fetch_due()


# sweeps


@shared_task(name="hotline.sweep_inbox")
def sweep_inbox() -> int:
    return inbox.take_waiting(also_failed=True)


@shared_task(name="hotline.sweep_outbox")
def sweep_outbox() -> int:
    return sum(outbox.send_queued(line_id) for line_id in outbox.lines_with_texts())


@shared_task(name="hotline.look_up_lost")
def look_up_lost() -> int:
    return outbox.look_up_unsettled()


@shared_task(name="hotline.sweep_line")
def sweep_line() -> int:
    """Presence and calls, in the order in which one frees agents for the other."""
    return (
        blocking.end_expired()
        + presence.end_wrap_ups()
        + presence.sign_off_silent()
        + routing.expire_offers()
        + calls.bring_forgotten()
        + transfer.lead_forgotten()
        + bridge.sweep()
        + routing.offer_waiting()
    )


@shared_task(name="hotline.check_calls")
def check_calls() -> int:
    try:
        return calls.check_with_carrier()
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        log.warning("calls not checked: %s", error)
        return 0


@shared_task(name="hotline.catch_up")
def catch_up_with_carrier() -> int:
    try:
        return catch_up.catch_up()
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        log.warning("not caught up: %s", error)
        return 0


@shared_task(name="hotline.count_half_hours")
def count_half_hours() -> int:
    return half_hours.count()


@shared_task(name="hotline.delete_recordings")
def delete_recordings() -> int:
    return recordings.delete_old()


@shared_task(name="hotline.call_for_test")
def call_for_test(test_id: int) -> None:
    line_tests.call(test_id)


@shared_task(name="hotline.test_lines")
def test_lines() -> int:
    line_tests.delete_old()
    return line_tests.settle_running() + line_tests.begin_due()


@shared_task(name="hotline.watch")
def look_for_incidents() -> int:
    return watch.look()


@shared_task(name="hotline.check_integrity")
def check_integrity() -> int:
    from hotline import integrity

    violations = integrity.check()
    for violation in violations:
        log.error("invariant %s violated: %s: %s", violation.number, violation.row, violation.why)
    return len(violations)
