from django.db import models
from django.utils.translation import gettext_lazy as _


class InboundEvent(models.Model):
    """A signed webhook as it came, kept before anything is done with it. Unique by carrier, kind, id and status."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")  # kept; the inbox has still to take it
        PROCESSED = "processed", _("processed")  # its effect is in the database
        FAILED = "failed", _("failed")  # taking it raised; tried again by the sweep until attempts run out
        MALFORMED = (
            "malformed",
            _("malformed"),
        )  # signed, but not what the carrier documents; a person looks at it

    carrier = models.CharField(_("carrier"), max_length=20, default="twilio")
    # message, message_status, call, call_status, queue, conference, recording ...
    kind = models.CharField(_("kind"), max_length=30)
    sid = models.CharField(_("carrier's id"), max_length=64)
    status = models.CharField(_("status"), max_length=40, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    payload = models.JSONField(_("content"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbound event")
        verbose_name_plural = _("inbound events")
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "kind", "sid", "status"], name="inbound_event_once_per_id_and_status"
            )
        ]
        indexes = [
            # the inbox sweep: what has been kept and not yet taken, oldest first
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["received", "failed"]),
                name="inbound_event_to_take",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sid} {self.status}"


class RefusedWebhook(models.Model):
    """How many unsigned or forged webhooks were refused, by day and path: a counter, nothing of what they carried."""

    day = models.DateField(_("day"))
    path = models.CharField(_("path"), max_length=100)
    count = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        verbose_name = _("refused webhooks")
        verbose_name_plural = _("refused webhooks")
        constraints = [models.UniqueConstraint(fields=["day", "path"], name="refused_webhooks_once_per_day_and_path")]
