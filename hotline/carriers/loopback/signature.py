import base64
import hashlib
import hmac
from collections.abc import Mapping


def sign(token: str, url: str, params: Mapping[str, str]) -> str:
    """The X-Twilio-Signature of a request: HMAC-SHA1 over the URL and the sorted form fields."""
    text = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
