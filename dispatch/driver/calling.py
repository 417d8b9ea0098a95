"""Driver and receiver speak through the line's number: neither sees the other's (hotline.bridge)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases import people, receivers
from dispatch.driver import step
from dispatch.driver.step import Do
from dispatch.driver.telling import topic_of
from dispatch.driver.texts import trip_of
from dispatch.models import Stop
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_STOP_STATES, TripState
from hotline import bridge
from hotline.bridge import Target
from hotline.models import BridgedCall, Line


def call_receiver(stop: Stop) -> BridgedCall:
    """Rings the driver and then whoever receives at this stop; raises Refused when there is nobody to ring."""
    if stop.kind != Stop.Kind.DELIVERY or stop.state not in LIVE_STOP_STATES or stop.trip.state != TripState.UNDER_WAY:
        raise Refused(_("this stop is not open: call the hotline"))
    number = number_of(stop)
    if not number:
        raise Refused(_("no telephone number is known: call the hotline"))
    driver = stop.trip.driver
    return bridge.connect(
        stop.trip.line, topic=topic_of(stop.trip), first=str(driver.phone), second=number, language=driver.language
    )


def number_of(stop: Stop) -> str:
    """Whom to ring at this stop: the agreed receiver, else who is in need, else who asked for it; "" for nobody."""
    agreed = receivers.of(stop.case)
    numbers = [
        str(agreed.phone) if agreed else "",
        *people.numbers(stop.case.person),
        *(people.numbers(stop.case.reporter) if stop.case.reporter else []),
    ]
    return next((number for number in numbers if people.can_be_dialled(number)), "")


def target_of(line: Line, number: str) -> Target | None:
    """A driver on the way to a hand-over who rings the hotline may mean the receiver."""
    trip = trip_of(number)
    if trip is None or trip.line_id != line.pk or trip.state != TripState.UNDER_WAY:
        return None
    here = step.of(trip)
    if here.visit is None or here.visit.is_pickup or here.do not in (Do.DRIVE, Do.HAND_OVER):
        return None
    second = number_of(here.visit.live[0])
    return Target(topic_of(trip), second, trip.driver.language) if second else None
