from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.callback_lifecycle import CALLBACK, LIVE_CALLBACK_STATES, CallbackState
from cases.models.case import Case
from cases.models.resident import Resident
from hotline.apart import nothing_of_practice
from hotline.models import Call, Line, User


class Callback(models.Model):
    """A call we owe somebody, as a row with a due time. State changes go through cases.callback_lifecycle.CALLBACK."""

    State = CallbackState

    class Kind(models.TextChoices):
        CLARIFY = "clarify", _("ask for details")
        CONFIRM = "confirm", _("still needed?")
        MISSED_CALL = "missed_call", _("missed call")
        AFTER_DELIVERY = "after_delivery", _("after delivery")
        WELFARE = "welfare", _("welfare check")
        PRESCRIPTION = "prescription", _("prescription expires")
        MESSAGE_FAILED = "message_failed", _("text did not arrive: call instead")

    line = models.ForeignKey(Line, models.PROTECT, related_name="callbacks", verbose_name=_("line"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="callbacks", verbose_name=_("case")
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="callbacks", verbose_name=_("resident")
    )
    number = models.CharField(_("number"), max_length=30)
    # The missed or abandoned call it makes good.
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="callbacks", verbose_name=_("call")
    )
    level = models.SmallIntegerField(_("level"), default=3)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CallbackState.choices, default="scheduled")
    due_at = models.DateTimeField(_("due"))
    # The first due time: a retry keeps the place.
    first_due_at = models.DateTimeField(_("first due"))
    attempts_made = models.SmallIntegerField(_("attempts"), default=0)
    max_attempts = models.SmallIntegerField(_("attempts at most"), default=3)
    claimed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="callbacks", verbose_name=_("agent")
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        triggers = [CALLBACK.trigger(), nothing_of_practice()]
        constraints = [
            models.CheckConstraint(
                name="callback_claimed_has_an_agent_with_a_lease",
                condition=~models.Q(state="claimed")
                | (models.Q(claimed_by__isnull=False) & models.Q(claimed_until__isnull=False)),
            ),
            # one open call-back per person for missed calls
            models.UniqueConstraint(
                fields=["line", "number"],
                condition=models.Q(kind="missed_call", state__in=LIVE_CALLBACK_STATES),
                name="callback_one_open_per_missed_number",
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(case__isnull=False, state__in=LIVE_CALLBACK_STATES),
                name="callback_one_open_per_case_and_kind",
            ),
        ]
        indexes = [
            # the sweep: what falls due
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["scheduled", "retry"]),
                name="callback_falls_due",
            ),
            # the agents' list: most urgent, then first due
            models.Index(
                fields=["level", "first_due_at", "id"],
                condition=models.Q(state="due"),
                name="callback_due_in_order",
            ),
            models.Index(
                fields=["claimed_by", "claimed_until"],
                condition=models.Q(state="claimed"),
                name="callback_claimed_by_agent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Attempt(models.Model):
    """One try to reach somebody, with how it ended."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        BUSY = "busy", _("busy")
        SWITCHED_OFF = "switched_off", _("switched off")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        VOICEMAIL = "voicemail", _("answering machine")
        CALL_LATER = "call_later", _("asked to call later")
        FAILED = "failed", _("the carrier could not connect")

    callback = models.ForeignKey(Callback, models.CASCADE, related_name="attempts", verbose_name=_("call-back"))
    call = models.OneToOneField(
        Call, models.SET_NULL, null=True, blank=True, related_name="attempt", verbose_name=_("call")
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now())
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["callback", "id"]
