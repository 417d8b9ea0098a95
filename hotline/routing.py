"""Who talks to whom: the most urgent caller who has waited longest, and of the free agents who can, the one free longest.

Each offer is one transaction: the call's row and the agent's presence change together or not at all. The desk phone is rung
after the commit by a task; if that task dies the offer runs out and the caller, who has kept the place, is offered again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import languages, live, phones, presence
from hotline.call_lifecycle import CALL
from hotline.locks import hold
from hotline.models import AgentSkill, Call, CallLeg, Presence, User
from hotline.wake import wake

if TYPE_CHECKING:
    from collections.abc import Iterable

C, P = Call.State, Presence.State
MOST_PASSED_OVER = 50  # callers for whom nobody who is free can do anything
MOST_AGENTS = 300
MOST_COUNTED = 500  # of those who wait, when somebody asks for the place
# While a call is in one of these a desk phone is rung for it; for a leg with an aim, while they talk.
RUNG = {False: (C.OFFERED, C.RINGING), True: (C.OFFERED, C.CONNECTED)}
ENDED = ("completed", "busy", "no-answer", "canceled", "failed")


def offer_soon() -> None:
    """Somebody waits or somebody came free: look after commit."""
    from hotline.tasks import offer_waiting

    wake(offer_waiting)


def in_order(line_id: int | None = None) -> QuerySet[Call]:
    """Those who wait, in the order in which they are served."""
    waiting = Call.objects.filter(state=C.WAITING)
    if line_id:
        waiting = waiting.filter(line_id=line_id)
    return waiting.order_by("level", Coalesce("place_at", "waiting_since"), "id")


def offer_waiting() -> int:
    """Offers as many waiting callers as there are free agents for them; returns how many were offered.

    Each is looked for anew: whoever came meanwhile and is more urgent comes first.
    """
    offered, nobody_for = 0, set[int]()
    while len(nobody_for) < MOST_PASSED_OVER and Presence.objects.filter(state=P.AVAILABLE).exists():
        with transaction.atomic():
            hold("routing")  # two at once would offer the same agent two callers
            call = in_order().exclude(pk__in=nobody_for).first()
            if call is None:
                break
            if offer(call.pk):
                offered += 1
            else:
                nobody_for.add(call.pk)
    return offered


def offer(call_id: int) -> bool:
    """Offers one waiting caller to the best free agent; False when nobody is free who can."""
    from hotline.tasks import ring_desk

    with transaction.atomic():
        hold("routing")
        call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("skill", "line").get(pk=call_id)
        if call.state != C.WAITING:
            return False
        agent = best_free_agent(call)
        if agent is None or not presence.change(agent, P.RINGING, sources=(P.AVAILABLE,)):
            return False
        CALL.apply(call, "offer", agent=agent, offered_at=timezone.now())
        leg = CallLeg.objects.create(call=call, party=CallLeg.Party.AGENT, user=agent)
        live.publish(f"desk:{agent.pk}", "ringing", call=call.pk)
        wake(ring_desk, leg.pk)
        return True


def best_free_agent(call: Call) -> User | None:
    """Free, alive, able: the highest level in the subject, then in the language, then free longest.

    Not one who has just turned the caller down. A caller for whom nobody on duty is able, or who has waited for one long
    enough, goes to whoever is free: an interpreter or a colleague can be brought in, a caller whom nobody is ever offered not.
    """
    now = timezone.now()
    alive = now - timedelta(seconds=settings.PRESENCE_TIMEOUT_SECONDS)
    refused = CallLeg.objects.filter(
        call=call, user=OuterRef("user"), ended_at__gte=now - timedelta(seconds=settings.REFUSAL_SECONDS)
    )
    free = list(
        Presence.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(phones.reachable(), state=P.AVAILABLE, heartbeat_at__gte=alive, user__is_active=True)
        .filter(practice=call.line.practice)
        .filter(~Exists(refused))
        .select_related("user")
        .order_by("since")[:MOST_AGENTS]
    )
    subjects, tongues = _skills_of([row.user_id for row in free])
    able = [row for row in free if _can_take(call, subjects.get(row.user_id, {}), tongues.get(row.user_id, {}))]
    if free and not able and not _is_worth_waiting(call):
        able = free
    wanted = call.skill.slug if call.skill else ""

    def rank(row: Presence) -> tuple[int, int]:
        spoken = languages.wished(call.language, call.dialect, tongues.get(row.user_id, {}))
        return -subjects.get(row.user_id, {}).get(wanted, 0), -spoken

    able.sort(key=rank)  # stable: free longest among equals
    return able[0].user if able else None


def _is_worth_waiting(call: Call) -> bool:
    """Whether somebody on duty could take this caller after the present one, and the caller has not waited long for it."""
    long_ago = timezone.now() - timedelta(seconds=settings.WAIT_FOR_SKILL_SECONDS)
    return (call.waiting_since or call.started_at) > long_ago and bool(_who_can(call))


def _who_can(call: Call) -> list[int]:
    """Everybody on duty with the caller's subject and language, busy or free."""
    users = list(presence.on_duty(practice=call.line.practice).values_list("user_id", flat=True))
    subjects, tongues = _skills_of(users)
    return [user for user in users if _can_take(call, subjects.get(user, {}), tongues.get(user, {}))]


