from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.roles import ADMINISTRATORS, LEADS
from cases.models import Partner, PartnerCase, PartnerToken, Webhook
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin


@admin.register(Partner)
class PartnerAdmin(RoleHistoryAdmin):
    """Who hands us cases through the API, and where they are told what becomes of them."""

    may_view = LEADS
    may_add = may_change = ADMINISTRATORS
    list_display = ("name", "slug", "line", "active", "per_minute", "webhook_url")
    list_select_related = ("line",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["secret"] if obj and self.has_change_permission(request, obj) else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The secret is for administrators: who has it can pretend to be us."""
        fields = ["name", "slug", "line", "active", "per_minute", "webhook_url", "secret_version"]
        return [*fields, "secret"] if obj and self.has_change_permission(request, obj) else fields

    @admin.display(description=gettext_lazy("secret of the webhooks"))
    def secret(self, partner: Partner) -> str:
        return partner.webhook_secret


class TokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("may"), choices=PartnerToken.Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = PartnerToken
        fields = ("partner", "name", "scopes", "expires_at")


@admin.register(PartnerToken)
class PartnerTokenAdmin(RoleAdmin):
    """Keys. Each is shown once, when it is made; afterwards only its first signs."""

    may_view = may_add = may_change = ADMINISTRATORS
    form = TokenForm
    list_display = ("__str__", "partner", "name", "scopes", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("partner",)
    list_filter = ("partner",)
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: PartnerToken, form: Any, change: bool) -> None:
        key = "" if change else obj.draw()
        super().save_model(request, obj, form, change)
        if key:
            messages.warning(request, _("The key, shown this once: %(key)s") % {"key": key})

    @admin.action(description=gettext_lazy("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: Any) -> None:
        done = chosen.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, _("%(n)d revoked.") % {"n": done})


@admin.register(PartnerCase)
class PartnerCaseAdmin(RoleAdmin):
    may_view = LEADS
    list_display = ("case", "partner", "reference", "created_at")
    list_select_related = ("case", "partner")
    list_filter = ("partner",)
    search_fields = ("reference",)


@admin.register(Webhook)
class WebhookAdmin(RoleAdmin):
    """What partners were told and have yet to be told; what was given up can be tried again."""

    may_view = LEADS
    may_change = ADMINISTRATORS
    list_display = ("id", "partner", "case", "event", "state", "attempts", "answer", "due_at", "told_at")
    list_select_related = ("partner", "case")
    list_filter = ("state", "partner")
    readonly_fields = ("partner", "case", "event", "body", "state", "due_at", "attempts", "answer", "told_at")
    fields = readonly_fields
    actions = ("again",)

    @admin.action(description=gettext_lazy("Try again now"), permissions=["change"])
    def again(self, request: HttpRequest, chosen: Any) -> None:
        done = chosen.filter(state=Webhook.State.GIVEN_UP).update(
            state=Webhook.State.DUE, due_at=timezone.now(), attempts=0
        )
        messages.success(request, _("%(n)d are tried again.") % {"n": done})
