from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from ..records import Message, Number
from ..segments import count_segments
from ..sids import new_sid, now
from ..twiml import SCHEMA_WARNING, BadDocument, read_answer, words
from ..webhooks import Answer
from . import parameters

if TYPE_CHECKING:
    from ..carrier import Carrier

MAX_DOCUMENTS = 10


class Receiving:
    """Texts from the telephones to the hotline."""

    def __init__(self, carrier: "Carrier") -> None:
        self._carrier = carrier

    def accept(self, from_: str, to: str, body: str, media: list[dict[str, Any]]) -> Message:
        """Puts a text that somebody sent into the log; the hotline is told by deliver()."""
        carrier = self._carrier
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            from_=from_,
            to=to,
            body=body,
            direction="inbound",
            status="received",
            segments=count_segments(body),
            media=media,
            sent=now(),
        )
        carrier.messages.add(message)
        carrier.log.add("sms", sid=message.sid, status="received", error_code=None)
        phone = carrier.phones[from_]
        phone.messages.append(message)
        phone.changed()
        carrier.optouts.note(to, from_, body)
        return message

    async def deliver(self, message: Message) -> Answer | None:
        """Asks the hotline what to do with a text and does it; its answer, or None when nobody listens there."""
        carrier = self._carrier
        number = carrier.number(message.to)
        if number is None or not number.sms_url:
            return None
        await carrier.faults.until_up()
        answer = await self._ask(number, message)
        if carrier.faults.draw(("double",), "messages.inbound", message.from_):
            await self._ask(number, message)
        await self._follow(number, message, answer)
        return answer

    async def receive_quietly(self, from_: str, to: str, body: str, media: list[dict[str, Any]]) -> None:
        await self.deliver(self.accept(from_, to, body, media))

    async def _ask(self, number: Number, message: Message) -> Answer:
        params = parameters.inbound(message, self._carrier.config.account_sid, self._carrier.config.base_url)
        answer = await self._request(number.sms_url, number.sms_method, params)
        if answer.ok or not number.sms_fallback_url:
            return answer
        params |= {"ErrorCode": str(answer.error), "ErrorUrl": number.sms_url}
        return await self._request(number.sms_fallback_url, number.sms_fallback_method, params)

    async def _request(self, url: str, method: str, params: dict[str, str]) -> Answer:
        return await self._carrier.webhooks.ask("webhook", "messages.inbound", url, method, params)

    async def _follow(self, number: Number, message: Message, answer: Answer) -> None:
        """Runs the messaging TwiML of an answer: Message sends a reply, Redirect asks elsewhere."""
        carrier = self._carrier
        params = parameters.inbound(message, carrier.config.account_sid, carrier.config.base_url)
        for _ in range(MAX_DOCUMENTS):
            url = self._run(message, answer)
            if url is None:
                return
            answer = await self._request(url[0], url[1], params)

    def _run(self, message: Message, answer: Answer) -> tuple[str, str] | None:
        """Does what one document says; where it redirects to, if it does."""
        if answer.ok and (not answer.body.strip() or answer.status == 204):
            return None
        if answer.ok and answer.content_type == "text/plain":
            text = answer.body.decode("utf-8", "replace").strip()
            self._carrier.sending.accept(message.to, message.from_, text, [], "outbound-reply")
            return None
        try:
            verbs = read_answer(answer)
        except BadDocument as error:
            if answer.ok:
                self._carrier.log.alert(error.code, str(error), url=answer.url, sid=message.sid)
            return None
        for verb in verbs:
            if verb.tag == "Redirect":
                return urljoin(answer.url, words(verb)), verb.get("method", "POST")
            self._perform(message, verb, answer.url)
        return None

    def _perform(self, message: Message, verb: Element, base: str) -> None:
        if verb.tag not in ("Message", "Sms"):
            self._carrier.log.alert(SCHEMA_WARNING, f"unknown verb {verb.tag}", url=base, sid=message.sid)
            return
        send_verb(self._carrier, verb, message.to, message.from_, base, "outbound-reply")


def send_verb(carrier: "Carrier", verb: Element, from_: str, to: str, base: str, direction: str) -> None:
    """The Message verb of a text's or a call's answer."""
    body = verb.find("Body")
    text = "".join(body.itertext()) if body is not None else verb.text or ""
    media = [urljoin(base, words(item)) for item in verb.findall("Media")]
    callback = verb.get("statusCallback") or verb.get("action")
    carrier.sending.accept(
        verb.get("from") or from_,
        verb.get("to") or to,
        text.strip(),
        media,
        direction,
        urljoin(base, callback) if callback else "",
    )
