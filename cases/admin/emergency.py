from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from cases import emergency
from cases.admin.roles import LEADS
from cases.models import EmergencyMode
from hotline.admin.history import RoleHistoryAdmin
from hotline.lifecycle import MoveRefused

EXAMPLE = {
    "targets": {"3": {"contact": 480, "decide": 2880}, "4": {"contact": 2880}},
    "calling_from": "07:30",
    "calling_until": "22:00",
    "required": {"make_ready": ["address", "phone"]},
    "approve_up_to": {"*": 5},
}


class EmergencyForm(forms.ModelForm):
    settings = forms.JSONField(
        label=gettext_lazy("settings"),
        initial=EXAMPLE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "targets per level in minutes, calling_from, calling_until, required per move: "
            "address, category, needs, phone, supply_left, approved; approve_up_to: how much of one thing an agent may "
            "approve, by category, * for all"
        ),
    )

    class Meta:
        model = EmergencyMode
        fields = ("line", "name", "reason", "begins_at", "ends_at", "settings")

    def clean_settings(self) -> dict[str, Any]:
        given = self.cleaned_data["settings"]
        if found := emergency.problems(given):
            raise forms.ValidationError(found)
        return given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins: datetime | None = data.get("begins_at")
        if begins and data.get("ends_at") and data["ends_at"] <= begins:
            self.add_error("ends_at", _("the end lies behind the beginning"))
        if data.get("line") and EmergencyMode.objects.filter(line=data["line"], ended_at=None).exists():
            raise forms.ValidationError(_("another emergency mode is in force: switch it off first"))
        return data


@admin.register(EmergencyMode)
class EmergencyModeAdmin(RoleHistoryAdmin):
    """Switched on by adding one, off by the action; never changed, so that the log stays true."""

    may_view = may_add = LEADS
    form = EmergencyForm
    list_display = ("name", "line", "begins_at", "ends_at", "started_by", "ended_at", "ended_by")
    list_select_related = ("line", "started_by", "ended_by")
    actions = ("switch_off",)

    def save_model(self, request: HttpRequest, obj: EmergencyMode, form: Any, change: bool) -> None:
        obj.started_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Switch off the chosen ones"), permissions=["add"])
    def switch_off(self, request: HttpRequest, chosen: QuerySet[EmergencyMode]) -> None:
        for mode in chosen:
            try:
                emergency.end(mode, by=request.user)  # type: ignore[arg-type]
            except MoveRefused as why:
                self.message_user(request, f"{mode}: {why}", messages.WARNING)
            else:
                self.message_user(request, _("Switched off: %s") % mode)
