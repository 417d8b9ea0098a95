"""What a driver is told by text: the link of the page, or, without a smartphone, each step with the digits that answer it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.driver import link, step
from dispatch.driver.step import Do, Step
from dispatch.models import Stop, Trip, TripOffer
from dispatch.trip_lifecycle import TripState
from hotline import outbox
from hotline.models import Message

# Digits of reasons, as they are listed in the texts.
DECLINED = ("", "vehicle", "unwell", "papers", "too_far", "other")
AT_THE_DOOR = ("", "gate_refused", "no_answer", "wrong_address", "turned_back", "goods_damaged", "other")
AT_THE_COUNTER = ("", "goods_missing", "no_answer", "wrong_address", "turned_back", "goods_damaged", "other")
STEP = "driver_stop"


def offer(trip: Trip, made: TripOffer) -> Message | None:
    """A trip for the driver to take or not: its link, or the trip in words."""
    if trip.driver.smartphone:
        again = "" if made.times == 1 else f":asked:{made.times}"
        return send_link(trip, once=again)
    with translation.override(trip.driver.language):
        return _send(trip, "driver_offer", words_of(trip, step.of(trip)), f"{trip.driver_id}:{made.times}")


def send_link(trip: Trip, once: str = "") -> Message | None:
    """The address of the trip's page: once per version of the link and `once`."""
    return outbox.send(
        line=trip.line,
        number=str(trip.driver.phone),
        event="driver_trip",
        topic=topic_of(trip),
        words={"link": link.address(trip)},
        occasion=f"{trip.link_version}{once}",
        language=trip.driver.language,
        level=1,
    )


def follow(trip: Trip) -> None:
    """A driver without a smartphone hears of each step once, whoever brought it about; what is older is not sent any more."""
    if trip.driver.smartphone or trip.state not in (TripState.RELEASED, TripState.UNDER_WAY, TripState.FINISHED):
        return
    here = step.of(trip)
    if here.do in (Do.ANSWER, Do.DECLINED):
        return
    tell(trip, here, occasion=here.mark)


def tell(trip: Trip, here: Step, *, occasion: str, before: str = "") -> Message | None:
    """Sends the step, with `before` in front of it; steps that still wait to be sent are not sent any more."""
    with translation.override(trip.driver.language):
        words = " ".join(part for part in (before, words_of(trip, here)) if part)
    if not _told(trip, occasion).exists():
        outbox.supersede(topic_of(trip), [STEP])
    return _send(trip, STEP, words, occasion)


def tell_now(trip: Trip, here: Step, *, occasion: str) -> None:
    """Answers an act with the step it led to: a step that was told before, and came about again, is told again."""
    if not _told(trip, here.mark).filter(state=Message.State.QUEUED).exists():
        tell(trip, here, occasion=occasion)


def _told(trip: Trip, occasion: str) -> QuerySet[Message]:
    key = f"{STEP}/{topic_of(trip)}/{occasion}/{trip.driver.phone}"[:120]
    return Message.objects.filter(idempotency_key=key)


def called_off(trip: Trip) -> None:
    """A driver who works by text has no page that says so."""
    if not trip.driver.smartphone:
        outbox.supersede(topic_of(trip), [STEP, "driver_offer"])
        with translation.override(trip.driver.language):
            words = _("%(trip)s was called off. Nothing more is to be done on it.") % {"trip": trip}
        _send(trip, STEP, words, "called-off")


def topic_of(trip: Trip) -> str:
    return f"trip:{trip.pk}"


def words_of(trip: Trip, here: Step) -> str:
    """The step in the language that is on, with what to answer."""
    if here.do == Do.ANSWER:
        return _offered(trip, here)
    if here.do == Do.START:
        return _("%(trip)s is yours. Start at %(time)s: reply 1 when you set out.") % {
            "trip": trip,
            "time": clock(trip, trip.period.lower),
        }
    if here.do == Do.DECLINED:
        return _("You have declined %(trip)s. The dispatcher knows.") % {"trip": trip}
    if here.do == Do.NOTHING or here.visit is None:
        return _("%(trip)s: all done, thank you.") % {"trip": trip}
    if here.do == Do.DRIVE:
        answers = _("There: reply 1. Not possible: reply 3.")
        return f"{_where(trip, here)} {answers}"
    if here.do == Do.COLLECT:
        goods = "; ".join(_goods(stop) for stop in here.visit.live)
        return _("Collect: %(goods)s. All there: reply 2. Not: reply 3 and %(reasons)s") % {
            "goods": goods,
            "reasons": reasons(AT_THE_COUNTER),
        }
    return _hand_over(here)


