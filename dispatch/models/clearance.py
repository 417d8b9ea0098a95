from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models import District
from dispatch.models.fleet import Driver, Vehicle


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
