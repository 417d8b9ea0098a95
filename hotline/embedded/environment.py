"""What the processes of one system are told: what the operator set, and what we supply for the rest."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.embedded.places import Places
from hotline.embedded.postgres import Postgres
from hotline.embedded.trouble import Trouble
from hotline.embedded.valkey import Valkey

# Kept in services.env, so that manage.py in another shell finds the system that runs.
KEPT = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "WEB_PORT",
    "CARRIER_PORT",
    "HOTLINE_BASE_URL",
    "ALLOWED_HOSTS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_URL",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TWILIO_TWIML_APP_SID",
    "SECRET_KEY",
    "DEMO_PASSWORD",
    "HOTLINE_PRODUCTION",
    "SWEEP_SECONDS",
)
TWILIO = "https://api.twilio.com"
OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKE_TERMOUT", "MAKE_TERMERR")
MARK = "HOTLINE_SUPERVISED"


@dataclass(frozen=True)
class Parts:
    """Which parts are ours to run; a setting that names another takes ours away."""

    database: bool
    broker: bool
    carrier: bool

    @classmethod
    def needed(cls, given: Mapping[str, str]) -> "Parts":
        return cls(
            database=not given.get("DATABASE_URL"),
            broker=not given.get("REDIS_URL"),
            carrier=not (given.get("TWILIO_API_URL") or given.get("TWILIO_ACCOUNT_SID")),
        )


def complete(places: Places, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process; `given` wins, secrets are made once, the rest points at our own parts."""
    if given.get("TWILIO_ACCOUNT_SID") and not given.get("TWILIO_AUTH_TOKEN"):
        raise Trouble(
            "TWILIO_ACCOUNT_SID is set but not TWILIO_AUTH_TOKEN: set both, or neither for the loopback carrier."
        )
    parts = Parts.needed(given)
    supplied = kept_secrets(places.var / "secrets.env") | {"WEB_PORT": "8000", "CARRIER_PORT": "8010"}
    if parts.database:
        supplied["DATABASE_URL"] = Postgres(places).url()
    if parts.broker:
        supplied["REDIS_URL"] = Valkey(places).url()
    if given.get("TWILIO_ACCOUNT_SID"):
        supplied["TWILIO_API_URL"] = TWILIO
    own = {
        "HOTLINE_VAR": str(places.var),
        "DJANGO_SETTINGS_MODULE": "hotline.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(places.metrics),
        "PYTHONUNBUFFERED": "1",
        "C_FORCE_ROOT": "1",  # Celery's warning about root; only its pickle format makes root dangerous
    }
    local = "127.0.0.1,localhost"  # a proxy of the machine's does not know our loopback
    own |= {name: f"{given[name]},{local}" if given.get(name) else local for name in ("NO_PROXY", "no_proxy")}
    set_by_operator = {name: value for name, value in given.items() if value and name not in OF_MAKE}
    return supplied | set_by_operator | own


def keep(places: Places, environment: Mapping[str, str]) -> None:
    """Writes services.env. Secrets that we made stay in secrets.env; those the operator gave are kept for manage.py."""
    made = kept_secrets(places.var / "secrets.env")
    wanted = {name: environment[name] for name in KEPT if name in environment and environment[name] != made.get(name)}
    _write(places.var / "services.env", wanted)


def kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of this system, made at its first start. One that a later release needs is added to the others."""
    known = kept_values(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "DEMO_PASSWORD": "-".join(secrets.token_hex(2) for _ in range(4)),
    }
    if made.keys() - known.keys():
        known = made | known
        _write(path, known)
    return known


def kept_values(path: Path) -> dict[str, str]:
    """What a file of ours says, as it would be in the environment; nothing when it is not there."""
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


def found(places: Places, given: Mapping[str, str]) -> dict[str, str]:
    """What the operator says now, and for the rest what the system that runs was started with."""
    return kept_values(places.var / "services.env") | {name: value for name, value in given.items() if value}


def _write(path: Path, values: Mapping[str, str]) -> None:
    """At once and readable by us alone: a power loss leaves the old file or the new one."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
