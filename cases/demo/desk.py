"""Agents who play along: on duty, talking, writing down, asking for the goods, calling back.

They use the functions that the desk's pages use, and they listen: what they write down is what the telephone at their desk has
heard, or what stands in the text.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from django.utils import timezone

from cases import addresses, callbacks, holds, intake, outcomes, queue, steps, triage
from cases.demo.scenario import draw
from cases.demo.telephones import Telephones
from cases.lifecycle import CASE, CaseState
from cases.models import Attempt, Callback, Case, Community
from hotline import calls, presence
from hotline.lifecycle import MoveRefused
from hotline.models import Call, CallLeg, Presence, User

log = logging.getLogger(__name__)
FIRST, LAST = 181, 192  # agent181 ... agent192: a visitor logs in as agent1
WAYS = 100
HELD_BELOW, REFERRED_BELOW = 12, 20  # of a hundred cases
CALL_BACK_IN = timedelta(minutes=30)
SHARE_LEFT = 0.4  # of the open cases stay in the queue: the desk is never empty
CALLS_BACK = 6

FindGoods = Callable[[Case, User], bool]


class Desk:
    """Twelve agents. `find_goods` asks a pickup point for a case, and says whether there was one."""

    def __init__(self, telephones: Telephones, find_goods: FindGoods) -> None:
        self.telephones = telephones
        self.find_goods = find_goods
        names = [f"agent{n}" for n in range(FIRST, LAST + 1)]
        self.agents = list(User.objects.filter(username__in=names).exclude(desk_phone="").order_by("id"))
        self.called_back = 0

    def open(self) -> None:
        """All on duty; their desk phones are picked up by themselves."""
        numbers = [str(agent.desk_phone) for agent in self.agents]
        self.telephones.behave(numbers, voice="answer", after=1, speak=["您好，求助热线，请讲。"])
        for agent in self.agents:
            presence.go_available(agent)

    def turn(self) -> None:
        """Each agent does the next thing there is to do, if anything."""
        for agent in self.agents:
            presence.beat(agent)
            try:
                self._one(agent)
            except (MoveRefused, presence.NotNow) as refused:
                log.info("%s: %s", agent.username, refused)

    def is_quiet(self) -> bool:
        """Nobody talks, and what is left in the queue is left for the visitor."""
        talking = Call.objects.filter(agent__in=self.agents, state__in=[*Call.LIVE, Call.State.WRAP_UP])
        return not self._is_too_much() and not talking.exists()

    def close(self) -> None:
        """Off duty; a call that goes on is ended first."""
        for agent in self.agents:
            try:
                call = calls.live_call_of(agent)
                if call:
                    calls.hang_up(call, agent)
                self._write_down_call(agent)
                presence.sign_off(agent)
            except presence.NotNow as refused:
                log.info("%s: %s", agent.username, refused)

    def _one(self, agent: User) -> None:
        if calls.live_call_of(agent):
            return
        if self._write_down_call(agent):
            presence.finish_wrap_up(agent)
            return
        if presence.of(agent).state in (Presence.State.BREAK, Presence.State.OFFLINE):
            presence.go_available(agent)
        if (
            self.called_back < CALLS_BACK
            and draw(f"{agent.pk}/{timezone.now():%M%S}", 4) == 0
            and self._call_back(agent)
        ):
            return
        self._take_case(agent)

    # calls

    def _write_down_call(self, agent: User) -> bool:
        """What the caller said becomes a case; nothing said, and the call stays in the visible inbox."""
        call = calls.wrap_up_call_of(agent)
        if call is None:
            return False
        words = self._said(call, agent)
        callback = _callback_of(call)
        if words:
            case = callback.case if callback else None
            filled = form(words, call.number, case)
            intake.save(filled, agent=agent, key=f"played:call:{call.pk}", call=call, case=case)
        if callback:
            callbacks.record(callback, Attempt.Outcome.REACHED, by=agent, call=call, note=words[:100])
        calls.set_outcome(call, "written_down" if words else "nothing_said", agent)
        return True

    def _said(self, call: Call, agent: User) -> str:
        leg = CallLeg.objects.filter(call=call, party=CallLeg.Party.AGENT, user=agent).exclude(sid="").last()
        try:
            return self.telephones.heard(leg.sid) if leg else ""
        except httpx.HTTPError:
            return ""

    def _call_back(self, agent: User) -> bool:
        owed = callbacks.claim_next(agent)
        if owed is None:
            return False
        self.called_back += 1
        self.telephones.behave([owed.number], voice="answer", after=2, talk=8)
        callbacks.dial(owed, agent)
        return True

    # cases

    def _take_case(self, agent: User) -> None:
        case = queue.claim_next(agent) if self._is_too_much() else None
        if case:
            self._work_on(case, agent)

    @staticmethod
    def _is_too_much() -> bool:
        waiting = Case.objects.filter(owner=Case.Owner.QUEUE).count()
        return waiting > SHARE_LEFT * Case.objects.filter(closed_at=None).count()

    def _work_on(self, case: Case, agent: User) -> None:
        """Writes down what the words say, then takes one next step."""
        case = intake.save(
            form(case.words, _number_of(case), case), agent=agent, key=f"played:case:{case.pk}", case=case
        )
        way = draw(f"way on/{case.pk}", WAYS)
        if case.state == CaseState.NEW or (case.address is None or case.address.point is None):
            self._ask_again(case, agent)
        elif way < HELD_BELOW:
            holds.hold(case, until=timezone.now() + timedelta(hours=2), reason="photo", by=agent)
        elif way < REFERRED_BELOW:
            outcomes.met_otherwise(case, by=agent, reason="居委会今晚送到")
        elif CASE.why_not(case, "source", agent) or not self.find_goods(case, agent):
            self._ask_again(case, agent)

    @staticmethod
    def _ask_again(case: Case, agent: User) -> None:
        """What is needed or where is not known yet: a call is owed."""
        due_at = timezone.now() + CALL_BACK_IN
        callbacks.schedule(
            line=case.line, kind=Callback.Kind.CLARIFY, due_at=due_at, case=case, reason="地址和需要没有说全"
        )
        steps.set_next(case, case.next_step, Case.Owner.TIMER, due_at, by=agent, reason="a call-back was agreed")


def form(words: str, number: str, case: Case | None = None) -> dict[str, Any]:
    """The intake form as an agent fills it from what was said; what the case knows already stays."""
    from cases.desk import prefill

    reading = triage.read(words, at=timezone.now())
    fresh: dict[str, Any] = {"words": words, "caller": {"number": number}, "for_whom": "caller"}
    filled = prefill.from_case(case) if case else fresh
    lines = [
        {
            "item": line.item,
            "specification": line.specification,
            "quantity": str(line.quantity or ""),
            "unit": line.unit,
            "left_until": reading.supply_ends_at.isoformat() if reading.supply_ends_at else "",
        }
        for line in reading.needs
    ]
    known = [line for line in filled.get("needs") or [] if line.get("item")]
    return filled | {
        "category": filled.get("category") or triage.suggest(words).category,
        "needs": known or lines,
        "address": _address(words, filled.get("address") or {}),
        "household": sorted({*(filled.get("household") or []), *reading.vulnerabilities}),
        "version": "",
    }


def _address(words: str, known: dict[str, str]) -> dict[str, str]:
    named = [c for c in Community.objects.only("id", "name") if c.name in words]
    if known.get("community") or not named:
        return known
    building, room = addresses.BUILDING.search(words), addresses.ROOM.search(words)
    return known | {
        "community": str(max(named, key=lambda c: len(c.name)).pk),
        "building": building[1] if building else "",
        "room": room[1] if room else "",
        "said": words[:300],
    }


def _number_of(case: Case) -> str:
    phone = (case.reporter or case.person).phones.order_by("-preferred", "id").first()
    return str(phone.number) if phone else ""


def _callback_of(call: Call) -> Callback | None:
    kind, _colon, pk = call.topic.partition(":")
    return Callback.objects.filter(pk=int(pk)).first() if kind == "callback" and pk.isdecimal() else None
