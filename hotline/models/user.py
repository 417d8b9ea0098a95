import re

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

DESK_PHONES = re.compile(r"\+[1-9]\d{6,14}|sips?:[\w.+-]+@[\w.-]+(?::\d{1,5})?(?:;[\w=.;-]+)?|client:(?!agent-)[\w-]+")


def validate_desk_phone(address: str) -> None:
    """A number in international form, a SIP address, or a client of the carrier's; client:agent-7 is the browser phone's."""
    if not DESK_PHONES.fullmatch(address):
        raise ValidationError(
            _("Enter a number like +862154321000, a SIP address like sip:agent7@pbx.example, or client:NAME.")
        )


class Skill(models.Model):
    """What an agent can take: a subject (a category of cases) or a language."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("subject")
        LANGUAGE = "language", _("language")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SUBJECT)
    # Callers of this subject only; the line's own switch records all.
    record_calls = models.BooleanField(
        _("record talks"), default=False, db_default=False, help_text=_("callers are told before anybody speaks")
    )

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["kind", "slug"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody who logs in. Drivers, pharmacies and residents do not: they hold signed links."""

    class Role(models.TextChoices):
        AGENT = "agent", _("agent")
        SUPERVISOR = "supervisor", _("supervisor")
        DISPATCHER = "dispatcher", _("dispatcher")
        ADMINISTRATOR = "administrator", _("administrator")

    role = models.CharField(_("role"), max_length=15, choices=Role.choices, default=Role.AGENT)
    name = models.CharField(_("name on screen"), max_length=60, blank=True)
    # As the carrier dials it. The browser phone needs no entry: hotline.phones says which one rings.
    desk_phone = models.CharField(
        _("desk phone"),
        max_length=80,
        blank=True,
        validators=[validate_desk_phone],
        help_text=_("a number (+8621…), a SIP address (sip:…) or a client of the carrier's (client:…)"),
    )
    skills = models.ManyToManyField(Skill, through="AgentSkill", blank=True, verbose_name=_("skills"))

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["desk_phone"], condition=~models.Q(desk_phone=""), name="desk_phone_of_one_user"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username


class AgentSkill(models.Model):
    """A skill of an agent and how well: 1 can, 2 well, 3 first choice."""

    user = models.ForeignKey(User, models.CASCADE, related_name="agent_skills", verbose_name=_("user"))
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="agent_skills", verbose_name=_("skill"))
    level = models.SmallIntegerField(_("level"), default=1)

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        constraints = [models.UniqueConstraint(fields=["user", "skill"], name="agent_skill_once")]
