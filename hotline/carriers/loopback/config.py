import os
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Config:
    """Whose account this is and where the carrier listens."""

    account_sid: str = "AC" + "0" * 32
    auth_token: str = "loopback"  # noqa: S105 -- the account of a carrier that only exists on this machine
    api_key: str = ""
    api_secret: str = ""
    host: str = "127.0.0.1"
    port: int = 8010
    state: Path | None = None
    speed: float = 1.0
    # Let other machines use /loopback/ and /handset/ (a phone on the same network, a container's host).
    open: bool = False

    @property
    def base_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 -- compared, not bound
        return f"http://{host}:{self.port}"

    @classmethod
    def from_environment(cls) -> "Config":
        default = cls()
        return cls(
            account_sid=os.environ.get("TWILIO_ACCOUNT_SID") or default.account_sid,
            auth_token=os.environ.get("TWILIO_AUTH_TOKEN") or default.auth_token,
            api_key=os.environ.get("TWILIO_API_KEY", ""),
            api_secret=os.environ.get("TWILIO_API_SECRET", ""),
            port=int(os.environ.get("CARRIER_PORT") or default.port),
        )
