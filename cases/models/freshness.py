from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class StillNeeded(models.Model):
    """The question whether a request still stands, and what became of it. One open question per case."""

    class Why(models.TextChoices):
        GOODS = "goods", _("before goods are bought")
        LOADING = "loading", _("before the vehicle is loaded")
        BY_HAND = "by_hand", _("asked by one of us")

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "1", _("still needed")
        NO = "2", _("no longer needed")
        HELPED = "3", _("someone else helped")
        UNCONFIRMED = "x", _("nobody could confirm it")  # asked by text and by telephone, no answer to either

    case = models.ForeignKey(Case, models.CASCADE, related_name="still_needed", verbose_name=_("case"))
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    number = models.CharField(_("asked under"), max_length=30, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    # Without an answer by then somebody calls.
    call_at = models.DateTimeField(_("call from"))
    called_at = models.DateTimeField(_("call-back owed since"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=1, choices=Answer.choices, blank=True)
    closed_at = models.DateTimeField(_("no longer asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("question whether it is still needed")
        verbose_name_plural = _("questions whether it is still needed")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(closed_at__isnull=True), name="still_needed_one_open_per_case"
            )
        ]
        indexes = [
            # an incoming digit: which question is open under this number?
            models.Index(
                fields=["number", "-id"],
                condition=models.Q(closed_at__isnull=True),
                name="still_needed_under_number",
            ),
            # the sweep: texts nobody answered
            models.Index(
                fields=["call_at"],
                condition=models.Q(closed_at__isnull=True, called_at__isnull=True),
                name="still_needed_unanswered",
            ),
        ]
