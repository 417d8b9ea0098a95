"""What an incoming text is: an answer, a command, more words for an open case, or a new request. None is dropped.

Opt-out words are the line's own affair and come here only to be noted. In this order: answer to a question we asked,
command, more words, new request; what is none of these lies in the visible inbox.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import (
    amendments,
    callbacks,
    catalogue,
    freshness,
    holds,
    intake,
    offers,
    outcomes,
    people,
    status,
    survey,
    triage,
    unanswered,
    updates,
)
from cases.lifecycle import CaseState
from cases.models import Callback, Case, Contact, Resident, StillNeeded
from cases.models.case import FIRST_NUMBER
from hotline import live, outbox
from hotline.models import Message

log = logging.getLogger(__name__)
COMMANDS = {
    "status": {"状态", "查询", "进度", "查询进度", "查状态", "status"},
    "cancel": {"取消", "取消求助", "cancel"},
    "help": {"帮助", "help", "info", "帮助信息"},
    "agent": {"人工", "人工服务", "转人工", "客服", "agent"},
}
COMMAND_OF = {word: command for command, words in COMMANDS.items() for word in words}
THANKS = {"谢谢", "谢谢你们", "谢谢您", "多谢", "感谢", "好的", "好", "收到", "知道了", "ok", "thanks", "thank you"}
A_CASE_NUMBER = re.compile(r"(?<!\d)\d{6,9}(?!\d)")
RECEIPT_AT_MOST_EVERY = timedelta(hours=1)
SIGNS = " \t\r\n。.!！?？,，~～:：;；、"
# Once the goods have left the agents' hands somebody must read what the resident adds.
OUT_OF_SIGHT = (Case.Owner.DISPATCH, Case.Owner.TRIP, Case.Owner.TIMER)


Taker = Callable[[Message], str]
_asked_first: list[Taker] = []


def ask_first(taker: Taker) -> None:
    """A package further up (dispatch) may know a number as somebody at work: it answers how it took the text, or ""."""
    if taker not in _asked_first:
        _asked_first.append(taker)


def take(message: Message) -> Contact:
    """Puts an incoming text where somebody sees it, and answers it where an answer is owed. Returns where it lies."""
    catalogue.refresh()
    if message.purpose in ("opt_out", "opt_in"):
        return _note_opt_out(message)
    if message.purpose == "blocked":
        return _note_blocked(message)
    taken_as = next((said for said in (taker(message) for taker in _asked_first) if said), "")
    if taken_as:
        return _contact(message, None, None, taken_as, settled=True)
    if not people.can_be_dialled(message.number):
        return _into_inbox(message, None, "no_number")
    text = message.body.strip()
    answered = _answer(message, text)
    if answered:
        return answered
    command, number = read_command(text)
    if command:
        return _obey(message, command, number)
    case, several = _case_meant(message.number, text)
    if case:
        return _add(message, case, several)
    if not _has_words(text):
        return _into_inbox(message, _known(message.number), "photo" if message.media_count else "unclear", reply=True)
    return _request(message, text)


def read_command(text: str) -> tuple[str, str]:
    """(command, the case number said with it); ("", "") for anything that is not a whole command."""
    words = unicodedata.normalize("NFKC", text).strip(SIGNS).casefold()
    numbered = re.fullmatch(r"(.+?)[\s:#]*(\d{6,9})", words)
    name, number = (numbered[1].strip(SIGNS), numbered[2]) if numbered else (words, "")
    command = COMMAND_OF.get(name, "")
    return command, number if command else ""


def _case_meant(number: str, text: str) -> tuple[Case | None, bool]:
    """The open case these words belong to, and whether it was one of several: the one they name, else the newest."""
    found = people.cases_of(number)
    named = {int(digits) - FIRST_NUMBER for digits in A_CASE_NUMBER.findall(text)}
    for case in found:
        if case.pk in named:
            return case, False
    live_ones = [case for case in found if case.state not in survey.ASKED_IN]
    if live_ones:
        return live_ones[0], len(live_ones) > 1
    if found and not _asks_for_something(text):
        return found[0], len(found) > 1
    return None, False


def _asks_for_something(text: str) -> bool:
    """After a delivery a text may be about that delivery, or ask for the next thing."""
    reading = triage.read(text, at=timezone.now())
    return bool(reading.needs or reading.red_flags)


# answers and commands


def _answer(message: Message, text: str) -> Contact | None:
    """To the question asked last: did it arrive, or is it still needed. None when the text is no answer to it."""
    delivered, needed = survey.open_under(message.number), freshness.open_under(message.number)
    giver = offers.open_under(message.number)
    latest = max((asked.asked_at for asked in (delivered, needed) if asked), default=None)
    if giver and giver.asked_at and (latest is None or giver.asked_at > latest):
        agrees = offers.read(text)
        if agrees is None:
            return None
        offers.answer(giver, agrees)
        return _contact(message, giver.resident, None, "answer", settled=True)
    if needed and (delivered is None or needed.asked_at > delivered.asked_at):
        if not (said := freshness.read(text)):
            return None
        case = freshness.answer(needed.case, said, note=_("answered by text"))
        if said == StillNeeded.Answer.YES:
            _reply(message, case, "still_needed_noted")
    elif delivered and (said := survey.read(text)):
        case = survey.answer(delivered, said)
    else:
        return None
    return _contact(message, case.reporter or case.person, case, "answer")


def _obey(message: Message, command: str, number: str) -> Contact:
    found = people.cases_of(message.number)
    case = _named(found, number) if number else (found[0] if found else None)
    person = _known(message.number)
    if command == "status":
        return _tell_status(message, person, found, case, number)
    if command == "cancel":
        return _cancel(message, person, found, case, number)
    if command == "agent":
        return _call_back(message, person, case)
    _reply(message, case, "help")
    return _contact(message, person, case, "command", settled=case is None)


def _named(found: list[Case], number: str) -> Case | None:
    """The case of this sender with that number; nobody is told about another's."""
    return next((case for case in found if case.number == number), None)


