import asyncio
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..faults import DELIVERY_KINDS
from ..records import Message, new_media
from ..segments import count_segments
from ..sids import new_sid, now
from . import parameters

if TYPE_CHECKING:
    from ..carrier import Carrier

# What an error on a message means, in Twilio's words for its own catalogue.
ERRORS = {
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered by carrier",
    30008: "Unknown error",
    21610: "Attempt to send to unsubscribed recipient",
}
HANDLING_SECONDS = 0.05


class Sending:
    """Texts from the hotline to the telephones."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier
        # when the next message of each sender may leave
        self._next: dict[str, float] = {}

    def accept(
        self,
        from_: str,
        to: str,
        body: str,
        media_urls: list[str],
        direction: str = "outbound-api",
        status_callback: str = "",
        service_sid: str | None = None,
        send_at: datetime | None = None,
    ) -> Message:
        """Takes a message over; it goes its way in the background."""
        message = Message(
            sid=new_sid("MM" if media_urls else "SM"),
            from_=from_,
            to=to,
            body=body,
            direction=direction,
            status="scheduled" if send_at else "accepted" if service_sid else "queued",
            segments=count_segments(body),
            media=[_remote(url) for url in media_urls],
            service_sid=service_sid,
            status_callback=status_callback,
        )
        self._carrier.messages.add(message)
        self._carrier.spawn(self.carry(message, send_at))
        return message

    async def carry(self, message: Message, send_at: datetime | None = None) -> None:
        """Brings one accepted message to its end."""
        carrier = self._carrier
        if send_at:
            await asyncio.sleep((send_at - now()).total_seconds())
        if message.status == "canceled":
            return
        await self._wait_for_turn(message.from_)
        await carrier.faults.until_up()
        await carrier.clock.sleep(HANDLING_SECONDS)
        if message.status == "canceled":
            return
        error, last = self._fate(message)
        if error and last == "failed":
            self._move(message, "failed", error)
            return
        carrier.messages.change(message, sent=now())
        self._move(message, "sent")
        await carrier.clock.sleep(carrier.phones[message.to].behaviour.sms_delay)
        if error:
            self._move(message, last, error)
        else:
            self._arrive(message)

    def _arrive(self, message: Message) -> None:
        carrier = self._carrier
        self._move(message, "delivered")
        if carrier.number(message.to):
            carrier.spawn(carrier.receiving.receive_quietly(message.from_, message.to, message.body, message.media))
            return
        phone = carrier.phones[message.to]
        phone.messages.append(message)
        phone.changed()
        if phone.behaviour.auto_reply:
            reply = phone.behaviour.auto_reply
            carrier.spawn(carrier.receiving.receive_quietly(message.to, message.from_, reply, []))

    def _fate(self, message: Message) -> tuple[int | None, str]:
        """Which error the message will end with, if any, and in which status."""
        carrier = self._carrier
        for rule in carrier.faults.draw(DELIVERY_KINDS, "messages.delivery", message.to, message.from_):
            return rule.error_code, rule.status
        if carrier.optouts.holds(message.from_, message.to):
            return 21610, "failed"
        return carrier.phones[message.to].behaviour.sms_error, "undelivered"

    def _move(self, message: Message, status: str, error: int | None = None) -> None:
        carrier = self._carrier
        text = ERRORS.get(error, "Unknown error") if error else None
        carrier.messages.change(message, status=status, error_code=error, error_message=text)
        carrier.log.add("sms", sid=message.sid, status=status, error_code=error)
        carrier.callbacks.report(
            "messages.status",
            message.sid,
            message.status_callback,
            "POST",
            parameters.status(message, carrier.config.account_sid),
        )

    async def _wait_for_turn(self, sender: str) -> None:
        rate = self._carrier.faults.rate(sender)
        if not rate:
            return
        turn = max(self._next.get(sender, 0.0), time.monotonic())
        self._next[sender] = turn + 1 / rate
        await asyncio.sleep(turn - time.monotonic())

    def clear(self) -> None:
        self._next.clear()


def _remote(url: str) -> dict[str, Any]:
    kinds = {"png": "image/png", "gif": "image/gif", "pdf": "application/pdf", "mp3": "audio/mpeg"}
    return new_media(kinds.get(url.rsplit(".", 1)[-1].lower(), "image/jpeg"), url=url)
