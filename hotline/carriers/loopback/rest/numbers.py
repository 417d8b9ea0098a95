from typing import Any

from ..addresses import is_e164
from ..records import Number
from ..sids import new_sid
from . import shapes
from .asked import Asked
from .errors import invalid
from .paging import page_of_shelf

URLS = {
    "SmsUrl": "sms_url", "SmsFallbackUrl": "sms_fallback_url", "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url", "StatusCallback": "status_callback",
}  # fmt: skip
METHODS = {
    "SmsMethod": "sms_method", "SmsFallbackMethod": "sms_fallback_method", "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method", "StatusCallbackMethod": "status_callback_method",
}  # fmt: skip


def list_(asked: Asked) -> dict[str, Any]:
    part, name = asked.get("PhoneNumber"), asked.get("FriendlyName")

    def matches(row: Number) -> bool:
        return part.strip("*") in row.phone_number and (not name or row.friendly_name == name)

    return page_of_shelf(
        asked, "incoming_phone_numbers", asked.carrier.numbers, matches, lambda row: shapes.number(row, asked.account)
    )


def create(asked: Asked) -> dict[str, Any]:
    phone_number = asked.get("PhoneNumber")
    if not phone_number:
        raise invalid(21450, "PhoneNumber or AreaCode is required")
    if not is_e164(phone_number):
        raise invalid(21421, f"PhoneNumber is invalid: {phone_number}")
    if asked.carrier.number(phone_number):
        raise invalid(21422, f"PhoneNumber is not available: {phone_number}")
    settings: dict[str, Any] = {"friendly_name": phone_number} | _changes(asked)
    number = Number(sid=new_sid("PN"), phone_number=phone_number, **settings)
    return shapes.number(asked.carrier.numbers.add(number), asked.account)


def fetch(asked: Asked) -> dict[str, Any]:
    return shapes.number(_found(asked), asked.account)


def update(asked: Asked) -> dict[str, Any]:
    return shapes.number(asked.carrier.numbers.change(_found(asked), **_changes(asked)), asked.account)


def delete(asked: Asked) -> None:
    asked.carrier.numbers.remove(_found(asked))


def _changes(asked: Asked) -> dict[str, str]:
    changes = {name: asked.url(field, 21502) for field, name in URLS.items() if asked.has(field)}
    changes |= {name: asked.method(field) for field, name in METHODS.items() if asked.has(field)}
    if asked.has("FriendlyName"):
        changes["friendly_name"] = asked.get("FriendlyName")
    return changes


def _found(asked: Asked) -> Number:
    number = asked.carrier.numbers.get(asked.parts["Sid"])
    if number is None:
        raise asked.missing()
    return number
