"""What the carrier says about a call in its webhooks."""

import math

from ..addresses import country
from ..records import Call
from ..sids import now, rfc2822

API_VERSION = "2010-04-01"


def of_call(call: Call, account_sid: str) -> dict[str, str]:
    """What every voice request carries."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Direction": call.direction,
        "From": call.from_,
        "To": call.to,
        "Caller": call.from_,
        "Called": call.to,
    }
    for party, address in (("From", call.from_), ("To", call.to), ("Caller", call.from_), ("Called", call.to)):
        params |= {f"{party}City": "", f"{party}State": "", f"{party}Zip": "", f"{party}Country": country(address)}
    if call.parent_sid:
        params["ParentCallSid"] = call.parent_sid
    if call.answered_by:
        params["AnsweredBy"] = call.answered_by
    return params


def progress(call: Call, account_sid: str, status: str, sequence: int) -> dict[str, str]:
    """The report that a call got further."""
    params = of_call(call, account_sid) | {
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
        "Timestamp": rfc2822(now()) or "",
    }
    if call.over:
        params["CallDuration"] = str(call.duration or 0)
        params["Duration"] = str(math.ceil((call.duration or 0) / 60))
        params["SipResponseCode"] = {"busy": "486", "no-answer": "487", "failed": "404"}.get(status, "200")
    return params
