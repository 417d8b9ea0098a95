from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class ZoneTier(models.TextChoices):
    LOCKDOWN = "lockdown", _("lockdown zone")  # 封控区
    CONTROL = "control", _("control zone")  # 管控区
    PRECAUTION = "precaution", _("precaution zone")  # 防范区
    UNKNOWN = "", _("not known")


class District(models.Model):
    """A district of the city; check-points stand on the lines between them."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=40, default="shanghai")
    lon = models.FloatField(_("longitude of the centre"))
    lat = models.FloatField(_("latitude of the centre"))
    # A rough ring of [lon, lat] for schematic maps.
    outline = models.JSONField(_("outline"), default=list, blank=True)
    borders = models.ManyToManyField("self", blank=True, verbose_name=_("borders on"))

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["name_en", "slug"]

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """A residential compound (小区): one gate, one committee, one zone tier."""

    district = models.ForeignKey(District, models.PROTECT, related_name="communities", verbose_name=_("district"))
    name = models.CharField(_("name"), max_length=80)
    street = models.CharField(_("street"), max_length=80, blank=True)
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    zone_tier = models.CharField(_("zone tier"), max_length=10, choices=ZoneTier.choices, blank=True)
    gate_contact = models.CharField(_("gate contact"), max_length=60, blank=True)
    gate_phone = models.CharField(_("gate telephone"), max_length=30, blank=True)
    committee_phone = models.CharField(_("committee telephone"), max_length=30, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="community_once_per_district")]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where somebody is, as far as known: the words said are kept beside what was understood."""

    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="addresses", verbose_name=_("district")
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="addresses",
        verbose_name=_("community"),
    )
    said = models.CharField(_("as said"), max_length=300, blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True)
    building = models.CharField(_("building"), max_length=30, blank=True)
    room = models.CharField(_("room"), max_length=30, blank=True)
    zone_tier = models.CharField(_("zone tier"), max_length=10, choices=ZoneTier.choices, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    gate_contact = models.CharField(_("gate contact"), max_length=60, blank=True)
    gate_phone = models.CharField(_("gate telephone"), max_length=30, blank=True)
    committee_phone = models.CharField(_("committee telephone"), max_length=30, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        parts = [
            self.district.name if self.district else "",
            self.community.name if self.community else self.street,
            self.building,
            self.room,
        ]
        return " ".join(p for p in parts if p) or self.said

    @property
    def point(self) -> tuple[float, float] | None:
        """(lon, lat): its own, else its community's, else None."""
        if self.lon is not None and self.lat is not None:
            return self.lon, self.lat
        return (self.community.lon, self.community.lat) if self.community else None
