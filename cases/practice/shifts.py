"""A practice shift from its start to its end: who is in it, when the next caller dials, when it is over."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.demo import scenario
from cases.demo.telephones import Telephones
from cases.models import Category, PracticeCaller, PracticeShift
from cases.practice import marking
from hotline import calls, calls_in, live, practice, presence
from hotline.models import Call, Presence, User
from hotline.presence import NotNow

log = logging.getLogger(__name__)
P = Presence.State
MOST_CALLERS = 20  # for each trainee
GIVES_UP_SECONDS, LONGEST_TALK_SECONDS = 600, 1800
SHORTEST_WORDS = 25  # somebody who only says "are you there?" teaches little
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
ON_THE_WAY = (Call.State.RINGING, Call.State.MENU, Call.State.WAITING, Call.State.OFFERED)
LOST_AFTER = timedelta(seconds=60)  # a caller whose call never came to us


def open_one() -> PracticeShift | None:
    return PracticeShift.objects.filter(is_open=True).first()


def start(by: User, trainees: Sequence[User], callers: int) -> PracticeShift:
    """Begins a shift with so many callers for each trainee; raises NotNow."""
    if not practice.is_offered() or not _telephones().is_practice():
        raise NotNow(_("The practice carrier does not answer."))
    if not trainees:
        raise NotNow(_("Choose who practises."))
    line = practice.line()
    said = _said(len(trainees) * max(1, min(callers, MOST_CALLERS)))
    try:
        with transaction.atomic():
            shift = PracticeShift.objects.create(by=by)
            shift.trainees.set(trainees)
            for position, request in enumerate(said, start=1):
                _caller(shift, position, request)
            for trainee in trainees:
                _enter(trainee)
    except IntegrityError as error:
        raise NotNow(_("A practice shift is open already.")) from error
    log.info("practice shift %s started on line %s: %d callers", shift.pk, line.pk, len(said))
    return shift


def _said(count: int) -> list[scenario.Request]:
    """So many requests of the scenario, from a place that moves on with each shift."""
    fitting = [r for r in scenario.read(Path(settings.PRACTICE_SCENARIO)) if len(r.body) >= SHORTEST_WORDS]
    if not fitting:
        raise NotNow(_("The scenario has no callers."))
    begin = sum(shift.callers.count() for shift in PracticeShift.objects.all()[:50])
    return [fitting[(begin + n) % len(fitting)] for n in range(count)]


def _caller(shift: PracticeShift, position: int, request: scenario.Request) -> PracticeCaller:
    number = f"{practice.NUMBERS}{shift.pk % 100_000:05d}{position:04d}"
    return PracticeCaller.objects.create(
        shift=shift,
        position=position,
        number=number,
        words=request.body,
        wanted=request.wanted,
        level=marking.expected_level(request.body, number),
    )


def _enter(trainee: User) -> None:
    """Off duty for what is real, and in practice, on a break until they say that they are ready."""
    presence.sign_off(trainee)
    if not Presence.objects.filter(user=trainee, state=P.OFFLINE).update(practice=True):
        raise NotNow(_("%(agent)s is on a call.") % {"agent": trainee})
    presence.change(trainee, P.BREAK, sources=(P.OFFLINE,), reason="training")
    presence.beat(trainee)


def _leave(trainee: User) -> None:
    presence.change(trainee, P.OFFLINE, sources=tuple(P))
    Presence.objects.filter(user=trainee).update(practice=False)
    live.publish(f"desk:{trainee.pk}", "presence")


def end(shift: PracticeShift) -> None:
    """Ends what still goes on, and everybody is out of practice. Ending it twice is fine."""
    if not PracticeShift.objects.filter(pk=shift.pk, is_open=True).update(is_open=False, ended_at=timezone.now()):
        return
    for call in Call.objects.filter(line__practice=True, state__in=Call.LIVE).select_related("agent"):
        if call.state == Call.State.CONNECTED and call.agent:
            calls.hang_up(call, call.agent)
        else:
            calls_in.hung_up(call.sid)
            calls.end_legs(call.pk)
    for trainee in shift.trainees.all():
        calls.wrap_up_done(trainee)
        _leave(trainee)
    log.info("practice shift %s ended", shift.pk)


def go_on() -> int:
    """Sweep: the next callers dial when somebody is free for them, and a shift whose callers have all been served ends."""
    shift = open_one()
    if shift is None:
        return 0
    callers = list(shift.callers.select_related("call"))
    _find_calls(callers)
    waiting = sum(_is_on_the_way(caller) for caller in callers)
    free = Presence.objects.filter(practice=True, state=P.AVAILABLE).count()
    left = [caller for caller in callers if caller.dialled_at is None]
    dialled = sum(_dial(caller) for caller in left[: max(0, free - waiting)])
    if not left and not waiting and all(_is_over(caller) for caller in callers):
        end(shift)
    return dialled


def _find_calls(callers: Iterable[PracticeCaller]) -> None:
    """Which call of ours is whose; numbers are used once."""
    unknown = {caller.number: caller for caller in callers if caller.dialled_at and caller.call_id is None}
    for call in Call.objects.filter(line__practice=True, number__in=unknown):
        unknown[call.number].call = call
        PracticeCaller.objects.filter(pk=unknown[call.number].pk).update(call=call)


def _is_on_the_way(caller: PracticeCaller) -> bool:
    if caller.dialled_at is None:
        return False
    if caller.call is None:
        return caller.dialled_at > timezone.now() - LOST_AFTER
    return caller.call.state in ON_THE_WAY


def _is_over(caller: PracticeCaller) -> bool:
    return caller.call is None or caller.call.state not in (*Call.LIVE, Call.State.WRAP_UP)


def _dial(caller: PracticeCaller) -> bool:
    """Claims the caller and lets the practice carrier's telephone dial."""
    claimed = PracticeCaller.objects.filter(pk=caller.pk, dialled_at=None).update(dialled_at=timezone.now())
    if not claimed:
        return False
    key = Category.objects.filter(slug=caller.wanted).values_list("menu_key", flat=True).first() or "1"
    habits: dict[str, Any] = {
        "press": [key],
        "speak": [part.strip() for part in SENTENCE.findall(caller.words) if part.strip()],
        "patience": GIVES_UP_SECONDS,
        "talk": LONGEST_TALK_SECONDS,
    }
    try:
        _telephones().dial(caller.number, str(practice.line().number), **habits)
    except httpx.HTTPError as error:
        log.warning("practice caller %s did not dial: %s", caller.pk, type(error).__name__)
        PracticeCaller.objects.filter(pk=caller.pk).update(dialled_at=None)
        return False
    return True


def connected(call: Call) -> None:
    """A trainee and a simulated caller talk."""
    waited = (call.connected_at - call.offered_at).total_seconds() if call.connected_at and call.offered_at else None
    PracticeCaller.objects.filter(number=call.number).update(call=call, trainee=call.agent, answered_seconds=waited)
    if call.agent_id:
        live.publish(f"desk:{call.agent_id}", "connected", call=call.pk)


def pick_up(trainee: User) -> None:
    """The trainee's telephone is on the page; raises NotNow when it does not ring."""
    try:
        if _telephones().pick_up(practice.phone_of(trainee)):
            return
    except httpx.HTTPError as error:
        raise NotNow(_("The practice carrier does not answer.")) from error
    raise NotNow(_("It does not ring any more."))


def heard(call: Call, trainee: User) -> list[str]:
    """What the caller has said into the trainee's telephone so far."""
    leg = call.legs.filter(user=trainee).exclude(sid="").order_by("-id").first()
    try:
        return _telephones().sentences(leg.sid) if leg else []
    except httpx.HTTPError:
        return []


def _telephones() -> Telephones:
    return Telephones(practice.carrier_url())
