from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from hotline.models import Line, User


class EmergencyMode(models.Model):
    """Targets, calling hours and required fields that hold together for a time, over those of every category.

    Switching off takes all of them back at once. The row stays: who, when, why.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="emergency_modes", verbose_name=_("line"))
    name = models.CharField(_("name"), max_length=80)
    reason = models.CharField(_("reason"), max_length=300)
    # {"targets": {"3": {"contact": 480}}, "calling_from": "07:00", "calling_until": "23:00",
    #  "required": {"make_ready": ["address", "phone"]}, "approve_up_to": {"*": 5, "medicine": 2}}:
    # what is left out stays as it is.
    settings = models.JSONField(_("settings"), default=dict)
    begins_at = models.DateTimeField(_("in force from"))
    ends_at = models.DateTimeField(_("in force until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    started_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("switched on by")
    )
    ended_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("switched off by")
    )
    # Whether the open cases have been reckoned with its beginning, and with its end.
    counted_in = models.BooleanField(default=False, editable=False)
    counted_out = models.BooleanField(default=False, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("emergency mode")
        verbose_name_plural = _("emergency modes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(ended_at__isnull=True), name="emergency_mode_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.name
