"""A driver without a smartphone works by digits: 1 arrived, 2 handed over and the PIN, 3 failed and a reason, 0 help.

A text from the number of a driver with a live trip comes here before anything that residents write. It becomes the same act
that the page would send, once per text; what could mean two things is asked again.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dispatch import proof
from dispatch.driver import acts, step, telling
from dispatch.driver.acts import Act
from dispatch.driver.step import Do, Step
from dispatch.models import CheckpointPassage, DriverAct, DriverBreak, Stop, Trip
from dispatch.trip_lifecycle import TripState
from hotline.models import Message

log = logging.getLogger(__name__)
EVENTS = (
    "driver_trip",
    "driver_offer",
    "driver_stop",
    "driver_answer",
    "certificate_ends",
    "certificate_taken",
    "certificate_refused",
)
# A telephone that answers by itself ("I am driving") must not be answered for ever.
MOST_ANSWERS_AN_HOUR = 12
SIGNS = " \t\r\n。.!！?？,，、;；:："
# At these everybody at the stop is out of reach; the others are about one hand-over.
WHOLE_STOP = ("gate_refused", "turned_back", "wrong_address")
Was = DriverAct.What

WORDS: dict[str, tuple[str, ...]] = {
    "sos": ("sos", "救命", "求救", "报警", "110"),
    "help": ("help", "帮助", "人工", "客服", "agent", "怎么弄", "不会"),
    "undo": ("undo", "撤销", "撤回", "按错了", "发错了", "wrong"),
    "break": ("break", "休息"),
    "meal": ("meal", "吃饭"),
    "check": ("check", "checkpoint", "检查点", "卡口"),
    "passed": ("passed", "过了", "通过", "已过"),
    "status": ("status", "状态", "查询", "下一站", "next", "?"),
    "yes": ("接受", "好", "好的", "可以", "yes", "ok", "accept"),
    "go": ("出发", "出发了", "start"),
    "1": ("到了", "到", "已到", "到达", "arrived", "here"),
    "2": ("送到", "送到了", "交了", "已交", "拿到", "拿到了", "拿齐", "拿了", "delivered", "done", "collected"),
    "3": ("不接受", "拒绝", "不行", "失败", "没送到", "送不了", "no", "decline", "failed"),
}
DIGITS = {
    "1": "1",
    "2": "2",
    "3": "3",
    "0": "help",
    "5": "break",
    "6": "meal",
    "7": "check",
    "8": "passed",
    "9": "undo",
}


@dataclass(frozen=True)
class Said:
    """What was said: a key of WORDS or a digit, and the rest of the text."""

    what: str
    rest: str = ""


def take(message: Message) -> str:
    """How the text was taken: "driver" when its sender drives for us now, else "" and nothing is done.

    Called under the lock of the number. The driver of the page is understood too, but what is no answer of a driver's goes
    the way of everybody's texts.
    """
    trip = trip_of(message.number)
    if trip is None:
        return ""
    said = read(message.body)
    with translation.override(trip.driver.language):
        return "driver" if _obey(trip, said, message) else ""


def trip_of(number: str) -> Trip | None:
    """The live trip of the driver with this number: the one under way, else the one offered or accepted that begins first."""
    live = Trip.objects.filter(
        driver__phone=number, driver__active=True, state__in=(TripState.RELEASED, TripState.UNDER_WAY)
    )
    found = list(live.select_related("driver", "line", "vehicle", "shift").order_by("period"))
    return next(iter(sorted(found, key=lambda trip: trip.state != TripState.UNDER_WAY)), None)


def read(text: str) -> Said | None:
    """What a whole text says; None when it is none of the answers. Full-width digits and signs are understood."""
    words = unicodedata.normalize("NFKC", text).strip(SIGNS).casefold()
    for what, spoken in WORDS.items():
        if words in spoken:
            return Said(what)
    digit = re.match(r"([0-9])(?:[\s.,、:;-]+(.*)|(\d{1,6})|([^\d\s].*))?$", words, re.DOTALL)
    if digit and digit[1] in DIGITS:
        rest = next((part for part in (digit[2], digit[3], digit[4]) if part), "")
        return Said(DIGITS[digit[1]], rest.strip(SIGNS))
    for what in ("2", "3"):
        for spoken_word in sorted(WORDS[what], key=len, reverse=True):
            if words.startswith(spoken_word) and len(spoken_word) > 1:
                return Said(what, words.removeprefix(spoken_word).strip(SIGNS))
    return None


def _obey(trip: Trip, said: Said | None, message: Message) -> bool:
    """Whether it was for us: whoever has the page is answered by the page, and only a plain answer of theirs is taken."""
    here = step.of(trip)
    key = f"sms:{message.pk}"
    act, why_not = _act(trip, here, said, key) if said else (None, _("We did not understand that."))
    if act is None and trip.driver.smartphone:
        return False
    if act is None:
        _ask_again(trip, here, why_not, key)
        return True
    if act.what == STATUS:
        telling.tell(trip, here, occasion=key)
        return True
    kept = acts.take(trip, act)
    after = step.of(_fresh(trip))
    if not kept.accepted:
        _ask_again(trip, after, kept.words, key)
    elif act.what in BESIDE:
        telling.answer(trip, _noted(act.what), occasion=key)
    else:
        telling.tell_now(trip, after, occasion=key)
    return True


STATUS = "status"
# Acts after which the step is what it was.
BESIDE = (Was.SOS, Was.HELP, Was.BREAK, Was.MEAL, Was.GO_ON, Was.CHECKPOINT, Was.PASSED)


def _noted(what: str) -> str:
    if what == Was.SOS:
        return _("Alarm is given: the dispatcher sees it now. In danger call 110, hurt call 120.")
    if what == Was.HELP:
        return _("The dispatcher calls you. 1 there, 2 done, 3 not possible, 5 break, 6 meal, 7 check-point, 9 undo.")
    if what in (Was.BREAK, Was.MEAL):
        return _("Break noted. Reply %(digit)s again when you go on.") % {"digit": 5 if what == Was.BREAK else 6}
    if what == Was.CHECKPOINT:
        return _("Noted. Reply 8 when you are through.")
    return _("Noted, thank you.")


def _ask_again(trip: Trip, here: Step, why: str, key: str) -> None:
    since = timezone.now() - timedelta(hours=1)
    told = Message.objects.filter(topic=telling.topic_of(trip), purpose="driver_answer", created_at__gt=since)
    if told.count() >= MOST_ANSWERS_AN_HOUR:
        log.warning("trip %s: its driver's texts are not understood, no more answers for now", trip.pk)
        return
    telling.answer(trip, f"{why} {telling.words_of(trip, here)}", occasion=key)


def _act(trip: Trip, here: Step, said: Said, key: str) -> tuple[Act | None, str]:
    """The act that this means at this step, or why it means none."""
    at = timezone.now()
    if said.what == STATUS:
        return Act(key, STATUS), ""
    if said.what in ("sos", "help"):
        return Act(key, said.what, words=said.rest, happened_at=at), ""
    if said.what in ("break", "meal"):
        resting = DriverBreak.objects.filter(driver=trip.driver_id, ended_at=None).exists()
        return Act(key, Was.GO_ON if resting else said.what, happened_at=at), ""
    if said.what == "check":
        standing = CheckpointPassage.objects.filter(trip=trip, passed_at=None, turned_back_at=None).exists()
        return Act(key, Was.PASSED if standing else Was.CHECKPOINT, happened_at=at), ""
    if said.what == "passed":
        return Act(key, Was.PASSED, happened_at=at), ""
    if said.what == "undo":
        return _undo(trip, key)
    if here.do in (Do.ANSWER, Do.START):
        return _before(here, said, key)
    if here.do in (Do.DRIVE, Do.COLLECT, Do.HAND_OVER) and said.what in AT_A_STOP:
        return AT_A_STOP[said.what](here, said, key)
    return None, _("That does not fit here.")


def _before(here: Step, said: Said, key: str) -> tuple[Act | None, str]:
    if said.what == "1" or said.what == ("yes" if here.do == Do.ANSWER else "go"):
        return Act(key, Was.ACCEPT if here.do == Do.ANSWER else Was.START), ""
    if said.what == "3":
        number, words = _number(said.rest, telling.DECLINED)
        if number:
            return Act(key, Was.DECLINE, reason=telling.DECLINED[number], words=words), ""
        return None, _("Say why, with 3 and a digit: %(reasons)s.") % {"reasons": telling.reasons(telling.DECLINED)}
    return None, _("The trip has not begun.")


def _one(here: Step, said: Said, key: str) -> tuple[Act | None, str]:
    if here.do == Do.DRIVE:
        return Act(key, Was.ARRIVE, stops=_ids(here)), ""
    return None, _("You are there already.")


def _two(here: Step, said: Said, key: str) -> tuple[Act | None, str]:
    assert here.visit is not None  # noqa: S101 the step has one
    if here.visit.is_pickup:
        return Act(key, Was.COLLECT, stops=_ids(here)), ""
    if not said.rest:
        return None, _("With 2 goes the PIN, or the name of who took it.")
    if not said.rest.isdecimal():
        return Act(key, Was.DELIVER, stops=[here.visit.live[0].pk], name=said.rest), ""
    whose = next((stop for stop in here.visit.live if proof.is_pin(stop, said.rest)), here.visit.live[0])
    return Act(key, Was.DELIVER, stops=[whose.pk], pin=said.rest), ""


def _three(here: Step, said: Said, key: str) -> tuple[Act | None, str]:
    assert here.visit is not None  # noqa: S101 the step has one
    names = telling.AT_THE_COUNTER if here.visit.is_pickup else telling.AT_THE_DOOR
    number, words = _number(said.rest, names)
    if not number:
        return None, _("Say why, with 3 and a digit: %(reasons)s.") % {"reasons": telling.reasons(names)}
    whole = here.visit.is_pickup or names[number] in WHOLE_STOP
    ids = _ids(here) if whole else [here.visit.live[0].pk]
    return Act(key, Was.FAIL, stops=ids, reason=names[number], words=words), ""


AT_A_STOP = {"1": _one, "2": _two, "3": _three}


def _number(rest: str, names: tuple[str, ...]) -> tuple[int, str]:
    """The digit of a reason and the words behind it; 0 for none of the list."""
    digit = re.match(r"([1-9])(?!\d)\s*(.*)$", rest, re.DOTALL)
    if not digit or int(digit[1]) >= len(names):
        return 0, ""
    return int(digit[1]), digit[2].strip(SIGNS)


def _undo(trip: Trip, key: str) -> tuple[Act | None, str]:
    """Takes the last hand-over, pick-up or failure back."""
    ended = (Was.COLLECT, Was.DELIVER, Was.FAIL)
    last = trip.driver_acts.filter(accepted=True, what__in=[*ended, Was.UNDO]).order_by("-id").first()
    if last is None or last.what == Was.UNDO:
        return None, _("There is nothing to take back.")
    return Act(key, Was.UNDO, stops=list(last.stops), words="pressed by mistake"), ""


def _ids(here: Step) -> list[int]:
    stops: list[Stop] = here.visit.live if here.visit else []
    return [stop.pk for stop in stops]


def _fresh(trip: Trip) -> Trip:
    trip.refresh_from_db(fields=["state"])
    return trip
