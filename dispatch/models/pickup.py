from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models import Case, Category, District
from hotline.models import Line, User


class PickupPoint(models.Model):
    """A pharmacy, store or depot where goods are collected."""

    class Kind(models.TextChoices):
        PHARMACY = "pharmacy", _("pharmacy")
        STORE = "store", _("store")
        DEPOT = "depot", _("depot")
        HOSPITAL = "hospital", _("hospital")

    line = models.ForeignKey(Line, models.PROTECT, related_name="pickup_points", verbose_name=_("line"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    district = models.ForeignKey(District, models.PROTECT, related_name="pickup_points", verbose_name=_("district"))
    street = models.CharField(_("street"), max_length=120, blank=True)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    categories = models.ManyToManyField(
        Category, related_name="pickup_points", blank=True, verbose_name=_("categories")
    )
    active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("pickup point")
        verbose_name_plural = _("pickup points")
        constraints = [models.UniqueConstraint(fields=["line", "name"], name="pickup_point_once_per_line")]

    def __str__(self) -> str:
        return self.name


class Sourcing(models.Model):
    """One pickup point asked for the goods of one case."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed")  # the goods lie there until reserved_until
        PART = "part", _("part of it")
        SUBSTITUTE = "substitute", _("substitute offered")  # an agent asks the resident
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("no answer in time")
        WITHDRAWN = "withdrawn", _("no longer needed")
        COLLECTED = "collected", _("collected")

    case = models.ForeignKey(Case, models.CASCADE, related_name="sourcings", verbose_name=_("case"))
    pickup_point = models.ForeignKey(
        PickupPoint, models.PROTECT, related_name="sourcings", verbose_name=_("pickup point")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    ready_at = models.DateTimeField(_("goods ready at"), null=True, blank=True)
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    words = models.CharField(_("what they said"), max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sourcing")
        verbose_name_plural = _("sourcings")
        constraints = [
            # the goods of a case come from one place
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="confirmed"), name="sourcing_one_confirmed_per_case"
            ),
            models.UniqueConstraint(
                fields=["case", "pickup_point"],
                condition=models.Q(state="asked"),
                name="sourcing_asked_once_per_point",
            ),
        ]


class GoodsSearch(models.Model):
    """Pickup points asked by themselves for the goods of a case, so many at once, until one has them or none is left."""

    class Outcome(models.TextChoices):
        FOUND = "found", _("found")
        EXHAUSTED = "exhausted", _("nobody left to ask")  # the case is with the agents again
        STOPPED = "stopped", _("stopped")

    case = models.ForeignKey(Case, models.CASCADE, related_name="goods_searches", verbose_name=_("case"))
    at_once = models.PositiveSmallIntegerField(_("asked at once"), default=1)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    started_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("search for goods")
        verbose_name_plural = _("searches for goods")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="goods_search_one_per_case"
            ),
            models.CheckConstraint(
                condition=models.Q(at_once__gte=1, at_once__lte=5), name="goods_search_asks_one_to_five_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ×{self.at_once}"
