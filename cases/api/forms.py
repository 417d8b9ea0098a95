"""What partners hand in and get back, field by field."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases import people
from cases.lifecycle import CaseState
from cases.models import Case, Category, District
from cases.triage import VULNERABILITIES

MOST_NEEDS = 12


class Phone(serializers.CharField):
    """A number that can be dialled, as people write it or as E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)

    def to_internal_value(self, data: Any) -> str:
        number = people.e164(super().to_internal_value(data))
        if not people.can_be_dialled(number):
            raise serializers.ValidationError(_("This is no telephone number that could be dialled."))
        return number


class PersonForm(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phone = Phone(required=False, allow_blank=False)
    age = serializers.IntegerField(min_value=0, max_value=129, required=False)


class ReporterForm(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phone = Phone()
    relation = serializers.CharField(max_length=40, required=False, allow_blank=True)


class AddressForm(serializers.Serializer[Any]):
    district = serializers.SlugField(max_length=50, required=False, help_text="The district's short name, as yangpu.")
    community = serializers.CharField(max_length=80, required=False, allow_blank=True)
    street = serializers.CharField(max_length=120, required=False, allow_blank=True)
    building = serializers.CharField(max_length=30, required=False, allow_blank=True)
    room = serializers.CharField(max_length=30, required=False, allow_blank=True)
    said = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="In their own words.")

    def validate_district(self, slug: str) -> str:
        if not District.objects.filter(slug=slug).exists():
            raise serializers.ValidationError(_("There is no such district."))
        return slug


class NeedForm(serializers.Serializer[Any]):
    item = serializers.CharField(max_length=120)
    brand = serializers.CharField(max_length=80, required=False, allow_blank=True)
    specification = serializers.CharField(max_length=80, required=False, allow_blank=True)
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=0, required=False)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    substitute_allowed = serializers.BooleanField(required=False)
    prescription_needed = serializers.BooleanField(required=False)
    supply_left_until = serializers.DateTimeField(required=False)


class CaseForm(serializers.Serializer[Any]):
    """A request for help. Whoever can be called back has to be named: the person, or who asks for them."""

    reference = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text="Your own number.")
    words = serializers.CharField(max_length=4000, required=False, allow_blank=True, help_text="In their own words.")
    language = serializers.ChoiceField(choices=["zh-hans", "en"], default="zh-hans")
    category = serializers.SlugField(max_length=50, required=False)
    person = PersonForm()
    reporter = ReporterForm(required=False)
    address = AddressForm(required=False)
    household = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(VULNERABILITIES)), required=False, max_length=20
    )
    needs = NeedForm(many=True, required=False)

    def validate_category(self, slug: str) -> str:
        if not Category.objects.filter(slug=slug).exists():
            raise serializers.ValidationError(_("There is no such category."))
        return slug

    def validate_needs(self, needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(needs) > MOST_NEEDS:
            raise serializers.ValidationError(_("At most %(n)d lines.") % {"n": MOST_NEEDS})
        return needs

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data.get("reporter") and not data["person"].get("phone"):
            raise serializers.ValidationError({"person": {"phone": [_("Nobody could be called back: give a number.")]}})
        if not data.get("words") and not data.get("needs"):
            raise serializers.ValidationError({"words": [_("Say what is needed, in words or as lines of needs.")]})
        return data


def as_intake(data: dict[str, Any]) -> dict[str, Any]:
    """The structure of the intake form (cases.desk.form) for what a partner handed in."""
    person, reporter, address = data["person"], data.get("reporter"), data.get("address") or {}
    himself = {"name": person.get("name", ""), "number": person.get("phone", ""), "age": _words(person.get("age"))}
    district = District.objects.filter(slug=address.get("district", "")).first()
    return {
        "reference": data.get("reference", ""),
        "words": data.get("words", ""),
        "language": data["language"],
        "category": data.get("category", ""),
        "for_whom": "other" if reporter else "caller",
        "caller": {"name": reporter.get("name", ""), "number": reporter["phone"]} if reporter else himself,
        "relation": reporter.get("relation", "") if reporter else "",
        "person": himself,
        "address": {
            "district": str(district.pk) if district else "",
            "community_name": address.get("community", ""),
            **{name: address.get(name, "") for name in ("street", "building", "room", "said")},
        },
        "household": data.get("household", []),
        "needs": [_need(need) for need in data.get("needs", [])],
        "answers": {},
    }


def _need(need: dict[str, Any]) -> dict[str, str]:
    allowed = need.get("substitute_allowed")
    return {
        **{name: need.get(name, "") for name in ("item", "brand", "specification", "unit")},
        "quantity": _words(need.get("quantity")),
        "substitute": "" if allowed is None else "yes" if allowed else "no",
        "prescription": "yes" if need.get("prescription_needed") else "",
        "left_until": need["supply_left_until"].isoformat() if need.get("supply_left_until") else "",
    }


def _words(value: Any) -> str:
    return "" if value is None else str(value)


class CancelForm(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=150, required=False, allow_blank=True)


class StatusWords(serializers.Serializer[Any]):
    zh_hans = serializers.CharField()
    en = serializers.CharField()


class CaseShown(serializers.Serializer[Any]):
    """Where a case stands; `words` is what the resident would be told now."""

    number = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=CaseState.choices)
    open = serializers.BooleanField()
    category = serializers.CharField(allow_blank=True)
    level = serializers.IntegerField(min_value=1, max_value=5)
    opened_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    needed_by = serializers.DateTimeField(allow_null=True)
    promised_from = serializers.DateTimeField(allow_null=True)
    promised_until = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(choices=Case.Outcome.choices, allow_blank=True)
    words = StatusWords()


class EventShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    event = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=CaseState.choices)


class EventsShown(serializers.Serializer[Any]):
    events = EventShown(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Pass as `after` to go on; null: that is all so far.")


class ErrorShown(serializers.Serializer[Any]):
    """`code` is for programs, `message` for people; `fields` names what is wrong with which field."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields_ = extend_schema_field({"type": "object", "additionalProperties": {}})(serializers.JSONField)()

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        return {"fields" if name == "fields_" else name: field for name, field in found.items()}


KEY = re.compile(r"[A-Za-z0-9._:-]{1,64}")
