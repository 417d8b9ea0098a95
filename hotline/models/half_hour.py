from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.line import Line
from hotline.models.presence import Presence
from hotline.models.user import User


class HalfHour(models.Model):
    """What became of the callers who came in one half hour, by line and subject. Written by hotline.half_hours."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="half_hours", verbose_name=_("line"))
    begins = models.DateTimeField(_("begins"))
    # The slug of the skill asked for, "" while none was chosen.
    subject = models.CharField(_("subject"), max_length=50, blank=True)
    offered = models.PositiveIntegerField(_("offered"), default=0)  # wanted to speak with somebody
    answered = models.PositiveIntegerField(_("answered"), default=0)
    in_time = models.PositiveIntegerField(_("answered within 20 s"), default=0)
    abandoned = models.PositiveIntegerField(_("gave up"), default=0)
    callback_asked = models.PositiveIntegerField(_("asked to be called back"), default=0)
    messages = models.PositiveIntegerField(_("messages left"), default=0)  # not among those offered
    waited_seconds = models.PositiveIntegerField(
        _("seconds waited"), default=0
    )  # all who waited, whatever became of it
    longest_wait = models.PositiveIntegerField(_("longest wait"), default=0)
    talk_seconds = models.PositiveIntegerField(_("seconds talked"), default=0)
    wrap_up_seconds = models.PositiveIntegerField(_("seconds of wrap-up"), default=0)

    class Meta:
        verbose_name = _("half hour of calls")
        verbose_name_plural = _("half hours of calls")
        constraints = [
            # also serves the pages: the newest half hours of all lines
            models.UniqueConstraint(fields=["begins", "line", "subject"], name="half_hour_once"),
        ]


class TextHalfHour(models.Model):
    """Outgoing texts that the carrier took in one half hour, and what became of them."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="text_half_hours", verbose_name=_("line"))
    begins = models.DateTimeField(_("begins"))
    sent = models.PositiveIntegerField(_("sent"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    median_seconds = models.FloatField(_("median seconds to deliver"), null=True, blank=True)

    class Meta:
        verbose_name = _("half hour of texts")
        verbose_name_plural = _("half hours of texts")
        constraints = [models.UniqueConstraint(fields=["begins", "line"], name="text_half_hour_once")]


class DutyHalfHour(models.Model):
    """How long all agents together were in a state during one half hour: occupancy comes from it."""

    begins = models.DateTimeField(_("begins"))
    state = models.CharField(_("state"), max_length=10, choices=Presence.State.choices)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    agents = models.PositiveIntegerField(_("agents"), default=0)

    class Meta:
        verbose_name = _("half hour on duty")
        verbose_name_plural = _("half hours on duty")
        constraints = [models.UniqueConstraint(fields=["begins", "state"], name="duty_half_hour_once")]


class PresenceSpan(models.Model):
    """How long an agent was in a state without change. Written by hotline.presence.change; off duty is no span."""

    user = models.ForeignKey(User, models.CASCADE, related_name="presence_spans", verbose_name=_("user"))
    state = models.CharField(_("state"), max_length=10, choices=Presence.State.choices)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("time in a state")
        verbose_name_plural = _("times in a state")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(ended_at=None), name="one_open_span_per_user")
        ]
        indexes = [
            # the half hours: spans that reached into one, and those still open
            models.Index(fields=["ended_at"], name="presence_span_ended")
        ]
