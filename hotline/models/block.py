from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.models.user import User


class Block(models.Model):
    """A number that is not connected for a while: who blocked it, why, until when, and what it tried meanwhile.

    Written by hotline.blocking only. The row stays as the record of it.
    """

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("abuse")
        AUTOMATIC = "automatic", _("automatic caller")
        OTHER = "other", _("other: see the note")

    number = models.CharField(_("number"), max_length=30)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="blocks", verbose_name=_("blocked by"))
    begins_at = models.DateTimeField(_("since"), db_default=Now())
    until = models.DateTimeField(_("until"))
    # Blocked although an urgent case is open under it: somebody was asked twice.
    despite_urgent_case = models.BooleanField(_("despite an urgent case"), default=False)
    calls = models.PositiveIntegerField(_("calls turned away"), default=0)
    texts = models.PositiveIntegerField(_("texts kept without a case"), default=0)
    last_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # None: its time was over.
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )

    class Meta:
        verbose_name = _("blocked number")
        verbose_name_plural = _("blocked numbers")
        constraints = [
            # also serves the question at each call and text: is this number blocked?
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(ended_at=None), name="block_open_once_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"…{self.number[-4:]}"
