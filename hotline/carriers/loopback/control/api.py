import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from ..addresses import SHORT_CODE, WITHHELD, can_be_called, is_e164
from ..records import Message, new_media
from ..sids import now
from ..voice.leg import Leg
from . import views

if TYPE_CHECKING:
    from ..carrier import Carrier

Endpoint = Callable[["Carrier", Request], Awaitable[Any]]
HEARTBEAT_SECONDS = 15.0
COALESCE_SECONDS = 0.05


class Refused(Exception):
    """What was asked makes no sense here; the text says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def route(path: str, method: str, endpoint: Endpoint) -> Route:
    async def serve(request: Request) -> Response:
        try:
            answer = await endpoint(request.app.state.carrier, request)
        except Refused as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return Route("/loopback" + path, serve, methods=[method])


async def send_message(carrier: "Carrier", request: Request) -> Any:
    """A person sends a text; waits for the hotline's answer unless wait is false."""
    asked = await _json(request)
    from_, to = _from(asked), _hotline(carrier, asked["to"]).phone_number
    media = [_media(item) for item in asked.get("media") or []]
    at = _time(asked.get("at"))
    if at and at > now():
        carrier.spawn(_send_later(carrier, at, from_, to, asked.get("body", ""), media))
        return {"sid": None, "webhook_status": None}
    message = carrier.receiving.accept(from_, to, asked.get("body", ""), media)
    if asked.get("wait", True):
        outcome = await asyncio.shield(carrier.spawn(carrier.receiving.deliver(message)))
        return {"sid": message.sid, "webhook_status": outcome.status if outcome else None}
    carrier.spawn(carrier.receiving.deliver(message))
    return {"sid": message.sid, "webhook_status": None}


async def dial(carrier: "Carrier", request: Request) -> Any:
    asked = await _json(request)
    if carrier.faults.outage:
        raise Refused(503, "no line: the carrier is out")
    number = _hotline(carrier, asked["to"])
    if not number.voice_url:
        raise Refused(409, f"{number.phone_number} takes no calls: it has no voice_url")
    withheld = bool(asked.get("withheld")) or asked["from"] == "anonymous"
    return {"sid": carrier.exchange.place_inbound(_from(asked), number, withheld=withheld).sid}


async def show_call(carrier: "Carrier", request: Request) -> Any:
    row = carrier.calls.get(request.path_params["sid"])
    if row is None:
        raise Refused(404, "no such call")
    return views.call(carrier, row)


async def digits(carrier: "Carrier", request: Request) -> Any:
    """taken says whether somebody listened: keys pressed into nothing are lost, as on a real line."""
    leg, asked = _leg(carrier, request), await _json(request)
    taken = [leg.press(key) for key in str(asked["digits"])]
    return {"taken": all(taken)}


async def answer(carrier: "Carrier", request: Request) -> Any:
    leg = _leg(carrier, request)
    if leg.call.direction == "inbound" or leg.call.status != "ringing":
        raise Refused(409, "this telephone does not ring")
    carrier.exchange.answer(leg)
    return {"status": leg.call.status}


async def decline(carrier: "Carrier", request: Request) -> Any:
    leg = _leg(carrier, request)
    if leg.call.direction == "inbound" or leg.call.status != "ringing":
        raise Refused(409, "this telephone does not ring")
    leg.refuse("busy")
    return {"status": "busy"}


async def hang_up(carrier: "Carrier", request: Request) -> Any:
    leg = _leg(carrier, request)
    carrier.exchange.hang_up(leg)
    return {"status": leg.call.status}


async def speak(carrier: "Carrier", request: Request) -> Any:
    leg, asked = _leg(carrier, request), await _json(request)
    hearers = carrier.people.say(leg, str(asked["text"]))
    return {"heard_by": [other.phone.address for other in hearers]}


async def mute(carrier: "Carrier", request: Request) -> Any:
    """The mute key of the telephone itself; the carrier's conference knows nothing of it."""
    leg, asked = _leg(carrier, request), await _json(request)
    leg.muted = bool(asked.get("muted", True))
    leg.phone.changed()
    return {"muted": leg.muted}


