from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from dispatch.models.fleet import Driver
from dispatch.models.trip import Trip
from dispatch.offer_lifecycle import OFFER, OfferState
from hotline.models import User


class TripOffer(models.Model):
    """A trip offered to a driver. State changes go through dispatch.offer_lifecycle.OFFER.

    One row per trip and driver for ever, and no move leads away from "declined": a driver who declined a trip cannot be
    offered it again, whoever tries.
    """

    State = OfferState

    class Why(models.TextChoices):
        NONE = "", _("none")
        VEHICLE = "vehicle", _("something is wrong with the vehicle")
        UNWELL = "unwell", _("unwell or too tired")
        PAPERS = "papers", _("pass or test is missing")
        TOO_FAR = "too_far", _("too far or too long")
        OTHER = "other", _("something else")

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="offers", verbose_name=_("trip"))
    driver = models.ForeignKey(Driver, models.CASCADE, related_name="offers", verbose_name=_("driver"))
    state = models.CharField(_("state"), max_length=10, choices=OfferState.choices, default=OfferState.OPEN)
    offered_at = models.DateTimeField(_("offered"), db_default=Now())
    times = models.PositiveSmallIntegerField(_("times asked"), default=1)
    due_at = models.DateTimeField(_("answer due"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    why = models.CharField(_("declined because"), max_length=10, choices=Why.choices, blank=True)
    words = models.CharField(_("what they said"), max_length=200, blank=True)
    offered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("offered by")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("offer of a trip")
        verbose_name_plural = _("offers of trips")
        triggers = [OFFER.trigger()]
        constraints = [
            models.UniqueConstraint(fields=["trip", "driver"], name="offer_once_per_trip_and_driver"),
            # one driver is asked at a time, and one drives
            models.UniqueConstraint(
                fields=["trip"],
                condition=models.Q(state__in=[OfferState.OPEN, OfferState.ACCEPTED]),
                name="offer_one_standing_per_trip",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=OfferState.DECLINED) | ~models.Q(why=""), name="offer_declined_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state=OfferState.OPEN), name="offer_answer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.trip} {self.driver} {self.get_state_display()}"
