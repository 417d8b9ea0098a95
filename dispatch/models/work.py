from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from dispatch.models.fleet import Driver, Shift
from dispatch.models.trip import Trip
from hotline.models import User


class DriverBreak(models.Model):
    """A rest or a meal that a driver took, from press to press."""

    class What(models.TextChoices):
        BREAK = "break", _("break")
        MEAL = "meal", _("meal")

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="breaks", verbose_name=_("driver"))
    trip = models.ForeignKey(
        Trip, models.SET_NULL, null=True, blank=True, related_name="breaks", verbose_name=_("trip")
    )
    what = models.CharField(_("what"), max_length=5, choices=What.choices)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("driver's break")
        verbose_name_plural = _("drivers' breaks")
        ordering = ["driver", "started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["driver"], condition=models.Q(ended_at=None), name="break_one_at_a_time_per_driver"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="break_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["driver", "-started_at"], name="break_latest_of_driver")]

    def __str__(self) -> str:
        return f"{self.driver} {self.get_what_display()}"


class HoursOverride(models.Model):
    """A dispatcher lets a driver go on beyond what is advised, for one shift and with a reason. The hard limit stays."""

    shift = models.OneToOneField(Shift, models.CASCADE, related_name="hours_override", verbose_name=_("shift"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now())
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("hours allowed beyond the advice")
        verbose_name_plural = _("hours allowed beyond the advice")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="hours_override_with_a_reason")]


class DriverAlarm(models.Model):
    """A driver calls for help: danger (SOS), or a question that the page cannot answer."""

    class Kind(models.TextChoices):
        SOS = "sos", _("SOS")
        HELP = "help", _("asks for help")

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="alarms", verbose_name=_("trip"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    raised_at = models.DateTimeField(_("raised"))
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    words = models.CharField(_("words"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("taken up"), null=True, blank=True)
    seen_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken up by")
    )

    class Meta:
        verbose_name = _("driver's alarm")
        verbose_name_plural = _("drivers' alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "kind"], condition=models.Q(seen_at=None), name="alarm_one_open_per_trip_and_kind"
            )
        ]
        indexes = [models.Index(fields=["raised_at"], condition=models.Q(seen_at=None), name="alarm_open")]

    def __str__(self) -> str:
        return f"{self.trip} {self.get_kind_display()}"


class Position(models.Model):
    """Where a vehicle is, by the phone of a driver who agreed to it: the last fix only, gone when the trip is over."""

    trip = models.OneToOneField(Trip, models.CASCADE, related_name="position", verbose_name=_("trip"))
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    metres = models.PositiveIntegerField(_("accuracy in metres"), default=0)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
