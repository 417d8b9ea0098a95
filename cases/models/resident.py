from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from cases.models.place import Address


class Resident(models.Model):
    """A person: somebody in need, or somebody who writes or calls for another."""

    name = models.CharField(_("name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    birth_year = models.SmallIntegerField(_("year of birth"), null=True, blank=True)
    # Slugs of cases.triage.vulnerability: infant_under_6_months, pregnant, over_80, lives_alone, bedridden, insulin ...
    vulnerabilities = models.JSONField(_("vulnerabilities"), default=list, blank=True)
    address = models.ForeignKey(
        Address, models.SET_NULL, null=True, blank=True, related_name="residents", verbose_name=_("address")
    )
    hard_of_hearing = models.BooleanField(_("hard of hearing"), default=False)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Since when nothing about the person is kept any more (cases.retention).
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class Phone(models.Model):
    """A number under which a resident is reached. One number can belong to several people."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="phones", verbose_name=_("resident"))
    number = PhoneNumberField(_("number"))
    preferred = models.BooleanField(_("preferred"), default=False)
    takes_texts = models.BooleanField(_("takes texts"), default=True)
    label = models.CharField(_("whose"), max_length=40, blank=True)
    # Hours of the day at which they want to be called, in the line's own time; empty for any of the calling hours.
    call_from = models.TimeField(_("call from"), null=True, blank=True)
    call_until = models.TimeField(_("call until"), null=True, blank=True)

    class Meta:
        verbose_name = _("telephone")
        verbose_name_plural = _("telephones")
        constraints = [models.UniqueConstraint(fields=["resident", "number"], name="phone_once_per_resident")]
        indexes = [models.Index(fields=["number"], name="phone_who_is_calling")]

    def __str__(self) -> str:
        return f"…{str(self.number)[-4:]}"
