from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from hotline.models import User


class SavedView(models.Model):
    """Filters of the queue review under a name: one's own, or shared with all who lead."""

    name = models.CharField(_("name"), max_length=40)
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("made by"))
    shared = models.BooleanField(_("shared"), default=False)
    # {"view": "late", "level": "1", "category": "medicine", "district": "3"}: what the page's address says.
    filters = models.JSONField(_("filters"), default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once_per_owner")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """With which saved view somebody's queue review opens."""

    user = models.OneToOneField(User, models.CASCADE, related_name="default_view", verbose_name=_("user"))
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="defaults", verbose_name=_("saved view"))

    class Meta:
        verbose_name = _("default view")
        verbose_name_plural = _("default views")


class ClaimCap(models.Model):
    """How many cases an agent may have in hand at once; without a row there is no limit."""

    # Empty: everybody who has no row of their own.
    agent = models.OneToOneField(
        User, models.CASCADE, null=True, blank=True, related_name="claim_cap", verbose_name=_("agent")
    )
    cases = models.PositiveSmallIntegerField(_("cases at once"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("limit of claims")
        verbose_name_plural = _("limits of claims")
        constraints = [
            models.UniqueConstraint(fields=["agent"], nulls_distinct=False, name="claim_cap_one_for_everybody"),
            models.CheckConstraint(name="claim_cap_of_one_or_more", condition=models.Q(cases__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.agent or _('everybody')}: {self.cases}"


class IntakeField(models.Model):
    """Whether the intake form shows a field, and before which step it has to be filled in. Without a row: shown, never."""

    class Before(models.TextChoices):
        NEVER = "", _("never")
        SOURCE = "source", _("before the goods are looked for")
        MAKE_READY = "make_ready", _("before dispatch gets it")

    field = models.CharField(_("field"), max_length=20, unique=True)
    shown = models.BooleanField(_("shown"), default=True)
    before = models.CharField(_("has to be filled in"), max_length=10, choices=Before.choices, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("field of the intake form")
        verbose_name_plural = _("fields of the intake form")
        ordering = ["field"]
        constraints = [
            models.CheckConstraint(
                name="intake_field_asked_for_is_shown", condition=models.Q(shown=True) | models.Q(before="")
            )
        ]

    def __str__(self) -> str:
        return self.field
