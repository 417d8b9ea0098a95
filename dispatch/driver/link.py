"""Opens the link of a driver, or says in words why it leads nowhere and whom to call."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dispatch.models import Trip
from dispatch.nowhere import LeadsNowhere, bad_link
from dispatch.trip_lifecycle import TripState
from hotline import links

KIND = "driver"
SIGNED_FOR = timedelta(days=7)
AFTER_THE_TRIP = timedelta(hours=12)


def address(trip: Trip) -> str:
    """The whole address of the trip's page, for a text message."""
    return links.url(KIND, "dispatch:driver", trip=trip.pk, version=trip.link_version)


def open_trip(token: str) -> Trip:
    """The trip of this link with its line, vehicle and driver; raises LeadsNowhere."""
    try:
        claims = links.unsign(KIND, token, max_age=SIGNED_FOR)
    except links.BadLink as bad:
        raise bad_link(bad) from bad
    trip = Trip.objects.select_related("line", "vehicle", "driver", "shift").filter(pk=claims.get("trip", 0)).first()
    if trip is None:
        raise LeadsNowhere(_("This trip no longer exists."), HTTPStatus.GONE, None)
    with translation.override(trip.driver.language):
        why_not = _why_closed(trip, claims.get("version"))
    if why_not:
        raise LeadsNowhere(why_not, HTTPStatus.GONE, trip.line)
    return trip


def _why_closed(trip: Trip, version: object) -> str:
    if version != trip.link_version:
        return _("This link was replaced by a newer one. Look for the newest text message.")
    if trip.state == TripState.ABORTED:
        return _("This trip was called off. Nothing more is to be done on it.")
    if trip.state == TripState.PLANNED:
        return _("This trip is not released yet. You get a text message when it is.")
    if timezone.now() > trip.period.upper + AFTER_THE_TRIP and trip.state != TripState.UNDER_WAY:
        return _("This link has expired.")
    return ""
