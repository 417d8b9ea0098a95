from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from hotline.call_lifecycle import CALL
from hotline.models.line import Line
from hotline.models.user import Skill, User


class Call(models.Model):
    """A telephone call between a person outside and the line, in or out, with all its legs."""

    class Direction(models.TextChoices):
        IN = "in", _("in")
        OUT = "out", _("out")

    class State(models.TextChoices):
        RINGING = "ringing", _("ringing")  # in: just arrived; out: the agent's phone rings first
        MENU = "menu", _("menu")  # hears the greeting and chooses by keypad
        WAITING = "waiting", _("waiting")  # in the queue since waiting_since
        OFFERED = "offered", _("offered")  # one agent's phone rings for this caller
        CONNECTED = "connected", _("connected")  # they talk
        WRAP_UP = "wrap_up", _("wrap-up")  # ended; the agent notes the outcome
        COMPLETED = "completed", _("completed")  # final
        ABANDONED = "abandoned", _("abandoned")  # final: hung up before an agent; a call-back exists
        VOICEMAIL = "voicemail", _("voicemail")  # final: left a message; a call-back exists
        CALLBACK_ASKED = "callback_asked", _("call-back asked")  # final: keeps the place through a call-back
        FAILED = "failed", _("failed")  # final: never came about (out), or the carrier broke it off

    LIVE = ("ringing", "menu", "waiting", "offered", "connected")

    line = models.ForeignKey(Line, models.PROTECT, related_name="calls", verbose_name=_("line"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    # The outside party's leg at the carrier.
    sid = models.CharField(_("carrier's id"), max_length=64, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=15, choices=State.choices)
    # What the caller chose in the menu: a subject, or "" while unknown.
    skill = models.ForeignKey(
        Skill, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("subject")
    )
    choice = models.CharField(_("menu choice"), max_length=40, blank=True)
    level = models.SmallIntegerField(_("level"), default=3)
    agent = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name=_("agent")
    )
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    # The place in the queue: kept from the first call when a call-back was asked.
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    # The place of an earlier call of this person for which a call-back is still owed: it comes before waiting_since.
    place_at = models.DateTimeField(_("place kept from"), null=True, blank=True)
    # When the caller said that a life is in danger, by key or by word, and was told to dial 120.
    emergency_at = models.DateTimeField(_("emergency said"), null=True, blank=True)
    # A language skill that the caller would like and need not have ("shanghainese").
    dialect = models.CharField(_("dialect wished for"), max_length=50, blank=True, default="", db_default="")
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True)
    connected_at = models.DateTimeField(_("connected"), null=True, blank=True)
    # The first time an agent and the person spoke: connected_at begins anew when the call is passed on.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    wrapped_up_at = models.DateTimeField(_("wrapped up"), null=True, blank=True)
    # A cold transfer leaves the first conference behind: who is in its ending must not end the next.
    room = models.PositiveSmallIntegerField(_("conference"), default=0, db_default=0)
    # Of a call out, who the carrier thinks has picked up: human, machine_start, fax, unknown.
    answered_by = models.CharField(_("picked up by"), max_length=30, blank=True, default="", db_default="")
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    # Whom this call is for, as the package that asked for it calls it ("callback:12"); "" for calls in.
    topic = models.CharField(_("about"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        triggers = [CALL.trigger()]
        constraints = [
            models.UniqueConstraint(fields=["sid"], condition=~models.Q(sid=""), name="call_sid_once"),
            # no agent with two callers
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(state__in=["offered", "connected"]) | models.Q(state="ringing", direction="out"),
                name="call_one_live_per_agent",
            ),
            # one call to a person at a time, whoever dials
            models.UniqueConstraint(
                fields=["line", "number"],
                condition=models.Q(direction="out", state__in=["ringing", "connected"]) & ~models.Q(number=""),
                name="call_one_live_out_per_number",
            ),
        ]
        indexes = [
            # routing: most urgent first, then longest waiting
            models.Index(
                "level",
                Coalesce("place_at", "waiting_since"),
                "id",
                condition=models.Q(state="waiting"),
                name="call_waiting_by_place",
            ),
            # "is this person on the line with us right now?", before anybody dials
            models.Index(
                fields=["number"],
                condition=models.Q(direction="in", state__in=["menu", "waiting", "offered", "connected"]),
                name="call_in_live_of_number",
            ),
            # what an agent is busy with, asked by every open desk every few seconds
            models.Index(
                fields=["agent"],
                condition=models.Q(state__in=["offered", "ringing", "connected", "wrap_up"]),
                name="call_at_desk",
            ),
            models.Index(fields=["number", "-id"], name="call_history_of_number"),
            # the wall: how the calls of today were answered
            models.Index(
                fields=["started_at"],
                include=["direction", "state", "waiting_since", "connected_at"],
                name="call_started_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk} {self.get_state_display()}"

    @property
    def conference(self) -> str:
        """The name of the carrier's conference in which the legs of this call meet now."""
        return f"call-{self.pk}-{self.room}" if self.room else f"call-{self.pk}"

    @property
    def is_machine(self) -> bool:
        """Whether the carrier thinks that an answering machine has picked up."""
        return self.answered_by.startswith("machine") or self.answered_by == "fax"


class CallLeg(models.Model):
    """One telephone in a call: the person outside, the agent, a supervisor listening, an interpreter."""

    class Party(models.TextChoices):
        PERSON = "person", _("person")
        AGENT = "agent", _("agent")
        SUPERVISOR = "supervisor", _("supervisor")
        OUTSIDE = "outside", _("third party")

    class Aim(models.TextChoices):
        TALK = "", _("talks")
        ASKED = "asked", _("asked by a colleague")  # a warm transfer; the one who has the call in the end is its agent
        LISTEN = "listen", _("listens")
        WHISPER = "whisper", _("whispers")
        JOIN = "join", _("joins in")

    call = models.ForeignKey(Call, models.CASCADE, related_name="legs", verbose_name=_("call"))
    party = models.CharField(_("party"), max_length=10, choices=Party.choices)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="legs", verbose_name=_("user"))
    aim = models.CharField(_("aim"), max_length=10, choices=Aim.choices, blank=True)
    # A third party's, as dialled.
    number = models.CharField(_("number"), max_length=80, blank=True)
    sid = models.CharField(_("carrier's id"), max_length=64, blank=True)
    # The carrier's word: queued, ringing, in-progress, completed, busy, no-answer, canceled, failed.
    status = models.CharField(_("status"), max_length=15, default="queued")
    # In the carrier's conference: hears music and is not heard; is not heard.
    held = models.BooleanField(_("on hold"), default=False, db_default=False)
    muted = models.BooleanField(_("muted"), default=False, db_default=False)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("leg of a call")
        verbose_name_plural = _("legs of calls")
        constraints = [models.UniqueConstraint(fields=["sid"], condition=~models.Q(sid=""), name="call_leg_sid_once")]
