from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.admin.roles import LEADS
from cases.models import Criterion, SamplePlan
from hotline.admin.history import RoleHistoryAdmin


@admin.register(Criterion)
class CriterionAdmin(RoleHistoryAdmin):
    """The lines of the score card. One that is no longer asked is made inactive: cards that are filled in keep theirs."""

    may_view = may_add = may_change = LEADS
    list_display = ("words", "words_en", "weight", "critical", "active", "order")


@admin.register(SamplePlan)
class SamplePlanAdmin(RoleHistoryAdmin):
    """How many ended cases of each agent are drawn every week."""

    may_view = may_add = may_change = LEADS
    list_display = ("per_agent",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not SamplePlan.objects.exists()
