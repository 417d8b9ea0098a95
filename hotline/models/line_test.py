from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.line import Line
from hotline.models.message import Message


class LineTest(models.Model):
    """A text or a call of ours that goes out through the carrier and comes back to us, and how long it took.

    Written by hotline.line_tests only. It is no case, no call-back and nothing in the inbox, and no figure counts it.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        CALL = "call", _("call")

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        PASSED = "passed", _("arrived")  # final: it came back, and the carrier reported about it
        FAILED = "failed", _("did not arrive")  # final: see why

    class Why(models.TextChoices):
        NONE = "", _("none")
        REFUSED = "refused", _("the carrier did not take it")
        NOT_SENT = "not_sent", _("it lay in the outbox")
        NOT_COME = "not_come", _("no webhook came")
        NOT_REPORTED = "not_reported", _("the carrier reported nothing about it")

    line = models.ForeignKey(Line, models.CASCADE, related_name="tests", verbose_name=_("line"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    # What the text says and the webhook brings back.
    token = models.CharField(_("mark"), max_length=16, blank=True)
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("message")
    )
    sid = models.CharField(_("carrier's id"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    why = models.CharField(_("reason"), max_length=15, choices=Why.choices, blank=True)
    started_at = models.DateTimeField(_("began"), default=timezone.now)
    # After that it has failed.
    due_at = models.DateTimeField(_("to arrive by"))
    came_at = models.DateTimeField(_("came back"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)

    class Meta:
        verbose_name = _("test of a line")
        verbose_name_plural = _("tests of lines")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "kind"], condition=models.Q(state="running"), name="line_test_one_under_way"
            )
        ]
        indexes = [
            # the page, and when the next one is due
            models.Index(fields=["line", "kind", "-id"], name="line_test_newest")
        ]
