from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from hotline.models import Skill, User


class Category(models.Model):
    """A kind of need: medicine, infant formula, elderly care, and whatever tomorrow brings. Data, not code."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)
    spoken = models.CharField(_("spoken in the menu"), max_length=80, blank=True)
    spoken_en = models.CharField(_("spoken in the menu, English"), max_length=80, blank=True)
    menu_key = models.CharField(_("menu key"), max_length=1, blank=True)
    order = models.SmallIntegerField(_("order"), default=100)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="categories", verbose_name=_("skill")
    )
    active_from = models.DateTimeField(_("active from"), default=timezone.now)
    active_until = models.DateTimeField(_("active until"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["menu_key"],
                condition=~models.Q(menu_key="") & models.Q(active_until__isnull=True),
                name="category_menu_key_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CategoryVersion(models.Model):
    """What a category asks and how it judges, from one moment on. Never changed: a change is a new version."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="versions", verbose_name=_("category"))
    version = models.PositiveIntegerField(_("version"))
    # docs/categories.md gives the shape: questions, rules, red flags, targets, margins, follow-up policy, keywords.
    rules = models.JSONField(_("rules"), default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )

    class Meta:
        verbose_name = _("version of a category")
        verbose_name_plural = _("versions of categories")
        ordering = ["category", "-version"]
        constraints = [models.UniqueConstraint(fields=["category", "version"], name="category_version_once")]

    def __str__(self) -> str:
        return f"{self.category} v{self.version}"
