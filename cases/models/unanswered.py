from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.callback import Callback
from cases.models.contact import Contact
from hotline.models import Call, Line, Message, User


class Unanswered(models.Model):
    """A call or a text that nobody answered, and why: open until somebody has acted. Written by cases.unanswered only.

    What is owed for it stays where it is: on the list of call-backs or in the visible inbox.
    """

    class Cause(models.TextChoices):
        ABANDONED = "abandoned", _("hung up while waiting")
        IN_MENU = "in_menu", _("hung up in the menu")
        CALLBACK_ASKED = "callback_asked", _("asked to be called back")
        VOICEMAIL = "voicemail", _("left a message")
        CLOSED = "closed", _("outside the opening hours")
        NOBODY = "nobody", _("nobody on duty")
        FULL = "full", _("too many waited")
        NO_LANGUAGE = "no_language", _("nobody on duty with the language")
        NO_SUBJECT = "no_subject", _("nobody on duty with the subject")
        SYSTEM_AWAY = "system_away", _("the system was away")
        BLOCKED = "blocked", _("the number is blocked")
        NOT_REACHED = "not_reached", _("called back, and not reached")
        UNPLACED = "unplaced", _("a text nobody could place")

    class Act(models.TextChoices):
        NONE = "", _("none")
        REACHED = "reached", _("called back and reached")
        CALLED_AGAIN = "called_again", _("got through by themselves")
        ON_CASE = "on_case", _("put on a case")
        SETTLED = "settled", _("settled")
        CANCELLED = "cancelled", _("no call needed")
        PASSED_ON = "passed_on", _("passed on: attempts used up")
        BLOCKED = "blocked", _("blocked")

    line = models.ForeignKey(Line, models.PROTECT, related_name="unanswered", verbose_name=_("line"))
    call = models.OneToOneField(Call, models.CASCADE, null=True, blank=True, related_name="unanswered")
    message = models.OneToOneField(Message, models.CASCADE, null=True, blank=True, related_name="unanswered")
    cause = models.CharField(_("cause"), max_length=15, choices=Cause.choices)
    waited_seconds = models.PositiveIntegerField(_("seconds waited"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    # What is owed for it.
    callback = models.ForeignKey(
        Callback, models.SET_NULL, null=True, blank=True, related_name="unanswered", verbose_name=_("call-back")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="unanswered", verbose_name=_("contact")
    )
    act = models.CharField(_("what was done"), max_length=15, choices=Act.choices, blank=True)
    acted_at = models.DateTimeField(_("acted"), null=True, blank=True)
    acted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("acted by")
    )

    class Meta:
        verbose_name = _("not answered")
        verbose_name_plural = _("not answered")
        constraints = [
            models.CheckConstraint(
                name="unanswered_is_a_call_or_a_message",
                condition=models.Q(call__isnull=False, message__isnull=True)
                | models.Q(call__isnull=True, message__isnull=False),
            )
        ]
        indexes = [
            # the board: what is open, oldest first
            models.Index(fields=["at", "id"], condition=models.Q(acted_at=None), name="unanswered_open"),
            # what was done lately
            models.Index(
                fields=["-acted_at"], condition=models.Q(acted_at__isnull=False), name="unanswered_acted_lately"
            ),
        ]
