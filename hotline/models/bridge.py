from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.models.line import Line


class BridgedCall(models.Model):
    """Two telephones that speak with each other through the line's number: neither sees the other's."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")  # the first telephone is to be rung
        RINGING = "ringing", _("ringing")  # the first one rings, or the second
        OVER = "over", _("over")  # they talked
        FAILED = "failed", _("failed")  # they never spoke

    line = models.ForeignKey(Line, models.CASCADE, related_name="bridged_calls", verbose_name=_("line"))
    # Who asked for it, as the package that knows them calls it ("trip:12").
    topic = models.CharField(_("about"), max_length=60)
    first = models.CharField(_("rung first"), max_length=30)
    second = models.CharField(_("rung second"), max_length=30)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    sid = models.CharField(_("carrier's id"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("call through the line")
        verbose_name_plural = _("calls through the line")
        constraints = [
            # one call at a time for whoever asks: pressing twice rings once
            models.UniqueConstraint(
                fields=["topic"], condition=models.Q(ended_at=None), name="bridge_one_live_per_topic"
            ),
            models.UniqueConstraint(fields=["sid"], condition=~models.Q(sid=""), name="bridge_sid_once"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(ended_at=None), name="bridge_live"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.get_state_display()}"
