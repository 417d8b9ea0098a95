"""The form of a category: names, menu key, questions as lines, words that point to it, and the rules themselves."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cases import categories
from cases.models import Category
from cases.triage import starting
from cases.triage.questions import TYPES
from hotline import menu

RESERVED_KEYS = (menu.EXISTING_KEY, menu.LANGUAGE_KEY)
WEIGHT = 3  # of a word that points to the category
LEVELS = [("", "–"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]


class Readable(json.JSONEncoder):
    """Indented, with Chinese as Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"indent": 1, "ensure_ascii": False}))


class CategoryForm(forms.ModelForm):
    """What a supervisor fills in; `rules_given` are the rules that come of it, checked."""

    add_questions = forms.CharField(
        label=gettext_lazy("further questions"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line: type | Chinese | English | choices (Chinese/English, ...). "
            "Types: yes_no, choice, choices, number, text, date, datetime."
        ),
    )
    point_to_it = forms.CharField(
        label=gettext_lazy("words that point to it"),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("In a text that asks for something, with commas between: 透析, dialysis."),
    )
    usual_level = forms.ChoiceField(label=gettext_lazy("usual level"), choices=LEVELS, required=False)
    rules = forms.JSONField(
        label=gettext_lazy("rules"),
        required=False,
        encoder=Readable,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=gettext_lazy("docs/categories.md gives the shape. Cases keep the version that judged them."),
    )
    reason = forms.CharField(
        label=gettext_lazy("why"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )

    class Meta:
        model = Category
        fields = (
            "slug",
            "name",
            "name_en",
            "spoken",
            "spoken_en",
            "menu_key",
            "order",
            "skill",
            "active_from",
            "active_until",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.versions.order_by("-version").first() if self.instance.pk else None
        self.rules_before: dict[str, Any] = dict(newest.rules) if newest else starting.complete({})
        self.is_first = newest is None
        if "rules" in self.fields:
            self.fields["rules"].initial = self.rules_before
            self.fields["point_to_it"].initial = ", ".join(self.rules_before.get("keywords", {}))
            self.fields["usual_level"].initial = str(self.rules_before.get("default_level", ""))

    def clean_menu_key(self) -> str:
        key = self.cleaned_data["menu_key"]
        if key and (not key.isdecimal() or key in RESERVED_KEYS or key == "0"):
            raise forms.ValidationError(_("a key from 1 to 8 but 4: 4 is an existing case, 9 the other language"))
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "rules" in self.fields:
            rules = dict(data.get("rules") or self.rules_before)
            rules["questions"] = [*_lines(data.get("add_questions", "")), *rules.get("questions", [])]
            said = [word for word in re.split(r"[,，、;；\s]+", data.get("point_to_it", "")) if word]
            known = rules.get("keywords", {})
            rules["keywords"] = {word: known.get(word, WEIGHT) for word in said}
            if data.get("usual_level"):
                rules["default_level"] = int(data["usual_level"])
            self.rules_given = rules
            for problem in categories.problems(rules):
                self.add_error("rules", problem)
        return data

    @property
    def rules_changed(self) -> bool:
        return self.is_first or self.rules_given != self.rules_before


def _lines(text: str) -> list[dict[str, Any]]:
    """Questions as they are typed: type | Chinese | English | choices. What cannot be read is left to the check of rules."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        kind, zh, en, choices = [part.strip() for part in [*line.split("|"), "", "", "", ""][:4]]
        question: dict[str, Any] = {"slug": slugify(en).replace("-", "_")[:40], "type": kind, "zh": zh, "en": en}
        if kind in TYPES and choices:
            pairs = [[part.strip() for part in [*each.split("/"), ""][:2]] for each in re.split("[,，]", choices)]
            question["options"] = [
                {"value": slugify(two or one, allow_unicode=True).replace("-", "_"), "zh": one, "en": two or one}
                for one, two in pairs
            ]
        found.append(question)
    return found
