from django.contrib import admin

from cases.admin.roles import LEADS
from cases.models import AgeThreshold
from hotline.admin.history import RoleHistoryAdmin


@admin.register(AgeThreshold)
class AgeThresholdAdmin(RoleHistoryAdmin):
    """How long a case may be in a state, per level: supervisors set it, and it holds at once."""

    may_view = may_add = may_change = may_delete = LEADS
    list_display = ("state", "level", "warn_minutes", "alert_minutes")
    list_editable = ("warn_minutes", "alert_minutes")
    list_filter = ("state",)
