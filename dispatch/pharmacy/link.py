"""Opens the link of a pickup point, or says in words why it leads nowhere."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.utils.translation import gettext as _

from dispatch.models import PickupPoint
from dispatch.nowhere import LeadsNowhere, bad_link
from hotline import links

KIND = "pharmacy"
# Each question brings a new link, so an old one need not live long.
SIGNED_FOR = timedelta(days=3)


def address(point: PickupPoint) -> str:
    """The whole address of the point's page, for a text message."""
    return links.url(KIND, "dispatch:pharmacy", point=point.pk)


def open_point(token: str) -> PickupPoint:
    """The pickup point of this link with its line; raises LeadsNowhere."""
    try:
        claims = links.unsign(KIND, token, max_age=SIGNED_FOR)
    except links.BadLink as bad:
        raise bad_link(bad) from bad
    point = PickupPoint.objects.select_related("line").filter(pk=claims.get("point", 0)).first()
    if point is None:
        raise LeadsNowhere(_("We no longer know this pickup point."), HTTPStatus.GONE, None)
    if not point.active:
        raise LeadsNowhere(_("We do not ask this pickup point any more."), HTTPStatus.GONE, point.line)
    return point
