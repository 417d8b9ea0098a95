from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dispatch.models.trip import Trip


class DriverAct(models.Model):
    """One press on the driver's page, kept once per key, with what became of it.

    The phone keeps what is pressed without signal and sends it later, perhaps twice: the second sending finds the row of
    the first and gets its answer. Names, PINs and pictures are not kept here.
    """

    class What(models.TextChoices):
        ACCEPT = "accept", _("accepted")
        DECLINE = "decline", _("declined")
        START = "start", _("trip started")
        ARRIVE = "arrive", _("arrived")
        COLLECT = "collect", _("collected")
        DELIVER = "deliver", _("handed over")
        FAIL = "fail", _("something is wrong")
        SKIP = "skip", _("not attempted")
        UNDO = "undo", _("undone")
        BREAK = "break", _("break")
        MEAL = "meal", _("meal")
        GO_ON = "go_on", _("break over")
        CHECKPOINT = "checkpoint", _("at a check-point")
        PASSED = "passed", _("check-point passed")
        HELP = "help", _("asks for help")
        SOS = "sos", _("SOS")
        SHARE = "share", _("position shown")
        HIDE = "hide", _("position no longer shown")
        CALL = "call", _("calls the receiver")

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="driver_acts", verbose_name=_("trip"))
    key = models.CharField(_("once per"), max_length=64)
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    stops = models.JSONField(_("stops"), default=list, blank=True)  # ids, in the order pressed
    happened_at = models.DateTimeField(_("pressed"))  # the phone's word
    received_at = models.DateTimeField(_("received"), db_default=Now())
    accepted = models.BooleanField(_("accepted"), default=True)
    words = models.CharField(_("answer"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("driver's act")
        verbose_name_plural = _("driver's acts")
        ordering = ["trip", "id"]
        constraints = [models.UniqueConstraint(fields=["trip", "key"], name="driver_act_once_per_key")]

    def __str__(self) -> str:
        return f"{self.trip} {self.what}"
