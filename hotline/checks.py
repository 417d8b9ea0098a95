"""What production refuses to start with: a default that is only safe on a machine of one's own.

`manage.py check --deploy` says it beforehand; with HOTLINE_PRODUCTION=1 every process says it and ends.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

SHORTEST_SECRET = 40
HERE = ("localhost", "127.0.0.1", "::1", "[::1]")


class Unsafe(ImproperlyConfigured):
    """This system must not go into production; says what to set."""


def refuse_unsafe_production() -> None:
    """Raises Unsafe that names everything at once; does nothing outside production."""
    if not settings.PRODUCTION:
        return
    wrong = list(problems())
    if wrong:
        lines = "\n".join(f"  {each.msg} {each.hint}" for each in wrong)
        raise Unsafe(f"HOTLINE_PRODUCTION is set, but this is not safe in production:\n{lines}")


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return list(problems())


@register(Tags.database)
def check_schema(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A database that stopped half-way through what one migration replaces: Django would take it for a whole one."""
    found: list[CheckMessage] = []
    replacements = sorted(MigrationLoader(None).replacements.items()) if databases else []
    for alias in databases or []:
        there = MigrationRecorder(connections[alias]).applied_migrations()
        for (app, name), migration in replacements:
            applied = [key for key in migration.replaces if key in there]
            if applied and len(applied) < len(migration.replaces):
                found.append(
                    Error(
                        f"The database has {app} up to {max(applied)[1]} only, a part of what {name} replaces.",
                        hint="Bring it up to date with the release before this one, then start this one again.",
                        id="hotline.E020",
                    )
                )
    return found


def problems() -> Iterator[CheckMessage]:
    yield from _secrets()
    yield from _addresses()
    yield from _carrier()
    if not settings.SECOND_FACTOR:
        yield Error(
            "SECOND_FACTOR is off: a password alone would open everything to whoever has it.",
            hint="Leave SECOND_FACTOR away, or set it to 1.",
            id="hotline.E009",
        )
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages show residents' data.", hint="Leave DEBUG away.", id="hotline.E002")


def _secrets() -> Iterator[CheckMessage]:
    default = settings.SECRET_KEY == settings.UNSAFE_SECRET_KEY
    if default or len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield Error(
            "SECRET_KEY is the default or too short: anybody could sign drivers' and residents' links.",
            hint=f"Set SECRET_KEY to {SHORTEST_SECRET} or more random characters and keep it.",
            id="hotline.E001",
        )


def _addresses() -> Iterator[CheckMessage]:
    base = urlsplit(settings.HOTLINE_BASE_URL)
    if base.scheme != "https" or base.hostname in HERE:
        yield Error(
            f"HOTLINE_BASE_URL is {settings.HOTLINE_BASE_URL}: the carrier and residents need a public https address.",
            hint="Set HOTLINE_BASE_URL=https://your.name, the address of the proxy that ends TLS.",
            id="hotline.E003",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS allows any host name.", hint="Name the hosts.", id="hotline.E004")
    elif not _is_allowed(base.hostname or ""):
        yield Error(
            f"ALLOWED_HOSTS does not have {base.hostname}, so every webhook would be refused.",
            hint="Add the host of HOTLINE_BASE_URL.",
            id="hotline.E005",
        )


def _is_allowed(host: str) -> bool:
    return any(host == each or (each[:1] == "." and f".{host}".endswith(each)) for each in settings.ALLOWED_HOSTS)


def _carrier() -> Iterator[CheckMessage]:
    if settings.TWILIO_AUTH_TOKEN == "loopback" or settings.TWILIO_ACCOUNT_SID == "AC" + "0" * 32:  # noqa: S105
        yield Error(
            "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is the default: anybody could sign a webhook.",
            hint="Set both to those of your account.",
            id="hotline.E006",
        )
    phone = (settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET, settings.TWILIO_TWIML_APP_SID)
    if any(phone) and not all(phone):
        yield Error(
            "Of TWILIO_API_KEY, TWILIO_API_SECRET and TWILIO_TWIML_APP_SID some are missing: no browser phone.",
            hint="Set all three, or none.",
            id="hotline.E008",
        )
    if not settings.TWILIO_API_URL.startswith("https://"):
        yield Error(
            f"TWILIO_API_URL is {settings.TWILIO_API_URL}: that is the practice carrier, nobody's telephone would ring.",
            hint="Set TWILIO_API_URL=https://api.twilio.com (`make start` does when TWILIO_ACCOUNT_SID is set).",
            id="hotline.E007",
        )
