from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class LevelLook(models.Model):
    """How a level of urgency looks and sounds. What no row says is cases.levels.SAFE; the digit always stands beside."""

    class Sound(models.TextChoices):
        NONE = "none", _("no sound")
        SOFT = "soft", _("soft")
        PLAIN = "plain", _("two tones")
        URGENT = "urgent", _("higher and quicker")

    level = models.SmallIntegerField(_("level"), primary_key=True, choices=[(n, str(n)) for n in range(1, 6)])
    word = models.CharField(_("word"), max_length=12)
    word_en = models.CharField(_("word in English"), max_length=20)
    colour = models.CharField(
        _("colour"), max_length=7, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("a colour is written #b8202a"))]
    )
    sound = models.CharField(_("sound of a ringing call"), max_length=10, choices=Sound.choices, default=Sound.PLAIN)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("look of a level")
        verbose_name_plural = _("looks of the levels")
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="level_look_of_a_level"),
            # never by colour alone
            models.CheckConstraint(condition=~models.Q(word="") & ~models.Q(word_en=""), name="level_look_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.word}"
