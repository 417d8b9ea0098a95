from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from cases.models.case import Case
from hotline.models import User


class Receiver(models.Model):
    """Somebody who may take the goods for the person in need, because the person agreed to it: a neighbour, the committee."""

    class Kind(models.TextChoices):
        NEIGHBOUR = "neighbour", _("neighbour")
        COMMITTEE = "committee", _("committee")
        FAMILY = "family", _("family")
        OTHER = "other", _("somebody else")

    case = models.ForeignKey(Case, models.CASCADE, related_name="receivers", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60)
    phone = PhoneNumberField(_("telephone"), blank=True)
    # The person in need said yes to this one, and by this user it was written down.
    agreed_at = models.DateTimeField(_("agreed"), db_default=Now())
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written down by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("receiver")
        verbose_name_plural = _("receivers")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(withdrawn_at=None), name="receiver_one_standing_per_case"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="receiver_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
