"""The ModelAdmin every admin page of the project derives from: it must say which role may do what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

Roles = frozenset[str]


class RoleRules:
    """Who may view, add, change and delete, by role. What is not named is allowed to nobody."""

    may_view: ClassVar[Roles] = frozenset()
    may_add: ClassVar[Roles] = frozenset()
    may_change: ClassVar[Roles] = frozenset()
    may_delete: ClassVar[Roles] = frozenset()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _role(request) in self.may_view | self.may_change

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _role(request) in self.may_add

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _role(request) in self.may_change

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _role(request) in self.may_delete

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class RoleAdmin(RoleRules, ModelAdmin):
    """A page of the admin, open by role. Lists count cheaply and page by hundred."""

    show_full_result_count = False
    list_per_page = 50


class RoleInline(RoleRules, TabularInline):
    """Rows inside such a page, open by role."""

    extra = 0


def _role(request: HttpRequest) -> str:
    return getattr(request.user, "role", "")
