"""The life of an offer of a trip to a driver. `OFFER.apply` is the only writer of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from dispatch.trip_lifecycle import DISPATCH
from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from dispatch.models import TripOffer


class OfferState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")  # final: never offered to this driver again
    UNANSWERED = "unanswered", _("no answer in time")  # the dispatcher decides; may be asked again
    WITHDRAWN = "withdrawn", _("withdrawn")  # given to another driver, or the trip is over


S = OfferState

OFFER: Lifecycle[TripOffer] = Lifecycle(
    "offer",
    [
        move("accept", (S.OPEN, S.UNANSWERED), S.ACCEPTED, roles=DISPATCH, label=_("accept")),
        move("decline", (S.OPEN, S.UNANSWERED, S.ACCEPTED), S.DECLINED, roles=DISPATCH, label=_("decline")),
        move("run_out", S.OPEN, S.UNANSWERED, roles=DISPATCH, label=_("no answer in time")),
        move("ask_again", (S.OPEN, S.UNANSWERED, S.WITHDRAWN), S.OPEN, roles=DISPATCH, label=_("ask again")),
        move("withdraw", (S.OPEN, S.UNANSWERED, S.ACCEPTED), S.WITHDRAWN, roles=DISPATCH, label=_("withdraw")),
    ],
)
