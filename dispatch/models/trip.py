from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models import Case, District
from dispatch.models.fleet import Driver, Shift, Vehicle
from dispatch.models.pickup import PickupPoint, Sourcing
from dispatch.models.plan import Plan
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, STOP, TRIP, StopState, TripState
from hotline.models import Line, User


def _one_at_a_time(resource: str) -> ExclusionConstraint:
    """No two live trips of one vehicle or driver overlap. The id as a range of one needs no extension."""
    as_range = Func(F(f"{resource}_id"), F(f"{resource}_id"), Value("[]"), function="int8range")
    return ExclusionConstraint(
        name=f"trip_one_at_a_time_per_{resource}",
        expressions=[(as_range, "&&"), ("period", "&&")],
        condition=models.Q(state__in=LIVE_TRIP_STATES),
    )


class Trip(models.Model):
    """A vehicle and a driver with stops in order. State changes go through dispatch.trip_lifecycle.TRIP."""

    State = TripState

    line = models.ForeignKey(Line, models.PROTECT, related_name="trips", verbose_name=_("line"))
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="accepted_trips", verbose_name=_("plan")
    )
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="trips", verbose_name=_("vehicle"))
    driver = models.ForeignKey(Driver, models.PROTECT, related_name="trips", verbose_name=_("driver"))
    shift = models.ForeignKey(
        Shift, models.SET_NULL, null=True, blank=True, related_name="trips", verbose_name=_("shift")
    )
    state = models.CharField(_("state"), max_length=10, choices=TripState.choices, default=TripState.PLANNED)
    # [start, end): the clearance gate holds over all of it.
    period = DateTimeRangeField(_("period"))
    metres = models.PositiveIntegerField(_("metres"), default=0)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Raised to make links to this trip, and what they carried, worthless.
    link_version = models.PositiveSmallIntegerField(_("link version"), default=1)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("trip")
        verbose_name_plural = _("trips")
        triggers = [TRIP.trigger()]
        constraints = [_one_at_a_time("vehicle"), _one_at_a_time("driver")]
        indexes = [
            models.Index(
                fields=["line", "id"],
                condition=models.Q(state__in=LIVE_TRIP_STATES),
                name="trip_live_on_board",
            ),
            # figures and learning: what ended since
            models.Index(
                fields=["line", "ended_at"], condition=models.Q(ended_at__isnull=False), name="trip_ended_of_line"
            ),
        ]

    def __str__(self) -> str:
        return f"T{self.pk}"


class Stop(models.Model):
    """One act at one place for one case: collect its goods, or hand them over.

    Stops at the same place follow one another and are shown as one (小区集单).
    """

    State = StopState

    class Kind(models.TextChoices):
        PICKUP = "pickup", _("collect")
        DELIVERY = "delivery", _("hand over")

    class FailedReason(models.TextChoices):
        NONE = "", _("none")
        GATE_REFUSED = "gate_refused", _("refused at the gate")
        NO_ANSWER = "no_answer", _("nobody answers")
        WRONG_ADDRESS = "wrong_address", _("wrong address")
        TURNED_BACK = "turned_back", _("turned back at a check-point")
        GOODS_DAMAGED = "goods_damaged", _("goods damaged")
        GOODS_MISSING = "goods_missing", _("goods not there")
        NOT_WANTED = "not_wanted", _("no longer wanted")
        OTHER = "other", _("something else")

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="stops", verbose_name=_("trip"))
    sequence = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    case = models.ForeignKey(Case, models.PROTECT, related_name="stops", verbose_name=_("case"))
    pickup_point = models.ForeignKey(
        PickupPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        verbose_name=_("pickup point"),
    )
    sourcing = models.ForeignKey(
        Sourcing, models.SET_NULL, null=True, blank=True, related_name="stops", verbose_name=_("sourcing")
    )
    # Goods taken over from another vehicle on the street: whose they are, and where the two meet.
    meets = models.ForeignKey(
        Trip, models.SET_NULL, null=True, blank=True, related_name="met_by", verbose_name=_("takes over from")
    )
    place = models.CharField(_("meeting point"), max_length=120, blank=True, db_default="")
    district = models.ForeignKey(
        District, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("its district")
    )
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    state = models.CharField(_("state"), max_length=10, choices=StopState.choices, default=StopState.PLANNED)
    failed_reason = models.CharField(_("failed because"), max_length=15, choices=FailedReason.choices, blank=True)
    # When it is expected, and the window told to the resident (half-open).
    eta = models.DateTimeField(_("expected"))
    window_from = models.DateTimeField(_("window from"), null=True, blank=True)
    window_until = models.DateTimeField(_("window until"), null=True, blank=True)
    pin = models.CharField(_("PIN"), max_length=6, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["pin"])

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ["trip", "sequence"]
        triggers = [STOP.trigger()]
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "sequence"],
                name="stop_position_once_per_trip",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # a case is on at most one live stop of each kind
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(state__in=LIVE_STOP_STATES),
                name="stop_one_live_per_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trip} {self.sequence}"


class Proof(models.Model):
    """What shows that the goods were handed over."""

    class Kind(models.TextChoices):
        PIN = "pin", _("PIN")
        PHOTO = "photo", _("photo")
        NAME = "name", _("name of the receiver")
        SUPERVISOR = "supervisor", _("a supervisor's reason")

    stop = models.ForeignKey(Stop, models.CASCADE, related_name="proofs", verbose_name=_("stop"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    photo = models.FileField(_("photo"), upload_to="proofs/%Y/%m/", blank=True)
    words = models.CharField(_("words"), max_length=120, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
