from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import FIRST_NUMBER, Case
from hotline.models import Call, User


class Draft(models.Model):
    """An intake form as it is being typed: kept by the server, so that a reload or a closed laptop loses nothing.

    `key` is also the intake key of the case it becomes: however often Save is pressed, that is one case.
    """

    key = models.CharField(_("key"), max_length=80, unique=True)
    agent = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name=_("agent"))
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="drafts", verbose_name=_("call")
    )
    # The case it changes, or the one it has become.
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="drafts", verbose_name=_("case"))
    data = models.JSONField(_("content"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)
    ended_at = models.DateTimeField(_("put away"), null=True, blank=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=models.Q(call__isnull=False), name="draft_one_per_call")
        ]
        indexes = [
            # the tabs of an agent's desk
            models.Index(fields=["agent", "id"], condition=models.Q(ended_at__isnull=True), name="draft_open_of_agent")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def case_number(self) -> str:
        """The number of its case, which need not be read for it; "" when it has none."""
        return str(FIRST_NUMBER + self.case_id) if self.case_id else ""