def _tell_status(
    message: Message, person: Resident | None, found: list[Case], case: Case | None, number: str
) -> Contact:
    language = _language(message, case)
    told = [case] if case and (number or len(found) == 1) else found[:3]
    last = None if told or number else people.last_ended_case(message.number)
    words = [status.words(one, language) for one in told] or [status.words(last, language)]
    _reply(message, case, "status", status="\n".join(words))
    return _contact(message, person, case or last, "command", settled=True)


def _cancel(message: Message, person: Resident | None, found: list[Case], case: Case | None, number: str) -> Contact:
    """The one open case, or the one named. Which of several is asked back; after the delivery it is a contradiction."""
    if case is None:
        _reply(message, None, "status", status=status.words(None, _language(message, None)))
        return _contact(message, person, None, "command", settled=True)
    if not number and len(found) > 1:
        _reply(message, case, "status", status="\n".join(_ask_which(found, _language(message, case))))
        return _contact(message, person, case, "command")
    if case.state in survey.ASKED_IN:
        return _add(message, case, several=False)
    outcomes.cancel(case, reason=_("cancelled by text"))
    return _contact(message, person, case, "command")


def _ask_which(found: list[Case], language: str) -> list[str]:
    ask = "请回复“取消 编号”" if language == "zh-hans" else "Reply CANCEL and the number"
    return [f"{ask}: {', '.join(case.number for case in found[:5])}"]


def _call_back(message: Message, person: Resident | None, case: Case | None) -> Contact:
    """人工/AGENT: an agent calls; at once, or when calling hours begin."""
    callbacks.schedule(
        line=message.line,
        kind=Callback.Kind.CLARIFY,
        due_at=timezone.now(),
        case=case,
        resident=person,
        number=message.number,
        reason=_("asked by text for a person"),
    )
    _reply(message, case, "agent_will_call")
    return _contact(message, person, case, "command", settled=case is None)


# words


def _add(message: Message, case: Case, several: bool) -> Contact:
    """More words for an open case: unread until somebody has seen them, and seen soon."""
    text = message.body.strip()
    thanks = unicodedata.normalize("NFKC", text).strip(SIGNS).casefold() in THANKS
    wish = None if thanks or several else amendments.read(text)
    taken_as = "thanks" if thanks else "maybe_this_case" if several else wish.kind if wish else "addition"
    contact = _contact(message, case.reporter or case.person, case, taken_as, unread=not thanks)
    if thanks:
        return contact
    if case.unconfirmed_since:  # they can be reached after all
        freshness.heard(case, reason=_("the resident has written"))
    if _has_words(text):
        intake.add_words(case, text, message.created_at)
    _bring_into_sight(case)
    if wish:
        _reply(message, case, wish.kind)
    else:
        _acknowledge(message, case)
    live.publish(f"case:{case.pk}", "message")
    if case.owner_agent_id:
        live.publish(f"desk:{case.owner_agent_id}", "message", case=case.pk)
    return contact


def _bring_into_sight(case: Case) -> None:
    """Where no agent would open the case by itself, a call-back on the list brings somebody to it."""
    if case.state == CaseState.ON_HOLD:
        holds.resume(case, reason=_("the resident has written"))
    elif case.owner in OUT_OF_SIGHT:
        kind = Callback.Kind.AFTER_DELIVERY if case.state in survey.ASKED_IN else Callback.Kind.CLARIFY
        owed = callbacks.schedule(
            line=case.line, kind=kind, due_at=timezone.now(), case=case, reason=_("the resident has written: read it")
        )
        callbacks.bring_forward(owed)


