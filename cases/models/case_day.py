from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.models import Line


class CaseDay(models.Model):
    """What became of the cases that came in on one day, by one thing at a time. Written by cases.days, read by the reports."""

    class Group(models.TextChoices):
        ALL = "all", _("all")
        CATEGORY = "category", _("category")
        DISTRICT = "district", _("district")
        LEVEL = "level", _("level")
        CHANNEL = "channel", _("came by")

    day = models.DateField(_("day"))
    line = models.ForeignKey(Line, models.CASCADE, related_name="case_days", verbose_name=_("line"))
    group = models.CharField(_("by"), max_length=10, choices=Group.choices)
    # The category's or district's id, the level, the channel; "" for not known and for all.
    value = models.CharField(_("value"), max_length=20, blank=True)
    received = models.PositiveIntegerField(_("received"), default=0)
    met = models.PositiveIntegerField(_("met"), default=0)
    unmet = models.PositiveIntegerField(_("unmet"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    promised = models.PositiveIntegerField(_("promised"), default=0)
    kept = models.PositiveIntegerField(_("promise kept"), default=0)
    # Targets that have been met or missed by now, and those met: first contact, decision, delivery.
    contact_due = models.PositiveIntegerField(default=0)
    contact_kept = models.PositiveIntegerField(default=0)
    decide_due = models.PositiveIntegerField(default=0)
    decide_kept = models.PositiveIntegerField(default=0)
    deliver_due = models.PositiveIntegerField(default=0)
    deliver_kept = models.PositiveIntegerField(default=0)
    # {outcome: how many}
    why_unmet = models.JSONField(_("why unmet"), default=dict)
    # {"contact": {bucket: how many}, ...}: cases.days says how long a bucket is.
    spans = models.JSONField(_("lengths of time"), default=dict)
    # Of a category: {unit: [needs, asked, approved, delivered]}.
    quantities = models.JSONField(_("quantities"), default=dict)
    counted_at = models.DateTimeField(_("counted"), auto_now_add=True)

    class Meta:
        verbose_name = _("day of cases")
        verbose_name_plural = _("days of cases")
        constraints = [
            # the pages read one group over some days
            models.UniqueConstraint(fields=["group", "day", "line", "value"], name="case_day_once")
        ]


class DayToCount(models.Model):
    """A day whose figures may have changed: counted by the next sweep."""

    day = models.DateField(_("day"), primary_key=True)

    class Meta:
        verbose_name = _("day to count")
        verbose_name_plural = _("days to count")


class CountedUpTo(models.Model):
    """Up to which move of a case the days have been marked as changed. One row."""

    transition = models.BigIntegerField(_("transition"), default=0)

    class Meta:
        verbose_name = _("counted up to")
        verbose_name_plural = _("counted up to")
