from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.category import Category


class CannedReply(models.Model):
    """Words an agent sends often, with what is done along with them: one key from the thread of a case."""

    class Then(models.TextChoices):
        NOTHING = "", _("nothing more")
        HOLD = "hold", _("hold a day for the resident")
        PHOTO = "photo", _("hold a day for the photo, with the link")
        STILL_NEEDED = "still_needed", _("ask whether it is still needed")

    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)
    # For the cases of one category; without one for every case.
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="canned_replies", verbose_name=_("category")
    )
    body = models.TextField(_("text, Chinese"), max_length=500)
    body_en = models.TextField(_("text, English"), max_length=500, blank=True)
    then = models.CharField(_("and then"), max_length=15, choices=Then.choices, blank=True)
    order = models.SmallIntegerField(_("order"), default=100)
    active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "category"], nulls_distinct=False, name="canned_once")]

    def __str__(self) -> str:
        return self.name
