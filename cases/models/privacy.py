from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.models import User


class PersonalDataAccess(models.Model):
    """Who looked at which person's data, unmasked, and when. Never changed."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("user"))
    what = models.CharField(_("what"), max_length=40)
    case_id = models.BigIntegerField(_("case"), null=True, blank=True)
    resident_id = models.BigIntegerField(_("resident"), null=True, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        indexes = [models.Index(fields=["case_id", "-id"], name="personal_data_access_of_case")]
