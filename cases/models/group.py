from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.place import Community
from cases.models.resident import Resident
from hotline.models import Line, User


class CaseGroup(models.Model):
    """Requests of several people that came together: one building, one caller. Each person's case stays a case of its own."""

    # Of the page it was written on: however often Save is pressed, that is one group.
    key = models.CharField(max_length=64, unique=True, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="case_groups", verbose_name=_("line"))
    name = models.CharField(_("name"), max_length=120)
    # Who speaks for them: a neighbour, the committee.
    contact = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="case_groups", verbose_name=_("speaks for them")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="case_groups", verbose_name=_("community")
    )
    building = models.CharField(_("building"), max_length=30, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), db_default=Now())
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("group of cases")
        verbose_name_plural = _("groups of cases")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
