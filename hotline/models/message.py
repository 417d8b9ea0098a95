from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.apart import nothing_of_practice
from hotline.message_lifecycle import MESSAGE
from hotline.models.line import Line
from hotline.models.user import User


class Message(models.Model):
    """A text message in or out. Outgoing ones are the outbox: a row first, then the carrier."""

    class Direction(models.TextChoices):
        IN = "in", _("in")
        OUT = "out", _("out")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")  # in: kept, the handler has not taken it yet
        HANDLED = "handled", _("handled")  # in: on a case, answered, or in the visible inbox
        QUEUED = "queued", _("queued")  # out: waits for its time and its turn
        SENDING = "sending", _("sending")  # out: a worker is asking the carrier now
        ACCEPTED = "accepted", _("accepted")  # out: the carrier has it and gave an id
        SENT = "sent", _("sent")  # out: the carrier passed it on
        DELIVERED = "delivered", _("delivered")  # out: on the handset (final)
        UNDELIVERED = "undelivered", _("undelivered")  # out: the network gave up (final)
        FAILED = "failed", _("failed")  # out: refused for good, see reason (final)
        UNKNOWN = "unknown", _("answer lost")  # out: to be looked up in the carrier's log before any retry
        SUPPRESSED = "suppressed", _("not sent")  # out: deliberately not sent, see reason (final)

    class Reason(models.TextChoices):
        NONE = "", _("none")
        OPTED_OUT = "opted_out", _("opted out")
        UNREACHABLE = "unreachable", _("number cannot be reached")
        BLOCKED = "blocked", _("blocked by the carrier")
        TOO_OLD = "too_old", _("too old")
        SUPERSEDED = "superseded", _("newer news replaced it")
        LOOPING = "looping", _("an automatic system answers")
        DAILY_CAP = "daily_cap", _("too many that day")
        CARRIER_ERROR = "carrier_error", _("carrier error")
        BAD_NUMBER = "bad_number", _("not a number that takes texts")

    line = models.ForeignKey(Line, models.PROTECT, related_name="messages", verbose_name=_("line"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    # The other side, E.164 (or a short code, or "" when withheld).
    number = models.CharField(_("number"), max_length=30)
    body = models.TextField(_("text"), blank=True)
    media_count = models.SmallIntegerField(_("pictures"), default=0)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=15, choices=Reason.choices, blank=True)
    carrier_error = models.IntegerField(_("carrier's error"), null=True, blank=True)
    sid = models.CharField(_("carrier's id"), max_length=64, blank=True)
    # Out: what news this is (a template's event) and about what ("case:12"), unique together with the occasion.
    purpose = models.CharField(_("purpose"), max_length=40, blank=True)
    topic = models.CharField(_("about"), max_length=60, blank=True)
    idempotency_key = models.CharField(_("sent once per"), max_length=120, null=True, blank=True, unique=True)
    level = models.SmallIntegerField(_("level"), default=3)
    author = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("written by")
    )
    segments = models.SmallIntegerField(_("segments"), default=1)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    expires_at = models.DateTimeField(_("pointless after"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sending_at = models.DateTimeField(_("sending since"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        triggers = [MESSAGE.trigger(), nothing_of_practice()]
        constraints = [
            models.UniqueConstraint(fields=["sid"], condition=~models.Q(sid=""), name="message_sid_once"),
        ]
        indexes = [
            # the sender: most urgent first, then oldest
            models.Index(fields=["level", "id"], condition=models.Q(state="queued"), name="message_outbox_to_send"),
            # the sweep: what a dead worker left in a passing state
            models.Index(
                fields=["sending_at"],
                condition=models.Q(state__in=["sending", "unknown"]),
                name="message_outbox_unsettled",
            ),
            # the half hours: what the carrier took, and what it refused at once
            models.Index(fields=["accepted_at"], condition=models.Q(direction="out"), name="message_accepted"),
            models.Index(
                fields=["ended_at"],
                condition=models.Q(state="failed", accepted_at__isnull=True),
                name="message_refused_at_once",
            ),
            # the thread of a number, newest first
            models.Index(fields=["number", "-id"], name="message_thread_of_number"),
            # superseding: what is still queued about a topic
            models.Index(fields=["topic"], condition=models.Q(state="queued"), name="message_queued_on_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk} {self.get_state_display()}"


class MessageTemplate(models.Model):
    """What residents receive, one row per event and language; a category may have its own."""

    event = models.SlugField(_("event"), max_length=40)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    # The slug of a case category, or "" for all.
    category = models.SlugField(_("category"), max_length=40, blank=True, default="")
    body = models.TextField(_("text"), help_text=_("{number} and other words in braces are filled in"))
    # Not told at night (the line's quiet hours) unless it is urgent: level 1 and 2 wake people up.
    quiet_at_night = models.BooleanField(
        _("not at night"),
        default=False,
        help_text=_("waits for the end of the line's quiet hours, unless it is urgent"),
    )
    # News that is so late is no news; empty: told however late.
    stale_after_minutes = models.PositiveIntegerField(_("pointless after minutes"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["event", "language", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "language", "category"], name="template_once_per_event_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.language})"


class OptOut(models.Model):
    """A number that wants no texts from a line. It may still ask for help, and START ends it."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="opt_outs", verbose_name=_("line"))
    number = models.CharField(_("number"), max_length=30)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "number"],
                condition=models.Q(ended_at__isnull=True),
                name="opt_out_open_once_per_number",
            )
        ]
