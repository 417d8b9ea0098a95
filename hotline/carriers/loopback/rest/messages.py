from datetime import UTC, datetime
from typing import Any

from ..addresses import can_be_texted
from ..records import Message
from . import shapes
from .asked import Asked, between, inside
from .errors import invalid
from .paging import page_of_list, page_of_shelf

LONGEST_BODY = 1600


def create(asked: Asked) -> dict[str, Any]:
    to, body, media = asked.get("To"), asked.get("Body"), asked.all("MediaUrl")
    _check(to, body, media)
    from_, service = _sender(asked)
    if asked.carrier.optouts.holds(from_, to):
        raise invalid(21610, "Attempt to send to unsubscribed recipient")
    if from_ == to:
        raise invalid(21266, "'To' and 'From' number cannot be the same")
    message = asked.carrier.sending.accept(
        from_,
        to,
        body,
        media,
        status_callback=asked.url("StatusCallback", 21609),
        service_sid=service,
        send_at=_send_at(asked, service),
    )
    return shapes.message(message, asked.account)


def fetch(asked: Asked) -> dict[str, Any]:
    return shapes.message(_found(asked), asked.account)


def list_(asked: Asked) -> dict[str, Any]:
    to, from_, span = asked.get("To"), asked.get("From"), between(asked, "DateSent")

    def matches(row: Message) -> bool:
        return (not to or row.to == to) and (not from_ or row.from_ == from_) and inside(row.sent, span)

    return page_of_shelf(
        asked,
        "messages",
        asked.carrier.messages,
        matches,
        lambda row: shapes.message(row, asked.account),
        narrowed=("to", to) if to else ("from_", from_) if from_ else None,
    )


def update(asked: Asked) -> dict[str, Any]:
    """Cancels what has not left yet, or wipes the text of what has."""
    row = _found(asked)
    if asked.get("Status") == "canceled":
        if row.status not in ("scheduled", "accepted", "queued"):
            raise invalid(30409, "The message is not in a state that can be canceled")
        asked.carrier.messages.change(row, status="canceled")
    elif asked.has("Body"):
        if asked.get("Body"):
            raise invalid(21617, "Only an empty Body may be given")
        asked.carrier.messages.change(row, body="")
    return shapes.message(row, asked.account)


def delete(asked: Asked) -> None:
    row = _found(asked)
    if row.status in ("queued", "accepted", "sending", "scheduled"):
        raise invalid(20009, "Cannot delete message because it is still being sent")
    asked.carrier.messages.remove(row)


def list_media(asked: Asked) -> dict[str, Any]:
    row = _found(asked, "MessageSid")
    return page_of_list(asked, "media_list", [shapes.media(item, row, asked.account) for item in row.media])


def fetch_media(asked: Asked) -> dict[str, Any]:
    row = _found(asked, "MessageSid")
    return shapes.media(media_item(asked, row), row, asked.account)


def delete_media(asked: Asked) -> None:
    row = _found(asked, "MessageSid")
    row.media.remove(media_item(asked, row))
    asked.carrier.messages.keep(row)


def media_item(asked: Asked, row: Message) -> dict[str, Any]:
    item = next((item for item in row.media if item["sid"] == asked.parts["Sid"]), None)
    if item is None:
        raise asked.missing()
    return item


def _found(asked: Asked, name: str = "Sid") -> Message:
    row = asked.carrier.messages.get(asked.parts[name])
    if row is None:
        raise asked.missing()
    return row


def _check(to: str, body: str, media: list[str]) -> None:
    if not to:
        raise invalid(21604, "A 'To' phone number is required.")
    if not can_be_texted(to):
        raise invalid(21211, f"Invalid 'To' Phone Number: {to}")
    if not body and not media:
        raise invalid(21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        raise invalid(21617, "The concatenated message body exceeds the 1600 character limit.")
    if len(media) > 10:
        raise invalid(21623, "Number of media files exceeds allowed limit")
    if not all(url.startswith(("http://", "https://")) for url in media):
        raise invalid(21620, "Invalid media URL(s)")


def _sender(asked: Asked) -> tuple[str, str | None]:
    """The number that sends, and the service it was chosen from."""
    from_, service = asked.get("From"), asked.get("MessagingServiceSid") or None
    if not from_ and not service:
        raise invalid(21603, "A 'From' phone number is required.")
    if not from_:
        from_ = next((number.phone_number for number in asked.carrier.numbers), "")
        if not from_:
            raise invalid(21703, "The Messaging Service does not have any senders")
    if not asked.carrier.number(from_):
        raise invalid(21659, f"'From' {from_} is not a Twilio phone number or Short Code country mismatch")
    return from_, service


def _send_at(asked: Asked, service: str | None) -> datetime | None:
    if asked.get("ScheduleType") != "fixed":
        return None
    if not service:
        raise invalid(35114, "MessagingServiceSid is required to schedule a message")
    try:
        at = datetime.fromisoformat(asked.get("SendAt"))
    except ValueError as error:
        raise invalid(35118, "SendAt is required to schedule a message") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
