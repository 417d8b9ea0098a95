from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.models import Call, User


class PracticeShift(models.Model):
    """Chosen agents take simulated callers; what they write down is marked and becomes nothing else. One at a time."""

    by = models.ForeignKey(User, models.PROTECT, related_name="practice_shifts_led", verbose_name=_("led by"))
    trainees = models.ManyToManyField(User, related_name="practice_shifts", verbose_name=_("trainees"))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    is_open = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("practice shift")
        verbose_name_plural = _("practice shifts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_open"], condition=models.Q(is_open=True), name="one_open_practice_shift"
            ),
        ]


class PracticeCaller(models.Model):
    """A simulated caller of a shift: what they say, what it should come to, and what the trainee made of it."""

    shift = models.ForeignKey(PracticeShift, models.CASCADE, related_name="callers", verbose_name=_("shift"))
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("number"), max_length=20, unique=True)  # nobody's: hotline.practice.NUMBERS
    words = models.TextField(_("words"))
    wanted = models.CharField(_("asks for"), max_length=50)  # the category whose key is pressed
    level = models.SmallIntegerField(_("level"))  # what triage makes of all the words
    dialled_at = models.DateTimeField(_("dialled"), null=True, blank=True)
    call = models.OneToOneField(
        Call, models.SET_NULL, null=True, blank=True, related_name="practice_caller", verbose_name=_("call")
    )
    trainee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="practice_callers", verbose_name=_("trainee")
    )
    answered_seconds = models.FloatField(_("seconds to answer"), null=True, blank=True)
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    filled = models.JSONField(_("fields filled"), default=list)
    missing = models.JSONField(_("fields not filled"), default=list)
    given_level = models.SmallIntegerField(_("level given"), null=True, blank=True)
    given_category = models.CharField(_("category given"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("caller of a practice shift")
        verbose_name_plural = _("callers of practice shifts")
        ordering = ["shift", "position"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "position"], name="practice_caller_once"),
            # never a number that somebody may have
            models.CheckConstraint(condition=models.Q(number__startswith="+8600"), name="practice_numbers_are_nobodys"),
        ]
