"""What the carrier says about a message in its webhooks."""

from ..addresses import country
from ..records import Message
from ..sids import now

API_VERSION = "2010-04-01"


def inbound(message: Message, account_sid: str, base_url: str) -> dict[str, str]:
    """The request that asks the hotline what to do with a text."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.segments),
    }
    for party, address in (("From", message.from_), ("To", message.to)):
        params |= {f"{party}City": "", f"{party}State": "", f"{party}Zip": "", f"{party}Country": country(address)}
    root = f"{base_url}/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}/Media"
    for index, media in enumerate(message.media):
        params[f"MediaUrl{index}"] = f"{root}/{media['sid']}"
        params[f"MediaContentType{index}"] = media["content_type"]
    return params


def status(message: Message, account_sid: str) -> dict[str, str]:
    """The report that a text got further, or did not."""
    params = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "From": message.from_,
        "To": message.to,
    }
    if message.service_sid:
        params["MessagingServiceSid"] = message.service_sid
    if message.error_code:
        params["ErrorCode"] = str(message.error_code)
    if message.status in ("delivered", "undelivered"):
        params["RawDlrDoneDate"] = now().strftime("%y%m%d%H%M")
    return params
