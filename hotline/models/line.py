from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

PRACTICE_SLUG, PRACTICE_NUMBER = "practice", "+862100000001"  # a number that nobody can have


class Line(models.Model):
    """A hotline number with its city. Every call, message, case and vehicle belongs to one."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=40)
    number = PhoneNumberField(_("number"), unique=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    greeting = models.TextField(_("greeting"), blank=True)
    greeting_en = models.TextField(_("greeting in English"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    # The one line of hotline.practice: simulated callers, at a carrier whose telephones are nobody's.
    practice = models.BooleanField(_("practice line"), default=False, db_default=False, editable=False)
    record_calls = models.BooleanField(
        _("record talks"), default=False, help_text=_("callers are told before anybody speaks")
    )
    keep_recordings_days = models.PositiveSmallIntegerField(
        _("days that recordings are kept"),
        default=30,
        help_text=_("talks and messages left; then the sound is deleted"),
    )
    listen_for_emergencies = models.BooleanField(
        _("listen for emergency words"),
        default=False,
        db_default=False,
        help_text=_("in the menu, with the carrier's speech recognition; the key 0 works without it"),
    )
    # Texts of kinds that are quiet at night wait for quiet_until; the same time twice: there is no night.
    quiet_from = models.TimeField(_("quiet from"), default=time(22))
    quiet_until = models.TimeField(_("quiet until"), default=time(7))
    # What the carrier takes from this number; beyond it texts would queue there, the urgent ones behind the others.
    texts_per_second = models.FloatField(_("texts a second"), default=20, validators=[MinValueValidator(0.1)])
    # When the next one may leave; written by hotline.outbox only.
    next_text_at = models.DateTimeField(_("next text"), null=True, blank=True, editable=False)
    # Up to when the carrier's log has been compared with what we have (hotline.catch_up).
    caught_up_until = models.DateTimeField(_("compared with the carrier's log until"), null=True, blank=True)

    # A second number of the account: texts to it and calls from it are tests of this line (hotline.line_tests).
    test_number = models.CharField(
        _("test number"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^\+[1-9]\d{6,14}$", _("A whole number, beginning with +."))],
        help_text=_("a second number of the account, for tests from end to end; nobody else uses it"),
    )
    test_every_minutes = models.PositiveSmallIntegerField(
        _("minutes between tests"), default=30, db_default=30, help_text=_("0: never by itself")
    )

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            # whatever goes through the active lines never sees it
            models.CheckConstraint(condition=~models.Q(practice=True, active=True), name="line_practice_is_not_active"),
            models.UniqueConstraint(fields=["practice"], condition=models.Q(practice=True), name="one_practice_line"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.test_number and (
            self.test_number == self.number or Line.objects.filter(number=self.test_number).exists()
        ):
            raise ValidationError({"test_number": _("This is the number of a line: residents call it.")})


class WeeklyBlock(models.Model):
    """From one time of a weekday to another; several a day are fine, one that closes earlier than it opens ends next morning.

    The same time twice is a mistake, except from midnight to midnight: that is the whole day.
    """

    weekday = models.SmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(
        _("closes"), help_text=_("earlier than the opening: the next morning; 00:00 to 00:00: the whole day")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def clean(self) -> None:
        if self.opens is not None and self.opens == self.closes != time.min:
            raise ValidationError(_("It opens and closes at the same minute."))


class OpeningHours(WeeklyBlock):
    """One block in which the line is answered."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="opening_hours", verbose_name=_("line"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["line", "weekday", "opens"]


class CallingHours(WeeklyBlock):
    """One block in which people may be rung up. Without any the policies of the categories say it."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="calling_hours", verbose_name=_("line"))

    class Meta:
        verbose_name = _("calling hours")
        verbose_name_plural = _("calling hours")
        ordering = ["line", "weekday", "opens"]


class Holiday(models.Model):
    """A day on which the opening hours do not hold: closed, or open as said here."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="holidays", verbose_name=_("line"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("empty: closed all day"))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    no_calls = models.BooleanField(
        _("nobody is rung up"), default=False, db_default=False, help_text=_("unless it is urgent")
    )

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="holiday_once_per_line_and_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError(_("Both times, or none."))
        if self.opens is not None and self.opens == self.closes != time.min:
            raise ValidationError(_("It opens and closes at the same minute."))
