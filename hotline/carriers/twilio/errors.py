"""What Twilio's error numbers mean for a text. https://www.twilio.com/docs/api/errors"""

from hotline.models import Message

R = Message.Reason
REASON_OF_ERROR = {
    21211: R.BAD_NUMBER,  # not a valid number
    21610: R.OPTED_OUT,  # the person wrote STOP
    21612: R.BLOCKED,  # no route from this sender
    21614: R.BAD_NUMBER,  # not a mobile number
    30003: R.UNREACHABLE,  # switched off or out of reach
    30004: R.BLOCKED,
    30005: R.BAD_NUMBER,  # unknown or no longer in use
    30006: R.BAD_NUMBER,  # landline
    30007: R.BLOCKED,  # filtered
    30008: R.UNREACHABLE,
}