def reasons(names: tuple[str, ...]) -> str:
    """1 refused at the gate, 2 nobody answers ..."""
    labels = dict(Stop.FailedReason.choices) | {k: v for k, v in TripOffer.Why.choices if names is DECLINED}
    return ", ".join(f"{n} {labels[name]}" for n, name in enumerate(names) if name)


def clock(trip: Trip, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(trip.line.time_zone)):%H:%M}"


def _offered(trip: Trip, here: Step) -> str:
    period = f"{clock(trip, trip.period.lower)}-{clock(trip, trip.period.upper)}"
    words = {"trip": trip, "period": period, "km": round(trip.metres / 1000), "n": here.visits, "plate": trip.vehicle}
    head = ngettext(
        "Trip %(trip)s, %(plate)s, %(period)s, %(n)d stop, %(km)d km.",
        "Trip %(trip)s, %(plate)s, %(period)s, %(n)d stops, %(km)d km.",
        here.visits,
    )
    answers = _("Take it: reply 1. Not: reply 3 and %(reasons)s (such as 3 2). Help: 0.")
    return f"{head % words} {answers % {'reasons': reasons(DECLINED)}}"


def _where(trip: Trip, here: Step) -> str:
    visit = here.visit
    assert visit is not None  # noqa: S101 the caller has one
    first = visit.first
    words = {"n": visit.number, "of": here.visits, "time": clock(trip, first.eta)}
    if first.meets:
        where = f"{visit.place_words} {visit.phone}"
        return _("Stop %(n)s of %(of)s, take goods over about %(time)s: %(where)s.") % (words | {"where": where})
    if first.pickup_point:
        point = first.pickup_point
        where = " ".join(p for p in (str(point.district), point.name, point.street, visit.phone) if p)
        return _("Stop %(n)s of %(of)s, collect about %(time)s: %(where)s.") % (words | {"where": where})
    gate = " ".join(p for p in (visit.gate_contact, visit.phone) if p)
    where = " ".join(p for p in (visit.place_words, gate and _("gate %(gate)s") % {"gate": gate}) if p)
    said = _("Stop %(n)s of %(of)s, hand over about %(time)s: %(where)s.") % (words | {"where": where})
    if first.window_from and first.window_from > first.trip.period.lower:
        said += " " + _("Not before %(time)s.") % {"time": clock(trip, first.window_from)}
    return said


def _hand_over(here: Step) -> str:
    assert here.visit is not None  # noqa: S101 the caller has one
    first, more = here.visit.live[0], len(here.visit.live) - 1
    said = _("Hand over %(goods)s.") % {"goods": _goods(first, whose=True)}
    if more:
        said += " " + ngettext("%(n)d more here.", "%(n)d more here.", more) % {"n": more}
    answers = _(
        "Done: reply 2 and the PIN (such as 2 1234), without a PIN 2 and who took it. Not: reply 3 and %(reasons)s"
    )
    return f"{said} {answers % {'reasons': reasons(AT_THE_DOOR)}}"


def _goods(stop: Stop, *, whose: bool = False) -> str:
    needs = ", ".join(str(need) for need in stop.case.needs.all())
    if not whose:
        return f"#{stop.case.number} {needs}"
    address = stop.case.address
    door = " ".join(p for p in (address.building, address.room) if p) if address else ""
    return " ".join(p for p in (f"#{stop.case.number}", stop.case.person.name, door, needs) if p)


def _send(trip: Trip, event: str, words: str, occasion: str) -> Message | None:
    return outbox.send(
        line=trip.line,
        number=str(trip.driver.phone),
        event=event,
        topic=topic_of(trip),
        words={"words": words},
        occasion=occasion,
        language=trip.driver.language,
        level=1,
    )


def answer(trip: Trip, words: str, *, occasion: str) -> Message | None:
    """An answer that is no step: what was not understood, or is not possible."""
    return _send(trip, "driver_answer", words, occasion)
