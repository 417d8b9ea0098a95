from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from cases.models import Category
from hotline.models import Line, User


class Fleet(models.Model):
    """Vehicles dedicated to some categories: infant goods, elderly supplies, urgent medicine."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="fleets", verbose_name=_("line"))
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    categories = models.ManyToManyField(Category, related_name="fleets", blank=True, verbose_name=_("categories"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("fleet")
        verbose_name_plural = _("fleets")
        constraints = [models.UniqueConstraint(fields=["line", "slug"], name="fleet_once_per_line")]

    def __str__(self) -> str:
        return self.name


class Vehicle(models.Model):
    """A vehicle with what it can carry and for whom it drives."""

    class State(models.TextChoices):
        IN_SERVICE = "in_service", _("in service")
        BROKEN_DOWN = "broken_down", _("broken down")
        OUT_OF_SERVICE = "out_of_service", _("out of service")

    line = models.ForeignKey(Line, models.PROTECT, related_name="vehicles", verbose_name=_("line"))
    plate = models.CharField(_("plate"), max_length=16, unique=True)
    fleets = models.ManyToManyField(Fleet, related_name="vehicles", blank=True, verbose_name=_("fleets"))
    capacity_kg = models.PositiveIntegerField(_("capacity in kg"), default=500)
    capacity_boxes = models.PositiveIntegerField(_("capacity in boxes"), default=60)
    cold_box = models.BooleanField(_("cold box"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.IN_SERVICE)
    lon = models.FloatField(_("longitude of its base"))
    lat = models.FloatField(_("latitude of its base"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ["plate"]

    def __str__(self) -> str:
        return self.plate


class FleetLoan(models.Model):
    """A fleet lent for some hours: its vehicles drive for the categories of another fleet too, or for nothing else."""

    fleet = models.ForeignKey(Fleet, models.CASCADE, related_name="loans", verbose_name=_("fleet"))
    to_fleet = models.ForeignKey(Fleet, models.CASCADE, related_name="borrowed", verbose_name=_("lent to"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    only = models.BooleanField(_("for nothing else meanwhile"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("loan of a fleet")
        verbose_name_plural = _("loans of fleets")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="fleet_loan_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~models.Q(fleet=models.F("to_fleet")), name="fleet_loan_to_another_fleet"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="fleet_loan_still_to_come")]

    def __str__(self) -> str:
        return f"{self.fleet} → {self.to_fleet}"


class VehicleOutage(models.Model):
    """A vehicle out of service for a time known before: maintenance, disinfection. A breakdown is a state."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="outages", verbose_name=_("vehicle"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("time out of service")
        verbose_name_plural = _("times out of service")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="vehicle_outage_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["vehicle", "ends_at"], name="outage_to_come_of_vehicle")]

    def __str__(self) -> str:
        return f"{self.vehicle}: {self.reason}"


class Driver(models.Model):
    """Somebody who drives. No log-in: a signed link opens the phone page."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="drivers", verbose_name=_("line"))
    name = models.CharField(_("name"), max_length=60)
    phone = PhoneNumberField(_("telephone"), unique=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    licence = models.CharField(_("driving licence"), max_length=40, blank=True)
    licence_valid_until = models.DateField(_("licence valid until"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    # Without one, each stop comes by text and is answered by digits (dispatch.driver.texts).
    smartphone = models.BooleanField(_("has a smartphone"), default=True, db_default=True)
    # The driver's yes to showing the position during trips; empty: no.
    position_agreed_at = models.DateTimeField(_("agreed to show the position"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("driver")
        verbose_name_plural = _("drivers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """A driver on a vehicle from one time to another, with breaks."""

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="shifts", verbose_name=_("driver"))
    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="shifts", verbose_name=_("vehicle"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    # [{"from": iso, "until": iso, "minutes": n, "what": "meal"}]: a break of n minutes somewhere inside the window.
    breaks = models.JSONField(_("breaks"), default=list, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="shift_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["ends_at"], name="shift_still_to_come")]
