"""Two hundred agents and six hundred callers over ten minutes of carrier time, speeded up, on the whole running system.

Callers dial at random times, press a key, wait, talk and hang up as people do; some give up. Afterwards the rows of the calls
are asked: had no caller two agents and no agent two callers, were the most urgent and then the longest waiting served first,
has everybody who gave up a call-back? The baseline is what Erlang C and Erlang A expect of the same load.
"""

import os
import random
import sys
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from bench.harness import Report, options, percentile
from tests.stack import Stack, running
from tests.waiting import until

TALK_SECONDS, PATIENCE_SECONDS, WRAP_UP_SECONDS = 150.0, 180.0, 30.0
LONGEST_TALK = 600.0  # of a hundred talks two are cut off there, and nobody waits half an hour for the last one
WITHIN_SECONDS = 20.0  # the usual service level
URGENT_EVERY = 12  # one caller of so many is known with an open case of level 1
GRACE = timedelta(seconds=1)  # two who came within a second of an offer may be taken in either order


def main() -> int:
    quick = options(__doc__ or "").quick
    agents, callers, minutes, speed = (40, 30, 3, 20.0) if quick else (200, 600, 10, 2.5)
    report = Report("callers", quick=quick)
    with running(
        LOG_LEVEL="WARNING",
        WRAP_UP_SECONDS=str(WRAP_UP_SECONDS / speed),
        PRESENCE_TIMEOUT_SECONDS="3600",
        RING_SECONDS="120",
    ) as stack:
        os.environ |= stack.environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings"}
        import django

        django.setup()
        stack.carrier.settings(speed=speed)
        on_duty(stack, agents)
        numbers = play(stack, callers, minutes * 60 / speed)
        judge(report, numbers, agents, minutes, speed)
        report.figure(
            "violations of the invariants", stack.manage("check_integrity", check=False).returncode, "", "== 0"
        )
    return report.write()


def on_duty(stack: Stack, count: int) -> None:
    """Agents at their desks, each picking up within a second or two."""
    from hotline import presence
    from hotline.models import User

    agents = list(User.objects.filter(role="agent").exclude(desk_phone="").order_by("pk")[:count])
    stack.carrier.behave([a.desk_phone for a in agents], voice="answer", after=1.5)
    for agent in agents:
        agent.agent_skills.all().delete()  # everybody takes everything: the prediction knows one queue
        presence.go_available(agent)


def play(stack: Stack, count: int, seconds: float) -> list[str]:
    """Everybody calls once, at random times; returns their numbers when the last one is served or gone."""
    from hotline.models import Call

    draw = random.Random(11)
    numbers = [f"+86137{n:08d}" for n in range(count)]
    urgent = numbers[::URGENT_EVERY]
    for number in urgent:
        stack.phone(number).text(stack.number, "我爸胸口痛得厉害，喘不上气")
    from cases.models import Case

    until(lambda: Case.objects.filter(person__phones__number__in=urgent).count() == len(urgent), "urgent cases", 120)
    for number in numbers:
        stack.phone(number).behave(
            press=["1"],
            talk=min(LONGEST_TALK / (2 if count < 100 else 1), draw.expovariate(1 / TALK_SECONDS)),
            patience=draw.expovariate(1 / PATIENCE_SECONDS),
        )
    begun = time.monotonic()
    for at, number in sorted((draw.uniform(0, seconds), number) for number in numbers):
        time.sleep(max(0.0, begun + at - time.monotonic()))
        stack.phone(number).dial(stack.number)
    over = ("completed", "abandoned", "callback_asked", "voicemail", "wrap_up", "failed")
    until(lambda: Call.objects.filter(direction="in", state__in=over).count() >= count, "everybody served or gone", 600)
    return numbers


def judge(report: Report, numbers: list[str], agents: int, minutes: float, speed: float) -> None:
    from cases.models import Callback
    from hotline.models import Call, CallLeg
    from hotline.staffing import erlang_a, erlang_c

    calls = list(Call.objects.filter(direction="in", number__in=numbers).order_by("id"))
    answered = [c for c in calls if c.connected_at]
    gone = [c for c in calls if c.state == "abandoned" and c.waiting_since]
    waits = [(c.connected_at - c.waiting_since).total_seconds() * speed for c in answered]
    in_time = sum(wait <= WITHIN_SECONDS for wait in waits)
    talked = CallLeg.objects.filter(call__in=calls, party="agent", answered_at__isnull=False)
    with_agents = list(talked.values_list("call", "user"))
    left_alone = [c for c in calls if c.state in ("abandoned", "voicemail", "callback_asked")]
    report.figure("callers", len(calls), "")
    report.figure("answered", len(answered), "")
    report.figure("gave up", len(gone), "")
    report.figure("callers with two agents", len(with_agents) - len({call for call, _user in with_agents}), "", "== 0")
    report.figure("agents with two callers at once", _overlaps(answered), "", target="== 0")
    report.figure("offered past somebody more urgent or longer waiting", _out_of_order(calls), "", target="== 0")
    owed = set(Callback.objects.filter(kind="missed_call").values_list("number", flat=True))
    served_later = {c.number for c in answered}
    unserved = {c.number for c in left_alone} - owed - served_later
    report.figure("reached nobody and owed no call", len(unserved), "", target="== 0")
    report.figure("callers of whom there is no call", len(set(numbers) - {c.number for c in calls}), "", target="== 0")
    level = in_time / max(1, len(answered) + len(gone))
    report.figure(f"service level ({WITHIN_SECONDS:g} s, carrier time)", level * 100, "%")
    report.figure("wait of those answered, mean", sum(waits) / max(1, len(waits)), "s")
    report.figure("wait of those answered, p95", percentile(waits, 95), "s")
    handling = _mean([(c.ended_at - c.connected_at).total_seconds() * speed for c in answered]) + WRAP_UP_SECONDS
    load = len(calls) / minutes * 60
    patient, impatient = (
        erlang_c(agents, load, handling, WITHIN_SECONDS),
        erlang_a(agents, load, handling, PATIENCE_SECONDS, WITHIN_SECONDS),
    )
    name = f"service level ({WITHIN_SECONDS:g} s, carrier time)"
    report.baseline(name, patient.service_level * 100, "%", "Erlang C for the same load and handling time")
    report.baseline(name, impatient.service_level * 100, "%", "Erlang A with the callers' patience")


def _overlaps(calls: list[Any]) -> int:
    """Pairs of calls of one agent that overlap in time."""
    by_agent: dict[int, list[tuple[datetime, datetime]]] = {}
    for call in calls:
        by_agent.setdefault(call.agent_id, []).append((call.connected_at, call.ended_at))
    return sum(later[0] < earlier[1] for spans in by_agent.values() for earlier, later in pairwise(sorted(spans)))


def _out_of_order(calls: list[Any]) -> int:
    """Offers made while somebody who comes first in the order had been waiting and was not offered."""
    wrong = 0
    for offered in (c for c in calls if c.offered_at):
        at = offered.offered_at
        for other in calls:
            first = (other.level, other.waiting_since or at) < (offered.level, offered.waiting_since)
            waited = other.waiting_since and other.waiting_since < at - GRACE
            still = (other.offered_at or other.ended_at or at) > at + GRACE and (other.ended_at or at) > at + GRACE
            wrong += bool(other.pk != offered.pk and first and waited and still)
    return wrong


def _mean(values: list[float]) -> float:
    return sum(values) / max(1, len(values))


if __name__ == "__main__":
    sys.exit(main())
