from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.models import Line, User


class Reach(models.Model):
    """How far down the list of those who wait a day's vehicles reach, as it was reckoned last on that day."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="reaches", verbose_name=_("line"))
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("reckoned"))
    vehicles = models.PositiveIntegerField(_("vehicles"))
    waiting = models.PositiveIntegerField(_("waiting"))
    reached = models.PositiveIntegerField(_("reached"))
    # Kept free for urgent ones that are expected to come in still.
    reserved = models.PositiveIntegerField(_("kept free"), default=0)
    per_hour = models.FloatField(_("deliveries an hour"))
    # The last one in the order of the list that is reached; empty when all or none are.
    last_level = models.PositiveSmallIntegerField(_("last level reached"), null=True, blank=True)
    last_due_at = models.DateTimeField(_("last due time reached"), null=True, blank=True)
    # [{"category": id, "name", "name_en", "waiting": n, "reached": n}]
    categories = models.JSONField(_("by category"), default=list, blank=True)

    class Meta:
        verbose_name = _("reach of a day")
        verbose_name_plural = _("reach by day")
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="reach_once_per_line_and_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.reached}/{self.waiting}"


class Trial(models.Model):
    """What one more vehicle, driver or pass would serve: the present problem planned again with it, in the worker."""

    class What(models.TextChoices):
        VEHICLE = "vehicle", _("one more vehicle")
        DRIVER = "driver", _("one more driver")
        PASS = "pass", _("one more pass")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    line = models.ForeignKey(Line, models.CASCADE, related_name="trials", verbose_name=_("line"))
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    # Of the plan as it is: how many are served.
    served = models.PositiveIntegerField(_("served now"), default=0)
    # [{"zh-hans", "en", "served": n, "by_level": {"2": n}}], the best first
    results = models.JSONField(_("what it would serve"), default=list, blank=True)

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        constraints = [
            # pressing twice is asking once
            models.UniqueConstraint(
                fields=["line", "what"], condition=models.Q(state="asked"), name="trial_asked_once_per_line"
            )
        ]
        indexes = [models.Index(fields=["line", "-id"], name="trial_newest_of_line")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.get_state_display()}"
