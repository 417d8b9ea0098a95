from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from hotline.models import Line, User


class RetentionPolicy(models.Model):
    """How long a person's data is kept after the last of their cases has ended. Without a row for the line: for ever."""

    line = models.OneToOneField(Line, models.CASCADE, related_name="retention", verbose_name=_("line"))
    days = models.PositiveIntegerField(_("days after the last case has ended"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retention")
        constraints = [models.CheckConstraint(name="retention_of_a_month_or_more", condition=Q(days__gte=30))]

    def __str__(self) -> str:
        return f"{self.line}: {self.days}"


class DataRequest(models.Model):
    """A person's data was handed out or taken away: when, by whom, why, and what had to stay. Never changed."""

    class What(models.TextChoices):
        EXPORT = "export", _("handed out")
        ERASED = "erased", _("taken away on request")
        EXPIRED = "expired", _("taken away after its time")

    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    resident_id = models.BigIntegerField(_("resident"), db_index=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # {"cases": 2, "texts": 5, ...}
    counts = models.JSONField(_("how many"), default=dict)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("request about a person's data")
        verbose_name_plural = _("requests about a person's data")
        constraints = [
            models.CheckConstraint(
                name="data_request_by_somebody_has_a_reason", condition=Q(what="expired") | ~Q(reason="")
            )
        ]
