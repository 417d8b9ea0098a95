from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models import District
from hotline.models import Line


class BorderDelay(models.Model):
    """Seconds lost at the check-points from one district into a neighbour, by hour of the day, as finished trips had it.

    Written by dispatch.learning and read by the planner; what is not here is reckoned with travel.CHECKPOINT_SECONDS.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="border_delays", verbose_name=_("line"))
    start = models.ForeignKey(District, models.CASCADE, related_name="+", verbose_name=_("from"))
    end = models.ForeignKey(District, models.CASCADE, related_name="+", verbose_name=_("to"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    seconds = models.PositiveIntegerField(_("seconds"))
    legs = models.PositiveIntegerField(_("trips seen"))  # over this border at any hour
    learned_at = models.DateTimeField(_("learned"), db_default=Now())

    class Meta:
        verbose_name = _("delay at a border")
        verbose_name_plural = _("delays at borders")
        constraints = [
            models.UniqueConstraint(fields=["line", "start", "end", "hour"], name="border_delay_once_per_hour"),
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="border_delay_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.start} → {self.end} {self.hour:02}:00"


class HourSpeed(models.Model):
    """How fast one drives inside districts at an hour of the day, as finished trips had it."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="hour_speeds", verbose_name=_("line"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    metres_per_second = models.FloatField(_("metres a second"))
    legs = models.PositiveIntegerField(_("drives seen"))
    learned_at = models.DateTimeField(_("learned"), db_default=Now())

    class Meta:
        verbose_name = _("speed of an hour")
        verbose_name_plural = _("speeds by hour")
        constraints = [
            models.UniqueConstraint(fields=["line", "hour"], name="hour_speed_once_per_hour"),
            models.CheckConstraint(
                condition=models.Q(hour__lt=24, metres_per_second__gt=0), name="hour_speed_is_a_speed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour:02}:00"
