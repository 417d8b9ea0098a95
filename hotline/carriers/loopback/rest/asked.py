from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .errors import ApiError, invalid, not_found

if TYPE_CHECKING:
    from ..carrier import Carrier


@dataclass
class Asked:
    """A request to the REST interface, already authenticated."""

    carrier: "Carrier"
    path: str
    # the parts of the path: Sid, CallSid ...
    parts: dict[str, str]
    query: list[tuple[str, str]]
    form: list[tuple[str, str]] = field(default_factory=list)

    @property
    def account(self) -> str:
        return self.carrier.config.account_sid

    def get(self, name: str, default: str = "") -> str:
        """A form field, or a query parameter of a GET."""
        return next((value for key, value in (*self.form, *self.query) if key == name), default)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.form)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.form if key == name and value]

    def flag(self, name: str, default: bool = False) -> bool:
        return self.get(name).lower() == "true" if self.has(name) else default

    def number(self, name: str, default: int) -> int:
        value = self.get(name)
        if not value:
            return default
        if not value.isdecimal():
            raise invalid(20001, f"Invalid parameter: {name}")
        return int(value)

    def url(self, name: str, code: int) -> str:
        """An address the carrier is to call; refused unless it is one."""
        value = self.get(name)
        if value and not value.startswith(("http://", "https://")):
            raise invalid(code, f"The '{name}' URL {value} is not a valid URL")
        return value

    def method(self, name: str) -> str:
        value = self.get(name, "POST").upper()
        if value not in ("GET", "POST"):
            raise invalid(21403, f"{name} must be GET or POST")
        return value

    def events(self, name: str) -> tuple[str, ...]:
        """StatusCallbackEvent may be repeated, or one value with spaces."""
        return tuple(event for value in self.all(name) for event in value.split())

    def missing(self) -> ApiError:
        return not_found(self.path)


def between(asked: Asked, name: str) -> tuple[datetime | None, datetime | None]:
    """The half-open range of a date filter: Name= is that day, Name> from it on, Name< up to its end."""
    start, end = _date(asked, name + ">"), _date(asked, name + "<")
    exact = _date(asked, name)
    if exact:
        day = exact.replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + timedelta(days=1)
    return start, _end_of(asked.get(name + "<"), end)


def inside(at: datetime | None, span: tuple[datetime | None, datetime | None]) -> bool:
    """What has no date yet is in no range but the whole one."""
    start, end = span
    if start is None and end is None:
        return True
    return at is not None and (start is None or at.replace(microsecond=0) >= start) and (end is None or at < end)


def _date(asked: Asked, name: str) -> datetime | None:
    value = asked.get(name)
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise invalid(20001, f"Invalid date in {name}: {value}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _end_of(text: str, at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return at + (timedelta(days=1) if len(text) == len("2022-04-01") else timedelta(seconds=1))
