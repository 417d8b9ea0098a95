from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.lifecycle import OPEN_STATES, CaseState


class AgeThreshold(models.Model):
    """How long a case may be in a state before somebody should look, and before somebody must. Editable by supervisors."""

    LEVELS = [(None, _("every level")), *[(n, str(n)) for n in (1, 2, 3, 4, 5)]]

    state = models.CharField(
        _("state"), max_length=10, choices=[(s.value, s.label) for s in CaseState if s in OPEN_STATES]
    )
    # Empty: for every level that has no row of its own.
    level = models.SmallIntegerField(_("level"), choices=LEVELS[1:], null=True, blank=True)
    warn_minutes = models.PositiveIntegerField(_("look at it after minutes"))
    alert_minutes = models.PositiveIntegerField(_("too long after minutes"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("threshold of age")
        verbose_name_plural = _("thresholds of age")
        ordering = ["state", "level"]
        constraints = [
            models.UniqueConstraint(fields=["state", "level"], nulls_distinct=False, name="age_threshold_once"),
            models.CheckConstraint(
                name="age_threshold_warns_first", condition=models.Q(warn_minutes__lt=models.F("alert_minutes"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.level or ''}"
