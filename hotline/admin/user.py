from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from hotline import second_factor
from hotline.access import ADMINISTRATOR, EVERY_ROLE, SUPERVISOR
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import AgentSkill, Presence, Skill, User

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})


class AgentSkillInline(RoleInline):
    model = AgentSkill
    may_view = LEADS
    may_add = may_change = may_delete = LEADS


@admin.register(User)
class UserAdmin(DjangoUserAdmin, RoleAdmin):  # type: ignore[misc]
    """Who logs in, as what, and with which telephone. Roles stand in the place of groups and permissions."""

    may_view = LEADS
    may_add = ADMINISTRATORS
    may_change = ADMINISTRATORS
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "name", "role", "desk_phone", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()
    inlines = (AgentSkillInline,)
    actions = ("reset_second_factor",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "role", "desk_phone", "email", "is_active")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "role", "desk_phone", "password1", "password2")}),)

    @admin.action(description=_("Reset the second factor"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For who has lost telephone and codes, once it is certain who asks."""
        by: User = request.user  # type: ignore[assignment]
        for user in users:
            second_factor.reset(user, by)
            self.log_change(request, user, [{"changed": {"fields": ["second factor reset"]}}])
        self.message_user(request, gettext("Their next log-in sets up a second factor anew."))


@admin.register(Skill)
class SkillAdmin(RoleAdmin):
    may_view = LEADS
    may_add = may_change = LEADS
    list_display = ("slug", "name", "name_en", "kind")


@admin.register(Presence)
class PresenceAdmin(RoleAdmin):
    """Who is on duty; agents change it themselves at their desk."""

    may_view = EVERY_ROLE - {"dispatcher"}
    list_display = ("user", "state", "reason", "since", "heartbeat_at")
    list_filter = ("state",)
    list_select_related = ("user",)
