from typing import Any

from django import forms
from django.contrib import admin

from cases import intake_fields
from cases.admin.roles import LEADS
from cases.models import ClaimCap, IntakeField
from hotline.admin.history import RoleHistoryAdmin


@admin.register(ClaimCap)
class ClaimCapAdmin(RoleHistoryAdmin):
    """How many cases an agent may have in hand; the row without an agent is for everybody."""

    may_view = may_add = may_change = may_delete = LEADS
    list_display = ("agent", "cases")
    list_select_related = ("agent",)
    autocomplete_fields = ("agent",)


class IntakeFieldForm(forms.ModelForm):
    field = forms.ChoiceField(choices=lambda: sorted(intake_fields.names().items(), key=lambda pair: str(pair[1])))

    class Meta:
        model = IntakeField
        fields = ("field", "shown", "before")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        row = IntakeField(**{name: data.get(name, "") for name in ("field", "before")}, shown=bool(data.get("shown")))
        if wrong := intake_fields.problem(row):
            raise forms.ValidationError(wrong)
        return data


@admin.register(IntakeField)
class IntakeFieldAdmin(RoleHistoryAdmin):
    """What the intake form shows, and what has to be filled in before which step."""

    may_view = may_add = may_change = may_delete = LEADS
    form = IntakeFieldForm
    list_display = ("in_words", "shown", "before")

    @admin.display(description=IntakeField._meta.verbose_name)
    def in_words(self, row: IntakeField) -> str:
        return str(intake_fields.names().get(row.field, row.field))
