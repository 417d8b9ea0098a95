from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import District
from dispatch.models.trip import Trip


class CheckpointPassage(models.Model):
    """One check-point as one trip met it: between which districts, when the driver stood before it and when it was behind.

    The fact that delays are learned from. A district that nobody can tell is left empty; `passed_at` is empty while the
    driver stands there, and stays empty where the driver was turned back.
    """

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="checkpoints", verbose_name=_("trip"))
    from_district = models.ForeignKey(
        District, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("from district")
    )
    to_district = models.ForeignKey(
        District, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("to district")
    )
    arrived_at = models.DateTimeField(_("arrived"))
    passed_at = models.DateTimeField(_("passed"), null=True, blank=True)
    turned_back_at = models.DateTimeField(_("turned back"), null=True, blank=True)

    class Meta:
        verbose_name = _("check-point")
        verbose_name_plural = _("check-points")
        ordering = ["trip", "arrived_at"]
        constraints = [
            # one vehicle stands before one check-point
            models.UniqueConstraint(
                fields=["trip"],
                condition=models.Q(passed_at=None, turned_back_at=None),
                name="checkpoint_one_at_a_time_per_trip",
            ),
            models.CheckConstraint(
                condition=models.Q(passed_at=None) | models.Q(passed_at__gte=models.F("arrived_at")),
                name="checkpoint_passed_after_arrival",
            ),
        ]
        indexes = [
            # the delays of the last days, by border
            models.Index(
                fields=["passed_at"], condition=models.Q(passed_at__isnull=False), name="checkpoint_passed_lately"
            )
        ]

    def __str__(self) -> str:
        return f"{self.trip} {self.from_district or '?'} - {self.to_district or '?'}"

    @property
    def delay(self) -> timedelta | None:
        """How long it took; None while nobody knows."""
        return self.passed_at - self.arrived_at if self.passed_at else None
