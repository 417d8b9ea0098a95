from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.lifecycle import CASE, FINAL_STATES, CaseState
from cases.models.category import Category, CategoryVersion
from cases.models.group import CaseGroup
from cases.models.place import Address, District
from cases.models.resident import Resident
from hotline.apart import nothing_of_practice
from hotline.models import Line, User

FIRST_NUMBER = 100_000


class Case(models.Model):
    """What somebody needs, from the first word to the settled end.

    An open case always has a next step, an owner and a time by which that step must happen: the database refuses one
    that has not. State changes go through cases.lifecycle.CASE.
    """

    State = CaseState

    class Channel(models.TextChoices):
        SMS = "sms", _("text message")
        CALL = "call", _("telephone")
        ENTERED = "entered", _("entered afterwards")
        PARTNER = "partner", _("partner")
        IMPORT = "import", _("import")

    class Level(models.IntegerChoices):
        NOW = 1, _("now")
        TODAY = 2, _("today")
        DAYS = 3, _("in days")
        CAN_WAIT = 4, _("can wait")
        NO_NEED = 5, _("no need")

    class Step(models.TextChoices):
        NONE = "", _("none")
        INTAKE = "intake", _("ask what is needed")
        SOURCE = "source", _("find the goods")
        CONFIRM_GOODS = "confirm_goods", _("wait for the pickup point")
        PLAN = "plan", _("put on a trip")
        DRIVE = "drive", _("drive")
        FOLLOW_UP = "follow_up", _("ask whether it arrived")
        REFERRAL = "referral", _("ask those it was referred to")
        RESUME = "resume", _("look again when the hold ends")
        REVIEW = "review", _("a supervisor looks at it")

    class Owner(models.TextChoices):
        NONE = "", _("nobody: settled")
        QUEUE = "queue", _("the queue")  # whoever claims next
        AGENT = "agent", _("an agent")  # owner_agent, until claimed_until
        DISPATCH = "dispatch", _("dispatch")  # the planner and the dispatchers
        TRIP = "trip", _("a trip")  # the driver under way
        TIMER = "timer", _("a timer")  # a hold or a call-back that falls due

    class Outcome(models.TextChoices):
        NONE = "", _("none")
        RECEIVED = "received", _("received")
        MET_OTHERWISE = "met_otherwise", _("met another way")
        NO_LONGER_NEEDED = "no_longer_needed", _("no longer needed")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        REFERRED = "referred", _("referred")
        NOT_AVAILABLE = "not_available", _("goods not to be had")
        NO_VEHICLE = "no_vehicle", _("no vehicle in time")
        UNREACHABLE = "unreachable", _("could not be reached")
        NOT_A_NEED = "not_a_need", _("not a need")
        DUPLICATE = "duplicate", _("duplicate")

    # Most foreign keys have no index of their own: nobody looks cases up by them alone, and every change of a case would
    # write an entry into each. Those that are looked up by have one below, with only the rows that matter.
    line = models.ForeignKey(Line, models.PROTECT, db_index=False, related_name="cases", verbose_name=_("line"))
    channel = models.CharField(_("came by"), max_length=10, choices=Channel.choices)
    # The person in need, and who asked for them when that is somebody else.
    person = models.ForeignKey(Resident, models.PROTECT, db_index=False, related_name="cases", verbose_name=_("person"))
    reporter = models.ForeignKey(
        Resident,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="reported_cases",
        verbose_name=_("asked for by"),
    )
    relation = models.CharField(_("relation"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    words = models.TextField(_("first words"), blank=True)
    address = models.ForeignKey(
        Address, models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("address")
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("district"),
    )

    category = models.ForeignKey(
        Category,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("category"),
    )
    judged_by = models.ForeignKey(
        CategoryVersion,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("judged by version"),
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    vulnerabilities = models.JSONField(_("vulnerabilities"), default=list, blank=True)
    stated_urgency = models.CharField(_("urgency as stated"), max_length=20, blank=True)
    level = models.SmallIntegerField(_("level"), choices=Level.choices, default=Level.TODAY)
    level_is_judged = models.BooleanField(_("level is an agent's word"), default=False)
    level_reasons = models.JSONField(_("reasons for the level"), default=list, blank=True)
    # {"category": slug, "level": n, "confidence": 0..1, "words": [...]} as proposed from the text.
    suggestion = models.JSONField(_("suggestion"), default=dict, blank=True)
    red_flags = models.JSONField(_("red flags"), default=list, blank=True)
    supply_ends_at = models.DateTimeField(_("supply ends"), null=True, blank=True)
    needed_by = models.DateTimeField(_("needed by"), null=True, blank=True)
    # By when somebody had to have spoken to them, and to have decided; each stays as it was once that has happened.
    contact_by = models.DateTimeField(_("first contact by"), null=True, blank=True)
    decide_by = models.DateTimeField(_("decided by"), null=True, blank=True)
    due_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    due_sum = models.JSONField(_("how the time was reckoned"), default=list, blank=True)
    # 0 for level 1, else 1: the first column of the queue's order.
    rank = models.GeneratedField(
        expression=models.Case(models.When(level=1, then=0), default=1, output_field=models.SmallIntegerField()),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    # Since when it is in this state; nothing but a move to another one begins it anew. cases.ages reads it.
    state_since = models.DateTimeField(_("in this state since"), null=True, blank=True, db_default=Now())
    next_step = models.CharField(_("next step"), max_length=15, choices=Step.choices, blank=True)
    owner = models.CharField(_("owner"), max_length=10, choices=Owner.choices, blank=True)
    owner_agent = models.ForeignKey(
        User, models.SET_NULL, db_index=False, null=True, blank=True, related_name="cases", verbose_name=_("agent")
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    # Why it waits and what would change that, in words; dispatch writes it too. {"zh-hans": ..., "en": ...}
    waits_because = models.JSONField(_("why it waits"), default=dict, blank=True)
    held_from = models.CharField(_("held from"), max_length=10, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    hold_reason = models.CharField(_("held because"), max_length=200, blank=True)
    # How long it has been on hold so far: its targets stood still.
    paused = models.DurationField(_("on hold so far"), default=timedelta(0))
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("merged into"),
    )
    # The people it came together with (cases.groups).
    case_group = models.ForeignKey(
        CaseGroup,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="cases",
        verbose_name=_("group"),
    )
    # The case of which this is what could not be delivered (cases.quantities).
    rest_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="rests",
        verbose_name=_("the rest of"),
    )

    promised_from = models.DateTimeField(_("promised from"), null=True, blank=True)
    promised_until = models.DateTimeField(_("promised until"), null=True, blank=True)
    promise_kept = models.BooleanField(_("promise kept"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    outcome_note = models.CharField(_("note on the outcome"), max_length=200, blank=True)

    created_at = models.DateTimeField(_("created"), db_default=Now())
    contacted_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    # When the person last said that it is still needed; since when nobody could confirm it (cases.freshness).
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    unconfirmed_since = models.DateTimeField(_("unconfirmed since"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # What fills it twice, makes it once: a draft's or a partner's key.
    intake_key = models.CharField(_("made once per"), max_length=80, null=True, blank=True)  # noqa: DJ001
    version = models.PositiveIntegerField(_("version"), default=1)
    history = HistoricalRecords(
        excluded_fields=["rank"],
        # only ever read by the case
        no_db_index=[
            "line", "person", "reporter", "address", "district", "category", "judged_by", "owner_agent", "merged_into",
        ],
    )  # fmt: skip

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        triggers = [CASE.trigger(), nothing_of_practice()]
        constraints = [
            models.CheckConstraint(
                name="case_open_has_next_step_owner_and_time",
                condition=models.Q(state__in=FINAL_STATES)
                | (~models.Q(next_step="") & ~models.Q(owner="") & models.Q(due_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_agent_owner_is_an_agent_with_a_lease",
                condition=~models.Q(owner="agent")
                | (models.Q(owner_agent__isnull=False) & models.Q(claimed_until__isnull=False)),
            ),
            models.UniqueConstraint(
                name="case_once_per_intake_key", fields=["intake_key"], condition=models.Q(intake_key__isnull=False)
            ),
            models.CheckConstraint(
                name="case_ended_has_outcome",
                condition=~models.Q(state__in=FINAL_STATES) | ~models.Q(outcome=""),
            ),
            models.CheckConstraint(
                name="case_hold_has_an_end",
                condition=~models.Q(state="on_hold") | models.Q(held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="case_duplicate_names_the_other",
                condition=~models.Q(state="duplicate") | models.Q(merged_into__isnull=False),
            ),
        ]
        indexes = [
            # claim next: level 1 before everything, then least slack; column order and directions carry the plan
            models.Index(
                fields=["rank", "due_at", "id"],
                include=["level", "category", "district", "next_step", "language"],  # what the review filters by
                condition=models.Q(owner="queue"),
                name="case_next_to_claim",
            ),
            # the planner: what is ready, in the same order
            models.Index(fields=["rank", "due_at", "id"], condition=models.Q(state="ready"), name="case_ready_to_plan"),
            # an agent's own cases; leases are not in it, so that renewing one writes no index at all
            models.Index(fields=["owner_agent"], condition=models.Q(owner="agent"), name="case_held_by_agent"),
            # holds that end
            models.Index(fields=["held_until"], condition=models.Q(state="on_hold"), name="case_hold_ends"),
            # the open cases of a person
            models.Index(fields=["person", "-id"], name="case_history_of_person"),
            models.Index(
                fields=["reporter", "-id"], condition=models.Q(reporter__isnull=False), name="case_history_of_reporter"
            ),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="case_merged_into"
            ),
            # the queue review: what nobody could confirm, what was referred
            models.Index(
                fields=["rank", "due_at", "id"],
                condition=models.Q(unconfirmed_since__isnull=False),
                name="case_unconfirmed",
            ),
            models.Index(
                fields=["rank", "due_at", "id"], condition=models.Q(next_step="referral"), name="case_referred"
            ),
            # the counts of the queue review and of the wall, read without touching a case (cases.board.open_cases)
            models.Index(
                fields=["level", "created_at"],
                include=[
                    "state",
                    "owner",
                    "next_step",
                    "category",
                    "district",
                    "due_at",
                    "held_until",
                    "unconfirmed_since",
                ],
                condition=~models.Q(state__in=FINAL_STATES),
                name="case_open_counted",
            ),
            # the same words: what came in lately from a district and is open
            models.Index(
                fields=["district", "-created_at"],
                condition=~models.Q(state__in=FINAL_STATES),
                name="case_open_lately",
            ),
            # the queue review and the wall: what has been in its state too long
            models.Index(
                fields=["state", "level", "state_since"],
                condition=~models.Q(state__in=FINAL_STATES),
                name="case_open_state_age",
            ),
            # the quality sample and retention: what ended when
            models.Index(fields=["closed_at"], condition=models.Q(closed_at__isnull=False), name="case_ended_at"),
            # the wall and the reports: what came in since, what was delivered since, what was promised for a day
            models.Index(fields=["created_at"], name="case_came_in"),
            models.Index(
                fields=["delivered_at"], condition=models.Q(delivered_at__isnull=False), name="case_delivered"
            ),
            # the cases of a group; what was left over of a case
            models.Index(fields=["case_group"], condition=models.Q(case_group__isnull=False), name="case_of_group"),
            models.Index(fields=["rest_of"], condition=models.Q(rest_of__isnull=False), name="case_rest_of"),
            models.Index(
                fields=["promised_until"],
                include=["promise_kept"],
                condition=models.Q(promised_until__isnull=False),
                name="case_promised_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def number(self) -> str:
        """What the resident is told and quotes: digits only, so that any keypad can enter it."""
        return str(FIRST_NUMBER + (self.pk or 0))

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL_STATES


class Transition(models.Model):
    """One move of a case: from, to, who, when, why. Written by the lifecycle's listener, never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="transitions", verbose_name=_("case"))
    move = models.CharField(_("move"), max_length=30)
    from_state = models.CharField(_("from"), max_length=10, choices=CaseState.choices, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=CaseState.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["case", "id"]
        indexes = [
            # the forecast: what became ready in the last days
            models.Index(fields=["at"], condition=models.Q(to_state="ready"), name="transition_became_ready")
        ]