async def phones(carrier: "Carrier", request: Request) -> Any:
    recent = carrier.phones.recent()
    hotlines = [{"number": row.phone_number, "name": row.friendly_name} for row in carrier.numbers]
    return {"recent": recent, "hotlines": hotlines, "default": vars(carrier.phones.default)}


async def behave_all(carrier: "Carrier", request: Request) -> Any:
    """Habits of all telephones not mentioned yet (default), or of many at once (numbers)."""
    asked = await _json(request)
    carrier.phones.behave_all(asked.get("default", {}))
    for address in asked.get("numbers", []):
        carrier.phones.behave(address, asked.get("behaviour", {}))
    return {"default": vars(carrier.phones.default)}


async def show_phone(carrier: "Carrier", request: Request) -> Any:
    return views.phone(carrier, carrier.phones[_address(request)])


async def behave(carrier: "Carrier", request: Request) -> Any:
    """Changes some habits; opted_out sets or lifts the carrier's own opt-out for every hotline number."""
    asked = await _json(request)
    address = _address(request)
    out = asked.pop("opted_out", None)
    one = carrier.phones.behave(address, asked)
    if out is not None:
        for number in carrier.numbers:
            carrier.optouts.set(number.phone_number, address, out=bool(out))
    return views.phone(carrier, one)


