from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from hotline.models import User


class CatalogueItem(models.Model):
    """An item that agents wrote and the built-in catalogue (cases/triage/items.json) does not know."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")  # written by agents, counted; read by nobody yet
        ACCEPTED = "accepted", _("accepted")  # read out of the words of texts and calls
        MERGED = "merged", _("another name of")  # means `means`
        REFUSED = "refused", _("no item")  # stays so that it is not asked about again

    name = models.CharField(_("item"), max_length=80)
    # As it is compared: without spaces and signs, small letters.
    plain = models.CharField(max_length=80, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CANDIDATE)
    means = models.CharField(_("is another name of"), max_length=80, blank=True)
    also = models.CharField(_("other names, with commas"), max_length=300, blank=True)
    group = models.CharField(_("kind"), max_length=30, blank=True)
    unit = models.CharField(_("usual unit"), max_length=20, blank=True)
    specification = models.CharField(_("usual strength"), max_length=80, blank=True)
    cooling = models.BooleanField(_("needs cooling"), default=False)
    injected = models.BooleanField(_("injected"), default=False)
    controlled = models.BooleanField(_("controlled drug"), default=False)
    prescription = models.BooleanField(_("on prescription"), default=False)
    times = models.PositiveIntegerField(_("written so often"), default=0)
    first_at = models.DateTimeField(_("first written"), db_default=Now())
    last_at = models.DateTimeField(_("last written"), db_default=Now())
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    changed_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["times", "last_at", "changed_at"])

    class Meta:
        verbose_name = _("item of the catalogue")
        verbose_name_plural = _("item catalogue")
        ordering = ["-times", "name"]
        indexes = [
            # the list a supervisor works off; completing what is typed
            models.Index(fields=["state", "-times"], name="catalogue_by_use"),
            models.Index(fields=["changed_at"], name="catalogue_changed"),
        ]

    def __str__(self) -> str:
        return self.name
