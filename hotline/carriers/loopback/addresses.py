"""Which addresses exist: telephone numbers, short codes, SIP and browser phones."""

import re

E164 = re.compile(r"\+[1-9]\d{6,14}")
SHORT_CODE = re.compile(r"\d{3,8}")
# What the carrier sends as From when the caller withholds the number ("anonymous" on the keypad).
WITHHELD = "+266696687"

# By the longest prefix that fits; enough for the parameters of a webhook.
COUNTRIES = {
    "+1": "US", "+33": "FR", "+44": "GB", "+49": "DE", "+61": "AU", "+65": "SG", "+81": "JP", "+82": "KR",
    "+852": "HK", "+853": "MO", "+86": "CN", "+886": "TW",
}  # fmt: skip


def is_e164(address: str) -> bool:
    return bool(E164.fullmatch(address))


def is_virtual(address: str) -> bool:
    return address.startswith(("sip:", "sips:", "client:"))


def can_be_texted(address: str) -> bool:
    return is_e164(address) and address != WITHHELD


def can_be_called(address: str) -> bool:
    return is_virtual(address) or can_be_texted(address)


def country(address: str) -> str:
    fitting = [prefix for prefix in COUNTRIES if address.startswith(prefix)]
    return COUNTRIES[max(fitting, key=len)] if fitting else ""
