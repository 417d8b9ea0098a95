from datetime import datetime
from typing import Any

from ..sids import rfc2822
from . import shapes
from .asked import Asked
from .paging import page_of_list


def list_(asked: Asked) -> dict[str, Any]:
    """What went wrong at the hotline, newest first: the alerts of the carrier's log."""
    call = asked.parts.get("CallSid")
    alerts = asked.carrier.log.since(0, "alert", limit=100_000)
    rows = [_shape(asked, entry) for entry in reversed(alerts) if not call or entry.get("sid") == call]
    return page_of_list(asked, "notifications", rows)


def _shape(asked: Asked, entry: dict[str, Any]) -> dict[str, Any]:
    sid = f"NO{entry['seq']:032x}"
    call_sid = entry.get("sid", "")
    at = rfc2822(datetime.fromisoformat(entry["at"]))
    return {
        "account_sid": asked.account,
        "api_version": shapes.VERSION,
        "call_sid": call_sid if call_sid.startswith("CA") else None,
        "date_created": at,
        "date_updated": at,
        "error_code": str(entry["error_code"]),
        "log": "0",
        "message_date": at,
        "message_text": entry["message"],
        "more_info": f"https://www.twilio.com/docs/errors/{entry['error_code']}",
        "request_method": entry.get("method") or "POST",
        "request_url": entry.get("url") or None,
        "sid": sid,
        "uri": f"{shapes.root(asked.account)}/Notifications/{sid}.json",
    }
