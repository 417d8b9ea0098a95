from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import canned
from cases.admin.roles import DESK, LEADS
from cases.models import CannedReply
from hotline import segments
from hotline.admin.history import RoleHistoryAdmin


class CannedForm(forms.ModelForm):
    """Refuses placeholders that nobody fills in."""

    class Meta:
        model = CannedReply
        fields = ("name", "name_en", "category", "body", "body_en", "then", "order", "active")
        help_texts = {
            "body": gettext_lazy("{number} {name} {item} {status} {due} {committee} are filled in."),
            "order": gettext_lazy("The first nine that fit a case have a key, Alt+1 to Alt+9."),
        }

    def clean_body(self) -> str:
        return self._known("body")

    def clean_body_en(self) -> str:
        return self._known("body_en")

    def _known(self, name: str) -> str:
        body: str = self.cleaned_data[name]
        if unknown := canned.unknown(body):
            raise forms.ValidationError(
                _("Nobody fills in %(words)s; there are %(known)s.")
                % {
                    "words": ", ".join(f"{{{w}}}" for w in unknown),
                    "known": ", ".join(f"{{{w}}}" for w in canned.PLACEHOLDERS),
                }
            )
        return body


@admin.register(CannedReply)
class CannedReplyAdmin(RoleHistoryAdmin):
    """Words for the thread of a case; a change is there with the next page that is opened."""

    form = CannedForm
    may_view = DESK
    may_add = may_change = may_delete = LEADS
    list_display = ("name", "category", "then", "order", "active", "length")
    list_select_related = ("category",)
    list_filter = ("active", "category", "then")
    search_fields = ("name", "name_en", "body")

    @admin.display(description=gettext_lazy("segments"))
    def length(self, reply: CannedReply) -> int:
        return segments.size(reply.body).segments