async def watch(carrier: "Carrier", request: Request) -> Any:
    """Server-sent events: the whole phone, whenever anything about it changes."""
    return StreamingResponse(
        _states(carrier, _address(request)), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _states(carrier: "Carrier", address: str) -> AsyncIterator[str]:
    one = carrier.phones[address]
    changed = one.watch()
    try:
        while True:
            changed.clear()
            yield f"data: {json.dumps(views.phone(carrier, one), ensure_ascii=False)}\n\n"
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
            await asyncio.sleep(COALESCE_SECONDS)
    finally:
        one.unwatch(changed)


async def media(carrier: "Carrier", request: Request) -> Any:
    """A picture of a text, for the handset."""
    row = carrier.messages.get(request.path_params["message"])
    found = [item for item in row.media if item["sid"] == request.path_params["media"]] if row else []
    if not found:
        raise Refused(404, "no such picture")
    if found[0]["url"]:
        return RedirectResponse(found[0]["url"])
    return Response(base64.b64decode(found[0]["data"]), media_type=found[0]["content_type"])


async def recording(carrier: "Carrier", request: Request) -> Any:
    row = carrier.recordings.get(request.path_params["sid"])
    if row is None:
        raise Refused(404, "no such recording")
    return {"sid": row.sid, "status": row.status, "duration": row.duration, "transcript": row.transcript}


async def log(carrier: "Carrier", request: Request) -> Any:
    asked = request.query_params
    entries = carrier.log.since(int(asked.get("since", 0)), asked.get("kind", ""), int(asked.get("limit", 1000)))
    return {"last": carrier.log.last, "entries": entries}


async def stats(carrier: "Carrier", request: Request) -> Any:
    seconds = sorted(carrier.webhooks.seconds)
    return {
        "messages": dict(Counter(f"{_side(row)} {row.status}" for row in carrier.messages)),
        "calls": dict(Counter(f"{row.direction} {row.status}" for row in carrier.calls)),
        "live_calls": len(carrier.exchange.legs),
        "phones": len(carrier.phones),
        "log": dict(carrier.log.counts),
        "callbacks_dropped": carrier.callbacks.dropped,
        "webhook_milliseconds": {
            name: round(seconds[min(int(len(seconds) * share), len(seconds) - 1)] * 1000, 1) if seconds else None
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
        },
        "speed": carrier.clock.speed,
    }


async def show_faults(carrier: "Carrier", request: Request) -> Any:
    return carrier.faults.describe()


async def set_faults(carrier: "Carrier", request: Request) -> Any:
    asked = await _json(request)
    carrier.faults.set(asked.get("rules", []), asked.get("messages_per_second"))
    return carrier.faults.describe()


async def clear_faults(carrier: "Carrier", request: Request) -> Any:
    carrier.faults.clear()
    return carrier.faults.describe()


async def settings(carrier: "Carrier", request: Request) -> Any:
    """speed, and the carrier's own opt-out words."""
    asked = await _json(request)
    if "speed" in asked:
        if float(asked["speed"]) <= 0:
            raise Refused(400, "speed must be above 0")
        carrier.clock.speed = float(asked["speed"])
    if "stop_words" in asked:
        carrier.optouts.stop_words = {str(word).upper() for word in asked["stop_words"]}
    return {"speed": carrier.clock.speed, "stop_words": sorted(carrier.optouts.stop_words)}


async def reset(carrier: "Carrier", request: Request) -> Any:
    asked = await _json(request)
    await carrier.reset(numbers=bool(asked.get("numbers")))
    return {"reset": True}


def routes() -> list[BaseRoute]:
    return [
        route("/messages", "POST", send_message),
        route("/calls", "POST", dial),
        route("/calls/{sid}", "GET", show_call),
        route("/calls/{sid}/digits", "POST", digits),
        route("/calls/{sid}/answer", "POST", answer),
        route("/calls/{sid}/decline", "POST", decline),
        route("/calls/{sid}/hangup", "POST", hang_up),
        route("/calls/{sid}/speak", "POST", speak),
        route("/calls/{sid}/mute", "POST", mute),
        route("/phones", "GET", phones),
        route("/phones", "PUT", behave_all),
        route("/phones/{number}/events", "GET", watch),
        route("/phones/{number}", "GET", show_phone),
        route("/phones/{number}", "PUT", behave),
        route("/media/{message}/{media}", "GET", media),
        route("/recordings/{sid}", "GET", recording),
        route("/log", "GET", log),
        route("/stats", "GET", stats),
        route("/faults", "GET", show_faults),
        route("/faults", "PUT", set_faults),
        route("/faults", "DELETE", clear_faults),
        route("/settings", "PUT", settings),
        route("/reset", "POST", reset),
    ]


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    asked = json.loads(body) if body.strip() else {}
    if not isinstance(asked, dict):
        raise Refused(400, "the body must be a JSON object")
    return asked


def _from(asked: dict[str, Any]) -> str:
    """Anything that can dial or text, a short code, or "anonymous" for a withheld number."""
    address = str(asked["from"])
    if address == "anonymous":
        return WITHHELD
    if not (can_be_called(address) or is_e164(address) or SHORT_CODE.fullmatch(address)):
        raise Refused(400, f"not an address a person can call or write from: {address}")
    return address


def _hotline(carrier: "Carrier", phone_number: str) -> Any:
    number = carrier.number(phone_number)
    if number is None:
        raise Refused(404, f"{phone_number} is not a number of this account: create it with IncomingPhoneNumbers")
    return number


def _leg(carrier: "Carrier", request: Request) -> Leg:
    leg = carrier.exchange.legs.get(request.path_params["sid"])
    if leg is None:
        raise Refused(404, "no such live call")
    return leg


def _address(request: Request) -> str:
    address = unquote(request.path_params["number"])
    return WITHHELD if address == "anonymous" else address


def _media(item: Any) -> dict[str, Any]:
    """A picture as {content_type, data: base64}, or the address of one."""
    if isinstance(item, str):
        return new_media("image/jpeg", url=item)
    base64.b64decode(item.get("data", ""), validate=True)
    return new_media(item["content_type"], data=item.get("data", ""), url=item.get("url", ""))


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


async def _send_later(
    carrier: "Carrier", at: datetime, from_: str, to: str, body: str, media: list[dict[str, Any]]
) -> None:
    await asyncio.sleep((at - now()).total_seconds())
    await carrier.receiving.receive_quietly(from_, to, body, media)


def _side(row: Message) -> str:
    return "in" if row.direction == "inbound" else "out"
