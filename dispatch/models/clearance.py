from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models import Community, District
from cases.models.place import ZoneTier
from dispatch.models.fleet import Driver, Vehicle
from hotline.models import User


class Permit(models.Model):
    """The pass (通行证) of one vehicle for some districts and a time."""

    vehicle = models.ForeignKey(Vehicle, models.CASCADE, related_name="permits", verbose_name=_("vehicle"))
    number = models.CharField(_("number"), max_length=40)
    districts = models.ManyToManyField(District, related_name="permits", verbose_name=_("districts"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("permit")
        verbose_name_plural = _("permits")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("valid_from")), name="permit_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["vehicle", "valid_until"], name="permit_valid_of_vehicle")]


class TestCertificate(models.Model):
    """A driver's nucleic acid test: good for 48 hours from the sample."""

    __test__ = False  # not a test class

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="certificates", verbose_name=_("driver"))
    sampled_at = models.DateTimeField(_("sampled"))
    valid_until = models.DateTimeField(_("valid until"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    # Sent by the driver: counts only when a dispatcher has looked at the picture.
    photo = models.FileField(_("photo"), upload_to="certificates/%Y/%m/", blank=True)
    waits_for_check = models.BooleanField(_("waits for a look at the photo"), default=False, db_default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("test certificate")
        verbose_name_plural = _("test certificates")
        indexes = [
            models.Index(fields=["driver", "-valid_until"], name="certificate_latest_of_driver"),
            models.Index(fields=["id"], condition=models.Q(waits_for_check=True), name="certificate_to_look_at"),
        ]


class ZoneOrder(models.Model):
    """What the city has ordered for a district or a community, from a time to a time: its tier, and whether it is closed.

    While it is closed no vehicle is let in and no gate hands in: the planner and the clearance gate keep away.
    """

    district = models.ForeignKey(
        District, models.CASCADE, null=True, blank=True, related_name="zone_orders", verbose_name=_("district")
    )
    community = models.ForeignKey(
        Community, models.CASCADE, null=True, blank=True, related_name="zone_orders", verbose_name=_("community")
    )
    tier = models.CharField(_("zone tier"), max_length=10, choices=ZoneTier.choices, blank=True)
    closed = models.BooleanField(_("closed"), default=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    words = models.CharField(_("what was ordered"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("zone order")
        verbose_name_plural = _("zone orders")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="zone_order_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(district__isnull=False, community__isnull=True)
                | models.Q(district__isnull=True, community__isnull=False),
                name="zone_order_for_a_district_or_a_community",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], condition=models.Q(closed=True), name="zone_closed_still_to_come")]

    def __str__(self) -> str:
        return str(self.community or self.district)
