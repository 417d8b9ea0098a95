"""What goes wrong with drivers, in words: alarms, declined and unanswered trips, hours, tests to look at, stops not tried."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dispatch import hours
from dispatch.board.trouble import Trouble
from dispatch.crew import Crew
from dispatch.models import Trip
from dispatch.offer_lifecycle import OfferState
from dispatch.trip_lifecycle import TripState


def of(crew: Crew, trips: list[Trip]) -> Iterator[Trouble]:
    """Alarms are bars of their own on the board (dispatch/board/alarms.html) and not repeated here."""
    for trip in trips:
        yield from _offer(crew, trip)
        if trip.state == TripState.UNDER_WAY:
            for words in hours.warnings(trip.driver, crew.worked[trip.driver_id], crew.now):
                yield Trouble(f"{trip.vehicle.plate}: {words}", False, trip)
    for test in crew.sent_tests:
        yield Trouble(_("%(driver)s has sent a new test: look at it") % {"driver": test.driver}, False)
    for act in crew.skipped:
        said = {"plate": act.trip.vehicle.plate, "words": act.words or "–"}
        yield Trouble(_("%(plate)s: a stop was not attempted (%(words)s)") % said, False, act.trip)


def _offer(crew: Crew, trip: Trip) -> Iterator[Trouble]:
    offer = crew.offer_of(trip)
    if trip.state != TripState.RELEASED or offer is None:
        return
    words = {"plate": trip.vehicle.plate, "driver": offer.driver, "n": offer.times}
    if offer.state == OfferState.DECLINED:
        words["why"] = offer.get_why_display() + (f", {offer.words}" if offer.words else "")
        yield Trouble(_("%(plate)s: %(driver)s has declined (%(why)s): give it to somebody else") % words, True, trip)
    elif offer.state == OfferState.UNANSWERED:
        yield Trouble(_("%(plate)s: %(driver)s does not answer, asked %(n)s times") % words, True, trip)
    elif offer.state == OfferState.OPEN and offer.times > 1:
        yield Trouble(_("%(plate)s: %(driver)s has not answered and was asked again") % words, False, trip)
