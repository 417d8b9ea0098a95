"""What cases does with what the line brings (hotline.handlers)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, categories, people, replies, status, steps, triage, unanswered, updates
from cases.models import Attempt, Callback, Case, Contact
from cases.practice import shifts
from hotline import live, machines, opening
from hotline.handlers import Caller, MenuEntry
from hotline.menu import EXISTING
from hotline.models import Call, Line, Message

EXISTING_CASE = EXISTING
CRIES = ("救命", "快死", "没有呼吸", "没呼吸", "emergency", "dying")  # said into a telephone without any more


class CaseHandlers:
    """Registered in CasesConfig.ready; every method runs inside the line's transaction, under the lock of the number."""

    def message_received(self, message: Message) -> None:
        replies.take(message)

    def message_undeliverable(self, message: Message) -> None:
        """The news did not arrive: an agent tells it by telephone."""
        case = updates.case_of_topic(message.topic)
        if case is None or not case.is_open or not people.can_be_dialled(message.number):
            return
        callbacks.schedule(
            line=message.line,
            kind=Callback.Kind.MESSAGE_FAILED,
            due_at=timezone.now(),
            case=case,
            number=message.number,
            reason=_("a text did not arrive: %(purpose)s") % {"purpose": message.purpose},
        )

    def pictures_settled(self, message: Message) -> None:
        for pk in Contact.objects.filter(message=message, case__isnull=False).values_list("case", flat=True):
            live.publish(f"case:{pk}", "picture")

    def menu(self, language: str) -> list[MenuEntry]:
        """Each active category with a key."""
        english = language.startswith("en")
        return [
            MenuEntry(
                key=category.menu_key,
                slug=category.slug,
                spoken=(category.spoken_en or category.name_en) if english else (category.spoken or category.name),
                skill=category.skill,
            )
            for category in sorted(categories.active(), key=lambda category: (category.order, category.menu_key))
            if category.menu_key
        ]

    def who_is_calling(self, number: str) -> Caller:
        known = people.of(number) if people.can_be_dialled(number) else []
        if not known:
            return Caller()
        found = people.cases_of(number)
        language = found[0].language if found else known[0].language
        return Caller(
            match="known" if len(known) == 1 else "maybe",
            name=known[0].name if len(known) == 1 else "",
            language=language,
            level=min((case.level for case in found), default=3),
            open_cases=[case.number for case in found],
            status=status.words(found[0], language) if found else "",
        )

    def place_kept(self, number: str, line: Line) -> datetime | None:
        return callbacks.place_kept(number, line)

    def is_emergency(self, words: str) -> bool:
        flags = triage.read(words, at=timezone.now()).red_flags
        return any(flag.key == "120" for flag in flags) or any(word in words.lower() for word in CRIES)

    def call_connected(self, call: Call) -> None:
        """The call is on its case, else in the visible inbox until the agent has written one down."""
        if call.line.practice:
            shifts.connected(call)
            return
        case, callback = _about(call)
        known = people.of(call.number)
        Contact.objects.get_or_create(
            call=call,
            case=case,
            defaults={
                "line": call.line,
                "resident": (callback.resident if callback else None) or next(iter(known), None),
                "taken_as": "callback" if callback else "call",
            },
        )
        if case and case.contacted_at is None:
            steps.write(case, by=call.agent, reason=_("spoken to by telephone"), contacted_at=timezone.now())
        if call.direction == Call.Direction.IN and call.number:
            callbacks.person_called(call.number, call.line, by=call.agent)
        if call.agent_id:
            live.publish(f"desk:{call.agent_id}", "connected", call=call.pk)

    def call_not_answered(self, call: Call) -> None:
        """Abandoned, voicemail or call-back asked: we owe a call, from the time they began to wait."""
        if call.line.practice:
            return
        since = call.place_at or call.waiting_since or call.started_at
        known = people.of(call.number) if call.number else []
        found = people.cases_of(call.number) if call.number else []
        if not people.can_be_dialled(call.number):
            self._into_inbox(call)
            return
        why = _("asked to be called back") if call.state == Call.State.CALLBACK_ASKED else call.get_state_display()
        if call.emergency_at:
            why = _("said that a life is in danger, told to dial 120: %(why)s") % {"why": why}
        owed = callbacks.schedule(
            line=call.line,
            kind=Callback.Kind.MISSED_CALL,
            due_at=max(timezone.now(), opening.next_open(call.line)),
            first_due_at=since,
            case=found[0] if len(found) == 1 else None,
            resident=known[0] if len(known) == 1 else None,
            number=call.number,
            level=min([call.level, *[case.level for case in found]]),
            call=call,
            reason=why,
        )
        unanswered.note_call(call, callback=owed)

    def call_turned_away(self, call: Call) -> None:
        """On record, and settled: whoever blocked the number has decided about it."""
        if call.line.practice:
            return
        told = {"line": call.line, "taken_as": "blocked", "settled_at": timezone.now()}
        contact, _new = Contact.objects.get_or_create(call=call, case=None, defaults=told)
        unanswered.note_call(call, contact=contact)

    def call_served(self, call: Call) -> None:
        """The call is on the case whose state was read out."""
        if call.line.practice:
            return
        found = people.cases_of(call.number)
        if not found:
            self._into_inbox(call)
            return
        told = {"line": call.line, "resident": found[0].person, "taken_as": "status"}
        Contact.objects.get_or_create(call=call, case=found[0], defaults=told)

    def call_ended(self, call: Call) -> None:
        """A call of ours has ended: the attempt is on record, its outcome is the agent's word."""
        _case, callback = _about(call)
        if callback is None or call.connected_at is None:
            return
        Attempt.objects.get_or_create(call=call, defaults={"callback": callback, "by": call.agent})
        if callback.state == Callback.State.CLAIMED and call.agent:
            callbacks.claim(callback, call.agent)  # the wrap-up has its time

    def machine_answered(self, call: Call, is_machine: bool) -> None:
        """A tape is nobody who was spoken to."""
        case, _callback = _about(call)
        since = call.connected_at
        if case is None or since is None:
            return
        if not is_machine and case.contacted_at is None:
            steps.write(case, by=call.agent, reason=_("spoken to by telephone"), contacted_at=timezone.now())
        elif is_machine and case.contacted_at and case.contacted_at >= since:
            steps.write(case, by=call.agent, reason=_("a machine answered"), contacted_at=None)

    def call_wrapped_up(self, call: Call) -> None:
        """A machine answered and the agent said nothing else about it: an attempt that reached nobody."""
        _case, callback = _about(call)
        if callback and call.outcome == machines.VOICEMAIL and call.is_machine:
            callbacks.record(callback, Attempt.Outcome.VOICEMAIL, by=call.agent, call=call)

    def call_failed(self, call: Call, outcome: str) -> None:
        """Nobody was reached. An empty outcome is no attempt: the person's telephone never rang."""
        _case, callback = _about(call)
        if callback and outcome:
            callbacks.record(callback, outcome, by=call.agent, call=call)

    def _into_inbox(self, call: Call) -> None:
        """A withheld number cannot be called back: somebody sees at least that there was a call."""
        contact, _new = Contact.objects.get_or_create(
            call=call, case=None, defaults={"line": call.line, "taken_as": "missed_call", "unread": True}
        )
        if call.connected_at is None:
            unanswered.note_call(call, contact=contact)
        live.publish("inbox", call=call.pk)


def _about(call: Call) -> tuple[Case | None, Callback | None]:
    """The case and the call-back a call is for: by its topic when we dialled, by the caller's choice when they did."""
    kind, _colon, pk = call.topic.partition(":")
    if kind == "callback" and pk.isdecimal():
        callback = Callback.objects.filter(pk=int(pk)).select_related("case", "line", "resident").first()
        return (callback.case if callback else None), callback
    if kind == "case":
        return updates.case_of_topic(call.topic), None
    if call.choice == EXISTING_CASE and call.number:
        return next(iter(people.cases_of(call.number)), None), None
    return None, None
