from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from cases import levels
from cases.admin.roles import DESK, LEADS
from cases.models import LevelLook
from hotline.admin.history import RoleHistoryAdmin


class LookForm(forms.ModelForm):
    class Meta:
        model = LevelLook
        fields = ("level", "word", "word_en", "colour", "sound")
        widgets = {"colour": UnfoldAdminTextInputWidget(attrs={"type": "color"})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        level = data.get("level") or self.instance.level
        if data.get("colour") and level and (other := levels.problem(level, data["colour"])):
            self.add_error("colour", _("too much like the colour of level %s") % other)
        return data


@admin.register(LevelLook)
class LevelLookAdmin(RoleHistoryAdmin):
    """Deleting one goes back to the safe look."""

    form = LookForm
    may_view = DESK
    may_add = may_change = may_delete = LEADS
    list_display = ("level", "word", "word_en", "shown", "sound")

    @admin.display(description=gettext_lazy("colour"))
    def shown(self, look: LevelLook) -> SafeString:
        ink = levels.ink_on(look.colour)
        words = f"{look.level} {look.word}"
        return format_html('<b style="background:{};color:{};padding:2px 8px">{}</b>', look.colour, ink, words)

    def save_model(self, request: HttpRequest, obj: LevelLook, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        levels.changed()

    def delete_model(self, request: HttpRequest, obj: LevelLook) -> None:
        super().delete_model(request, obj)
        levels.changed()