Skills = dict[int, dict[str, int]]


def _skills_of(users: list[int]) -> tuple[Skills, Skills]:
    """Levels of subjects and of languages by user and slug."""
    subjects: Skills = {}
    tongues: Skills = {}
    rows = AgentSkill.objects.filter(user__in=users).values_list("user_id", "skill__kind", "skill__slug", "level")
    for user, kind, slug, level in rows:
        (subjects if kind == "subject" else tongues).setdefault(user, {})[slug] = level
    return subjects, tongues


def _can_take(call: Call, subjects: dict[str, int], tongues: dict[str, int]) -> bool:
    """Has the subject asked for (whoever has no subject noted takes any), and speaks the caller's language."""
    knows = call.skill is None or not subjects or call.skill.slug in subjects
    return knows and languages.spoken(call.language, tongues)


def ring_desk(leg_id: int) -> None:
    """Rings the desk phone of an offered caller's agent, or of one who dials out."""
    from django.urls import reverse

    from hotline.carriers.twilio import accounts
    from hotline.carriers.twilio import client as carrier

    leg = CallLeg.objects.select_related("call__line", "user").get(pk=leg_id)
    if leg.sid or leg.ended_at or leg.user is None or leg.call.state not in RUNG[bool(leg.aim)]:
        return
    try:
        with accounts.of(leg.call.line):
            sid = carrier.place_call(
                to=phones.address(leg.user, leg.call.line),
                from_=str(leg.call.line.number),
                answer_path=reverse("line:agent-answers", args=[leg.pk]),
                status_path=reverse("line:leg-status", args=[leg.pk]),
                ring_seconds=settings.RING_SECONDS,
            )
    except carrier.AnswerLost:
        return  # it may be ringing: its own reports tell, else the offer runs out
    except carrier.CarrierError:
        agent_leg_ended(leg_id, "failed")
        return
    CallLeg.objects.filter(pk=leg_id, sid="").update(sid=sid, status="ringing")


def agent_answers(leg_id: int, sid: str) -> Call | None:
    """The desk phone was picked up: they are connected, unless the caller is gone. Returns the call to join, or None."""
    from hotline import calls

    with transaction.atomic():
        leg = held_leg(leg_id)
        call = leg.call
        CallLeg.objects.filter(pk=leg_id).update(sid=sid, status="in-progress", answered_at=timezone.now())
        if call.state == C.CONNECTED and call.agent_id == leg.user_id:
            return call
        if call.state != C.OFFERED or call.agent_id != leg.user_id:
            return None
        calls.connected(call)
        return call


def agent_leg_ended(leg_id: int, status: str) -> None:
    """A desk phone's leg is over: not picked up, turned down, or hung up after the talk."""
    from hotline import calls, outgoing, supervision, transfer

    with transaction.atomic():
        leg = held_leg(leg_id)
        if leg.ended_at:
            return
        CallLeg.objects.filter(pk=leg_id).update(status=status[:15], ended_at=timezone.now())
        call, agent = leg.call, leg.user
        if agent is None or call.legs.filter(party=leg.party, user=agent, pk__gt=leg.pk).exists():
            return  # said late: they are on this call with a newer leg
        if call.agent_id != agent.pk:
            if leg.party == CallLeg.Party.SUPERVISOR:
                supervision.left(leg)
            elif leg.aim == CallLeg.Aim.ASKED and call.state == C.CONNECTED:
                transfer.colleague_left(leg)
            return
        if call.state == C.OFFERED:
            # who does not pick up is away: the next caller must not ring into an empty room
            presence.change(agent, P.BREAK, sources=(P.RINGING,), reason=presence.NO_ANSWER)
            back_in_line(call)
        elif call.state == C.RINGING and call.direction == Call.Direction.OUT:
            outgoing.agent_not_there(call)
        elif call.state == C.CONNECTED and not transfer.agent_left(call):
            calls.ended(call)


