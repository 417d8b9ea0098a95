from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.models import Line, User


class Plan(models.Model):
    """One run of the planner: what it proposes, what it leaves out and why."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")  # a re-plan was wanted; the newest request wins
        PROPOSED = "proposed", _("proposed")  # waits for a dispatcher
        ACCEPTED = "accepted", _("accepted")  # all or part became trips
        SUPERSEDED = "superseded", _("superseded")  # a newer plan took its place
        FAILED = "failed", _("failed")

    line = models.ForeignKey(Line, models.CASCADE, related_name="plans", verbose_name=_("line"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    because = models.CharField(_("because"), max_length=100, blank=True)
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    # [{"vehicle": id, "driver": id, "shift": id, "starts_at", "ends_at", "metres", "stops": [...]}]
    trips = models.JSONField(_("proposed trips"), default=list, blank=True)
    # [{"case": id, "code": "...", "words": {"zh-hans": "...", "en": "..."}}]
    unserved = models.JSONField(_("not served"), default=list, blank=True)
    # [{"case": id, "trip": id, "vehicle": id, "before": stop or None, "eta", "instead", "minutes", "breaks": [words]}]
    joins = models.JSONField(
        _("onto trips on the road"), default=list, blank=True, db_default=Value([], models.JSONField())
    )
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        indexes = [models.Index(fields=["line", "-id"], name="plan_newest_of_line")]
