from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.case import Case
from cases.models.place import District
from cases.models.resident import Resident
from hotline.apart import nothing_of_practice
from hotline.models import Call, Line, Message, User


class Contact(models.Model):
    """One call or message as it concerns a case; without a case it lies in the visible inbox until it is settled."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="contacts", verbose_name=_("line"))
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("resident")
    )
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name=_("case")
    )
    call = models.ForeignKey(
        Call, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name=_("call")
    )
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name=_("message")
    )
    # How the words were taken: request, addition, command, answer, offer, complaint, opt_out, unclear ...
    taken_as = models.CharField(_("taken as"), max_length=20, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())
    # An addition to an open case, or a thing in the inbox, that nobody has read yet.
    unread = models.BooleanField(_("unread"), default=False)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        triggers = [nothing_of_practice()]
        constraints = [
            models.CheckConstraint(
                name="contact_is_a_call_or_a_message",
                condition=models.Q(call__isnull=False, message__isnull=True)
                | models.Q(call__isnull=True, message__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["message", "case"],
                nulls_distinct=False,
                condition=models.Q(message__isnull=False),
                name="contact_message_once_per_case",
            ),
            models.UniqueConstraint(
                fields=["call", "case"],
                nulls_distinct=False,
                condition=models.Q(call__isnull=False),
                name="contact_call_once_per_case",
            ),
        ]
        indexes = [
            # the visible inbox
            models.Index(
                fields=["id"],
                condition=models.Q(case__isnull=True, settled_at__isnull=True),
                name="contact_visible_inbox",
            ),
            models.Index(fields=["case", "id"], condition=models.Q(unread=True), name="contact_unread_of_case"),
        ]


class Note(models.Model):
    """A remark on a case by one of us."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name=_("case"))
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["case", "id"]


class Survey(models.Model):
    """The question after delivery and what the resident answered: 1 received, 2 not yet, 3 no longer needed."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        RECEIVED = "1", _("received")
        NOT_YET = "2", _("not yet")
        NOT_NEEDED = "3", _("no longer needed")

    case = models.ForeignKey(Case, models.CASCADE, related_name="surveys", verbose_name=_("case"))
    number = models.CharField(_("asked under"), max_length=30)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    answer = models.CharField(_("answer"), max_length=1, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("no longer asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(closed_at__isnull=True), name="survey_one_open_per_case"
            )
        ]
        indexes = [
            # an incoming digit: which question is open under this number?
            models.Index(
                fields=["number", "-id"],
                condition=models.Q(closed_at__isnull=True),
                name="survey_open_under_number",
            )
        ]


class Offer(models.Model):
    """Somebody has medicine, food or a car to give."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MATCHED = "matched", _("matched")
        DECLINED = "declined", _("declined")
        CLOSED = "closed", _("closed")

    line = models.ForeignKey(Line, models.PROTECT, related_name="offers", verbose_name=_("line"))
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="offers", verbose_name=_("giver"))
    contact = models.OneToOneField(
        Contact, models.SET_NULL, null=True, blank=True, related_name="offer", verbose_name=_("contact")
    )
    words = models.TextField(_("words"))
    item = models.CharField(_("item"), max_length=120, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("district")
    )
    case = models.ForeignKey(
        Case, models.SET_NULL, null=True, blank=True, related_name="offers", verbose_name=_("matched case")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    # May whoever needs it be put in touch? Asked under this number about `case`; None while nobody has answered.
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    asked_number = models.CharField(_("asked under"), max_length=30, blank=True, db_default="")
    consent = models.BooleanField(_("agrees"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [
            # an incoming digit: which question is open under this number?
            models.Index(
                fields=["asked_number", "-asked_at"],
                condition=models.Q(asked_at__isnull=False, consent__isnull=True),
                name="offer_asked_under_number",
            ),
            # the list of offers
            models.Index(fields=["id"], condition=models.Q(state="open"), name="offer_open"),
        ]
