from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class Outlook(models.Model):
    """A case that today's vehicles do not reach, as it was reckoned last. Written by cases.outlook; a later day ends it.

    A case that is reached has none, so what is here is exactly what residents below the line are told.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="outlook", verbose_name=_("case"))
    # The day that is meant, in the time zone of the line, and the first day on which it may go.
    day = models.DateField(_("day"))
    not_before = models.DateField(_("not before"))
    # How many come before it of those that wait.
    before = models.PositiveIntegerField(_("come before it"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # What the resident was told last: once per day, and again when it becomes later.
    told_on = models.DateField(_("told on"), null=True, blank=True)
    told_not_before = models.DateField(_("told not before"), null=True, blank=True)

    class Meta:
        verbose_name = _("not reached today")
        verbose_name_plural = _("not reached today")
        constraints = [
            models.CheckConstraint(condition=models.Q(not_before__gt=models.F("day")), name="outlook_is_a_later_day")
        ]
        indexes = [models.Index(fields=["day"], name="outlook_of_a_day")]

    def __str__(self) -> str:
        return f"{self.case} {self.not_before}"