def decline(call: Call, agent: User, reason: str) -> None:
    """The agent turns the offered caller down, with a reason; the caller keeps the place. Raises presence.NotNow."""
    with transaction.atomic():
        leg = CallLeg.objects.filter(call=call, user=agent, party=CallLeg.Party.AGENT, ended_at=None).first()
        if leg is None:
            raise presence.NotNow(_("The caller is no longer offered to you."))
        leg = held_leg(leg.pk)
        call = leg.call
        if call.state != C.OFFERED or call.agent_id != agent.pk:
            raise presence.NotNow(_("The caller is no longer offered to you."))
        CallLeg.objects.filter(pk=leg.pk).update(status="canceled", ended_at=timezone.now())
        presence.change(agent, P.AVAILABLE, sources=(P.RINGING,))
        back_in_line(call, reason=reason)
        end_soon([leg])


def back_in_line(call: Call, reason: str = "") -> None:
    """An offered caller waits again, in the old place."""
    CALL.apply(call, "return", agent=None, offered_at=None)
    Call.objects.filter(pk=call.pk).update(reason=reason[:100])
    live.publish("line", "waiting")
    offer_soon()


def withdraw(call: Call) -> None:
    """The caller is gone while a desk phone rings: it stops ringing and the agent is free again."""
    legs = list(CallLeg.objects.filter(call=call, party=CallLeg.Party.AGENT, ended_at=None).select_related("user"))
    for leg in legs:
        CallLeg.objects.filter(pk=leg.pk).update(status="canceled", ended_at=timezone.now())
        if leg.user:
            presence.change(leg.user, P.AVAILABLE, sources=(P.RINGING,))
    end_soon(legs)
    offer_soon()


def end_soon(legs: Iterable[CallLeg]) -> None:
    """Ends these legs at the carrier after commit."""
    from hotline.tasks import end_leg

    for leg in legs:
        wake(end_leg, leg.pk)


def held_leg(leg_id: int) -> CallLeg:
    """The leg with its call's number and row held, in the order every writer takes them."""
    from hotline.locks import hold_number

    found = CallLeg.objects.select_related("call").get(pk=leg_id)
    hold_number(found.call.number)
    call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line").get(pk=found.call_id)
    leg = CallLeg.objects.select_related("user").get(pk=leg_id)
    leg.call = call
    return leg


def expire_offers() -> int:
    """Sweep: offers nobody answered and no report ended (a task died, a report was lost)."""
    before = timezone.now() - timedelta(seconds=settings.RING_SECONDS + 15)
    stale = Call.objects.filter(state=C.OFFERED, offered_at__lt=before).values_list("pk", flat=True)
    expired = 0
    for call_id in list(stale):
        for leg_id in CallLeg.objects.filter(call=call_id, party="agent", ended_at=None).values_list("pk", flat=True):
            agent_leg_ended(leg_id, "no-answer")
            expired += 1
    return expired


def ahead_of(call: Call) -> int:
    """How many waiting callers are served before this one."""
    order = list(in_order(call.line_id).values_list("pk", flat=True)[:MOST_COUNTED])
    return order.index(call.pk) if call.pk in order else 0


def expected_wait_minutes(call: Call) -> int | None:
    """An honest estimate: callers ahead times the usual handling time over the agents on duty; None when nobody is.

    Who needs a subject or a language that few have waits for those few: the longer of the two waits is told.
    """
    agents = presence.on_duty(practice=call.line.practice).count()
    if not agents:
        return None
    waits = [(ahead_of(call) + 1) / agents]
    if few := len(_who_can(call)):
        alike = in_order(call.line_id).filter(skill=call.skill, language=call.language).values_list("pk", flat=True)
        order = list(alike[:MOST_COUNTED])
        waits.append(((order.index(call.pk) if call.pk in order else 0) + 1) / few)
    recent = Call.objects.filter(direction="in", connected_at__isnull=False, ended_at__isnull=False).order_by("-id")[
        :30
    ]
    times = [(c.ended_at - c.connected_at).total_seconds() for c in recent if c.ended_at and c.connected_at]
    usual = (sum(times) / len(times) if times else 180.0) + settings.WRAP_UP_SECONDS
    return max(1, round(max(waits) * usual / 60))
