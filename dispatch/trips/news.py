"""What residents are told while the vehicle drives: near, here, not handed over and what comes next. Each once, none stale."""

from __future__ import annotations

from django.conf import settings

from cases import receivers, updates
from cases.lifecycle import CaseState
from cases.models import Case
from dispatch.driver import visits
from dispatch.models import Stop, Trip
from dispatch.trip_lifecycle import LIVE_STOP_STATES, StopState, TripState
from dispatch.trips.failures import Follow, Next
from dispatch.trips.windows import told

ZH, EN = "zh-hans", "en"
# What residents read is data in both languages, not the language of whoever pressed.
HAPPENED: dict[str, dict[str, str]] = {
    ZH: {
        "gate_refused": "小区不让进",
        "no_answer": "没人应答",
        "wrong_address": "地址不对",
        "not_wanted": "说不需要了",
        "turned_back": "检查点没让过",
        "goods_damaged": "东西坏了",
        "goods_missing": "货不在",
        "other": "有特殊情况",
    },
    EN: {
        "gate_refused": "the gate did not let us in",
        "no_answer": "nobody answered",
        "wrong_address": "the address was wrong",
        "not_wanted": "it was said not to be needed",
        "turned_back": "turned back at a check-point",
        "goods_damaged": "the goods were damaged",
        "goods_missing": "the goods were not there",
        "other": "something came up",
    },
}
COMES_NEXT: dict[str, dict[str, str]] = {
    ZH: {
        Next.RETRY_TODAY: "今天会再送，请保持电话畅通。",
        Next.OTHER_WINDOW: "会另排时间，排好发短信。",
        Next.OTHER_RECEIVER: "我们会打给您，商量谁能代收。",
        Next.CALL_BACK: "我们会先打电话给您。",
        Next.AGENT: "接线员会打给您，也可直接回复。",
        Next.NEW_GOODS: "我们重新找货，有货再告诉您。",
    },
    EN: {
        Next.RETRY_TODAY: "We try again today; keep your phone near.",
        Next.OTHER_WINDOW: "It is planned for another time; we will text.",
        Next.OTHER_RECEIVER: "We call you about who else can receive it.",
        Next.CALL_BACK: "We call you first.",
        Next.AGENT: "An agent calls you; you may also reply.",
        Next.NEW_GOODS: "We look for the goods again and text you.",
    },
}
ON_THE_ROAD = ("on_its_way", "delayed", "near", "driver_here", "receiver_pin")


def set_out(stop: Stop) -> None:
    """It is on its way, with the window and the PIN; to whoever was agreed to receive it as well."""
    case = stop.case
    updates.drop_stale(case, "planned", "delayed")
    updates.tell(case, "on_its_way", occasion=f"trip:{stop.trip_id}", window=told(stop), pin=stop.pin)
    _tell_receiver(stop)


def tell_receiver(case: Case) -> None:
    """Somebody was agreed while it is on its way already."""
    on_its_way = Stop.objects.filter(case=case, kind=Stop.Kind.DELIVERY, state__in=LIVE_STOP_STATES)
    stop = on_its_way.filter(trip__state=TripState.UNDER_WAY).select_related("case__line", "case__category").first()
    if stop:
        _tell_receiver(stop)


def _tell_receiver(stop: Stop) -> None:
    case = stop.case
    agreed = receivers.of(case)
    if agreed and agreed.phone:
        updates.tell(
            case,
            "receiver_pin",
            receiver=str(agreed.phone),
            occasion=f"trip:{stop.trip_id}",
            name=agreed.name,
            window=told(stop),
            pin=stop.pin,
        )


def near(trip: Trip) -> None:
    """Three stops before theirs (setting), once a trip; not those who were as near when it set out and know already."""
    stops = list(trip.stops.select_related("case__line", "case__category", "case__person", "case__address"))
    ahead_now = 0
    for place, visit in enumerate(visits.of(stops)):
        if not visit.is_pickup and 0 < ahead_now <= settings.TOLD_AT_STOPS_AHEAD < place:
            for stop in visit.live:
                if stop.state == StopState.PLANNED and stop.case.state == CaseState.EN_ROUTE:
                    updates.tell(stop.case, "near", occasion=f"trip:{trip.pk}", stops=ahead_now)
        ahead_now += bool(visit.live)


def is_here(stop: Stop) -> None:
    """The vehicle stands at the gate: come and get it."""
    if stop.kind != Stop.Kind.DELIVERY or stop.case.state != CaseState.EN_ROUTE:
        return
    updates.drop_stale(stop.case, "on_its_way", "delayed", "near")
    updates.tell(stop.case, "driver_here", occasion=f"stop:{stop.pk}", pin=stop.pin)


def not_handed_over(stop: Stop, follow: Follow) -> None:
    """It did not work, why, and what comes next. What was said about the way is not sent any more."""
    case = stop.case
    updates.drop_stale(case, *ON_THE_ROAD)
    if stop.kind == Stop.Kind.DELIVERY:
        updates.tell(
            case,
            "attempt_failed",
            occasion=_attempt(stop),
            reason=_said(HAPPENED, case, stop.failed_reason),
            next=_said(COMES_NEXT, case, follow.next),
        )


def take_back_failure(stop: Stop) -> None:
    """It was a slip: who has not been told yet is not told."""
    updates.drop_stale(stop.case, "attempt_failed", "put_off")


def _attempt(stop: Stop) -> str:
    """A failure taken back and come about again is news again."""
    count = stop.history.filter(state=StopState.FAILED).count()
    return f"stop:{stop.pk}" if count < 2 else f"stop:{stop.pk}:{count}"


def _said(words: dict[str, dict[str, str]], case: Case, key: str) -> str:
    return words.get(case.language, words[ZH])[key]
