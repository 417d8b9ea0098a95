from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.case import Case
from hotline.models import User


class Referral(models.Model):
    """A need given to somebody else to meet: they accept or refuse, and report back by a time, or we ask."""

    class To(models.TextChoices):
        VOLUNTEER = "volunteer", _("a volunteer or neighbour")
        COMMITTEE = "committee", _("neighbourhood committee")
        HOSPITAL = "hospital", _("a hospital")
        CITY_LINE = "12345", _("the city's line 12345")
        ADVICE = "advice", _("advice was enough")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")  # until they say yes or no
        ACCEPTED = "accepted", _("accepted")  # until they report back
        REFUSED = "refused", _("refused")
        HELPED = "helped", _("reported back: it helped")
        NOT_HELPED = "not_helped", _("reported back: it did not help")
        WITHDRAWN = "withdrawn", _("no longer asked")  # the case went another way

    OPEN = (State.ASKED, State.ACCEPTED)

    case = models.ForeignKey(Case, models.CASCADE, related_name="referrals", verbose_name=_("case"))
    to = models.CharField(_("to"), max_length=10, choices=To.choices)
    whom = models.CharField(_("who there"), max_length=80, blank=True)
    number = models.CharField(_("their number"), max_length=30, blank=True)
    words = models.CharField(_("what was agreed"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    # By then they have answered, or reported back; else an agent asks them.
    due_at = models.DateTimeField(_("answer due"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    said = models.CharField(_("what they said"), max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["case", "id"]
        constraints = [
            # pressed twice is asked once
            models.UniqueConstraint(
                fields=["case", "to"],
                condition=models.Q(state__in=["asked", "accepted"]),
                name="referral_one_open_per_case_and_place",
            ),
            models.CheckConstraint(
                name="referral_has_ended_or_is_open",
                condition=models.Q(state__in=["asked", "accepted"], ended_at__isnull=True)
                | (~models.Q(state__in=["asked", "accepted"]) & models.Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_to_display()} {self.whom}".strip()
