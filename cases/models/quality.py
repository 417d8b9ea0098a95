from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.case import Case
from hotline.models import User


class Criterion(models.Model):
    """One line of the score card. Changing it changes no card that is filled in: those keep their words and weights."""

    words = models.CharField(_("question"), max_length=200)
    words_en = models.CharField(_("question in English"), max_length=200, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    critical = models.BooleanField(_("failing it fails the card"), default=False)
    active = models.BooleanField(_("active"), default=True)
    order = models.SmallIntegerField(_("order"), default=100)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("criterion of quality")
        verbose_name_plural = _("criteria of quality")
        ordering = ["order", "id"]
        constraints = [models.CheckConstraint(name="criterion_weighs_something", condition=Q(weight__gte=1))]

    def __str__(self) -> str:
        return self.words


class SamplePlan(models.Model):
    """How many ended cases of an agent are looked at each week. One row; without it three."""

    per_agent = models.PositiveSmallIntegerField(_("cases per agent and week"), default=3)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan of the sample")
        verbose_name_plural = _("plan of the sample")

    def __str__(self) -> str:
        return str(self.per_agent)


class SampledWeek(models.Model):
    """A week whose sample is drawn: a second draw is impossible."""

    monday = models.DateField(_("week of"), primary_key=True)
    drawn_at = models.DateTimeField(_("drawn"), db_default=Now())

    class Meta:
        verbose_name = _("sampled week")
        verbose_name_plural = _("sampled weeks")


class QualityReview(models.Model):
    """The work of one agent on one case, looked at by somebody else, with a score the agent sees and can answer."""

    class Why(models.TextChoices):
        SAMPLE = "sample", _("drawn")
        SURVEY = "survey", _("the resident said otherwise")

    case = models.ForeignKey(Case, models.CASCADE, related_name="quality_reviews", verbose_name=_("case"))
    agent = models.ForeignKey(User, models.CASCADE, related_name="quality_reviews", verbose_name=_("agent"))
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    # The Monday of the week it counts in.
    monday = models.DateField(_("week of"))
    created_at = models.DateTimeField(_("created"), db_default=Now())
    reviewer = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    done_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    # [{"words", "words_en", "weight", "critical", "value": 0 no, 1 partly, 2 yes, null does not apply}] as it was then.
    card = models.JSONField(_("score card"), default=list, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    seen_at = models.DateTimeField(_("seen by the agent"), null=True, blank=True)
    answer = models.TextField(_("the agent's answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")
        constraints = [
            models.UniqueConstraint(fields=["case", "agent"], name="quality_review_once_per_case_and_agent"),
            models.CheckConstraint(
                name="quality_review_never_by_the_agent", condition=Q(reviewer=None) | ~Q(reviewer=F("agent"))
            ),
            models.CheckConstraint(
                name="quality_review_done_has_a_score", condition=Q(done_at=None) | Q(score__isnull=False)
            ),
        ]
        indexes = [
            # the supervisors' list of what waits
            models.Index(fields=["id"], condition=Q(done_at=None), name="quality_review_open"),
            # figures of an agent over time
            models.Index(fields=["agent", "monday"], name="quality_review_of_agent"),
        ]
