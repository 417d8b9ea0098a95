from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from dispatch.models.fleet import Vehicle
from hotline.models import User


class Instruction(models.Model):
    """What a dispatcher has told the planner about one case. It holds until it ends; who, when and why stays."""

    class Kind(models.TextChoices):
        PIN = "pin", _("only with this vehicle")
        EXCLUDE = "exclude", _("not planned until")

    case = models.ForeignKey(Case, models.CASCADE, related_name="instructions", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    vehicle = models.ForeignKey(
        Vehicle, models.CASCADE, null=True, blank=True, related_name="instructions", verbose_name=_("vehicle")
    )
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    class Meta:
        verbose_name = _("instruction to the planner")
        verbose_name_plural = _("instructions to the planner")
        constraints = [
            # two dispatchers at once: the second sees what the first has said
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="instruction_one_of_a_kind_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="pin", vehicle__isnull=False) | models.Q(kind="exclude", until__isnull=False),
                name="instruction_says_which_vehicle_or_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=models.Q(ended_at__isnull=True, kind="exclude"),
                name="instruction_runs_out",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
