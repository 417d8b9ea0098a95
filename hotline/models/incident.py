from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.user import User


class Incident(models.Model):
    """Something of the line or the system does not work: one open row for each cause and what it concerns.

    Written by hotline.incidents only; it ends by itself when its cause is gone.
    """

    class Cause(models.TextChoices):
        CARRIER_AWAY = "carrier_away", _("the carrier cannot be reached")
        CARRIER_REFUSES = "carrier_refuses", _("the carrier does not accept our credentials")
        CARRIER_BROKEN = "carrier_broken", _("the carrier answers with errors")
        WEBHOOKS = "webhooks", _("what the carrier reports does not reach us")
        TEXTS_FAIL = "texts_fail", _("texts fail en masse: is the sender number blocked?")
        BACKLOG = "backlog", _("texts wait too long in the outbox")
        LINE_TEST = "line_test", _("the test from end to end failed")
        BROKER_AWAY = "broker_away", _("the broker does not answer")
        BEAT_SILENT = "beat_silent", _("nothing starts the sweeps: beat is silent")
        WORKER_SILENT = "worker_silent", _("nobody does the tasks: the worker is silent")

    cause = models.CharField(_("cause"), max_length=20, choices=Cause.choices)
    # What of it: a line's short name, or a line and the kind of test; "" when it concerns everything.
    subject = models.CharField(_("about"), max_length=60, blank=True)
    # Figures for the person who looks: {"n": 40, "of": 44, "code": 30007}
    facts = models.JSONField(_("figures"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    count = models.PositiveIntegerField(_("times seen"), default=1)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Who has said that they take care of it.
    taken_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            # also serves the bar and the wall: what is open
            models.UniqueConstraint(
                fields=["cause", "subject"], condition=models.Q(ended_at=None), name="incident_open_once_per_cause"
            )
        ]
        indexes = [
            # the history, newest first
            models.Index(fields=["-opened_at"], name="incident_newest")
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.subject}".strip()