def _acknowledge(message: Message, case: Case) -> None:
    """At most one receipt an hour: two automatic systems must not keep each other company."""
    since = timezone.now() - RECEIPT_AT_MOST_EVERY
    told = Message.objects.filter(
        number=message.number,
        topic=updates.topic_of(case),
        purpose__in=("received", "received_again"),
        created_at__gt=since,
    )
    if not told.exists():
        _reply(message, case, "received_again")


def _request(message: Message, text: str) -> Contact:
    """New words from a number without an open case: a request, unless they plainly are none."""
    if unicodedata.normalize("NFKC", text).strip(SIGNS).casefold() in THANKS:
        last = people.last_ended_case(message.number)
        if last:
            return _contact(message, last.person, last, "thanks")
        return _into_inbox(message, _known(message.number), "unclear", reply=True)
    reading = triage.read(text, at=message.created_at)
    if reading.kind in ("offer", "complaint", "permit") and not reading.red_flags:
        return _not_a_need(message, reading)
    case = intake.from_message(message, reading=reading)
    return Contact.objects.get(message=message, case=case)


def _not_a_need(message: Message, reading: triage.Reading) -> Contact:
    """An offer, a complaint or a question of permits: seen by somebody, and not in the way of the queue."""
    person = people.find_or_make(message.number, language=_language(message, None))
    contact = _into_inbox(message, person, reading.kind)
    if reading.kind == "offer":
        intake.note_offer(message, person, contact, reading)
    # thanked, or told where to turn: once a day, whatever else they write
    event = {"offer": "offer_noted", "complaint": "complaint_where"}.get(reading.kind, "permit_where")
    topic = f"{reading.kind}:{message.created_at:%Y%m%d}"
    outbox.send(
        line=message.line,
        number=message.number,
        event=event,
        topic=topic,
        words={},
        language=_language(message, None),
    )
    return contact


# small things


def _note_opt_out(message: Message) -> Contact:
    """Somebody who wants no texts may still have an open case: whoever opens it sees why no text goes out."""
    found = people.cases_of(message.number)
    case = found[0] if found else None
    return _contact(message, _known(message.number), case, message.purpose, settled=case is None)


def _note_blocked(message: Message) -> Contact:
    """From a blocked number: on record and settled. Words that speak of danger are seen by somebody all the same."""
    if triage.read(message.body, at=message.created_at).red_flags:
        return _into_inbox(message, _known(message.number), "blocked")
    return _contact(message, _known(message.number), None, "blocked", settled=True)


def _into_inbox(message: Message, person: Resident | None, taken_as: str, *, reply: bool = False) -> Contact:
    contact = _contact(message, person, None, taken_as, unread=True)
    unanswered.note_text(contact)
    if reply:
        hour = message.created_at.strftime("%Y%m%d%H")
        _send(message, None, "not_understood", topic=f"inbox:{message.created_at:%Y%m%d}", occasion=hour)
    live.publish("inbox", contact=contact.pk)
    return contact


def _contact(
    message: Message,
    person: Resident | None,
    case: Case | None,
    taken_as: str,
    *,
    unread: bool = False,
    settled: bool = False,
) -> Contact:
    log.info("message %s taken as %s, case %s", message.pk, taken_as, case.pk if case else None)
    return Contact.objects.create(
        line=message.line,
        resident=person,
        case=case,
        message=message,
        taken_as=taken_as,
        at=message.created_at,
        unread=unread,
        settled_at=timezone.now() if settled else None,
    )


def _reply(message: Message, case: Case | None, event: str, **words: object) -> None:
    """Answers the number that wrote, once per message."""
    topic = updates.topic_of(case) if case else f"message:{message.pk}"
    _send(message, case, event, topic=topic, occasion=f"message:{message.pk}", **words)


def _send(message: Message, case: Case | None, event: str, *, topic: str, occasion: str, **words: object) -> None:
    outbox.send(
        line=message.line,
        number=message.number,
        event=event,
        topic=topic,
        words={"number": case.number if case else "", **words},
        occasion=occasion,
        language=_language(message, case),
        category=case.category.slug if case and case.category else "",
        level=case.level if case else 3,
    )


def _language(message: Message, case: Case | None) -> str:
    return people.language_of(message.body, case.language if case else message.language)


def _known(number: str) -> Resident | None:
    return next(iter(people.of(number)), None)


def _has_words(text: str) -> bool:
    """Whether there is anything to read: a letter, a character or two digits; emoji and signs alone are not."""
    return any(c.isalpha() for c in text) or sum(c.isdecimal() for c in text) > 1
