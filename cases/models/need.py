from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.case import Case
from hotline.models import User


class Need(models.Model):
    """One line of what is needed. Asked, approved and delivered quantity are three things."""

    SAID = ("case", "item", "specification", "quantity", "approved", "unit")  # all that a list reads to say it in words

    case = models.ForeignKey(Case, models.CASCADE, related_name="needs", verbose_name=_("case"))
    item = models.CharField(_("item"), max_length=120)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    specification = models.CharField(_("strength or specification"), max_length=80, blank=True)
    quantity = models.DecimalField(_("quantity asked"), max_digits=8, decimal_places=2, null=True, blank=True)
    approved = models.DecimalField(_("approved"), max_digits=8, decimal_places=2, null=True, blank=True)
    delivered = models.DecimalField(_("delivered"), max_digits=8, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    substitute_allowed = models.BooleanField(_("substitute allowed"), null=True, blank=True)
    prescription_needed = models.BooleanField(_("prescription needed"), default=False)
    needs_cooling = models.BooleanField(_("needs cooling"), default=False)
    controlled = models.BooleanField(_("controlled drug"), default=False)
    # A supervisor's yes to a controlled drug.
    allowed_at = models.DateTimeField(_("allowed"), null=True, blank=True)
    allowed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("allowed by")
    )
    weight_grams = models.PositiveIntegerField(_("weight in grams"), default=1000)
    supply_left_until = models.DateTimeField(_("supply left until"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")

    def __str__(self) -> str:
        wanted = self.approved if self.approved is not None else self.quantity
        amount = f"{wanted.normalize():f}{self.unit}" if wanted else ""
        return " ".join(p for p in [self.item, self.specification, amount] if p)


class Prescription(models.Model):
    """The paper a pharmacy needs before it hands a drug out."""

    class State(models.TextChoices):
        NEEDED = "needed", _("needed")
        PHOTO_ASKED = "photo_asked", _("photo asked")
        RECEIVED = "received", _("photo received")
        BOOKED = "booked", _("consultation booked")
        ISSUED = "issued", _("issued")
        CHECKED = "checked", _("checked by the pharmacy")
        REFUSED = "refused", _("refused")

    need = models.OneToOneField(Need, models.CASCADE, related_name="prescription", verbose_name=_("need"))
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.NEEDED)
    number = models.CharField(_("number"), max_length=60, blank=True)
    doctor = models.CharField(_("doctor"), max_length=60, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    consultation_at = models.DateTimeField(_("consultation"), null=True, blank=True)
    said = models.CharField(_("what the pharmacy said"), max_length=200, blank=True)
    photo = models.FileField(_("photo"), upload_to="prescriptions/%Y/%m/", blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
