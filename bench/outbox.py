"""Does each text reach its person once when the carrier misbehaves, and does the sender keep the carrier's pace when it does not?

2,000 texts (--quick: 150) through a running worker while of the carrier's answers 5 % are lost after it accepted, 5 % are a 500
and 5 % a 429, and of its reports 10 % come twice and 10 % out of order. Judged by the carrier's own log. Beside it, in the same
run and under the same faults: a sender without an outbox, which asks again until it gets an answer.
"""

import os
import sys
import time
from collections import Counter
from typing import Any

from bench.harness import Report, options
from tests.stack import Stack, running
from tests.waiting import until

FAULTS = [
    {"kind": "lost", "on": "messages.create", "probability": 0.05, "seed": 1},
    {"kind": "500", "on": "messages.create", "probability": 0.05, "seed": 2},
    {"kind": "429", "on": "messages.create", "probability": 0.05, "seed": 3, "seconds": 1},
    {"kind": "double", "on": "messages.status", "probability": 0.1, "seed": 4},
    {"kind": "shuffle", "on": "messages.status", "probability": 0.1, "seed": 5, "seconds": 2},
]
PASSING = ("queued", "sending", "unknown", "accepted", "sent")
ONCE = "texts that arrived twice"
PACE = 10  # a second: with the carrier, its reports and the database on the same two cores 20 is all there is


def main() -> int:
    quick = options(__doc__ or "").quick
    texts, clean, rate = (150, 50, 40) if quick else (2_000, 300, 20)
    report = Report("outbox", quick=quick)
    hasty = {"CARRIER_TIMEOUT_SECONDS": "2", "LOOK_UP_AFTER_SECONDS": "3"} if quick else {}
    with running(LOG_LEVEL="WARNING", **hasty) as stack:
        os.environ |= stack.environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings"}
        import django

        django.setup()
        from hotline.models import Line

        Line.objects.update(texts_per_second=PACE)
        keep_pace(report, clean, PACE)
        Line.objects.update(texts_per_second=rate)
        stack.carrier.set_faults(_early(FAULTS, texts) if quick else FAULTS)
        misbehave(stack, report, texts, patience=60 if quick else 600)
        stack.carrier.set_faults(FAULTS)
        naive(stack, report, min(texts, 400))
    return report.write()


def keep_pace(report: Report, texts: int, rate: float) -> None:
    """A carrier that does what it should: how much longer than its pace the sender takes."""
    from django.db import transaction

    from hotline.models import Message

    with transaction.atomic():  # the sender finds them all at once
        sent = _write("pace", texts)
    until(lambda: not sent.filter(state__in=PASSING).exists(), "every text to end", 60 + 3 * texts / rate)
    times = sorted(Message.objects.filter(pk__in=sent).values_list("sending_at", flat=True))
    took, wanted = (times[-1] - times[0]).total_seconds(), (texts - 1) / rate
    target = None if report.quick else "<= 1"  # a second or two say little
    report.figure(f"over the carrier's pace of {rate:g} a second", (took / wanted - 1) * 100, "%", target)


def _early(faults: list[dict[str, Any]], texts: int) -> list[dict[str, Any]]:
    """As many of them, soon after one another: nobody waits for a text that is unlucky four times, each wait longer."""
    return [
        rule | {"probability": 0.15, "count": round(texts * rule["probability"])}
        if rule["on"] == "messages.create"
        else rule
        for rule in faults
    ]


def misbehave(stack: Stack, report: Report, texts: int, patience: float) -> None:
    began = time.monotonic()
    sent = _write("fault", texts)
    try:
        until(lambda: not sent.filter(state__in=PASSING).exists(), "every text to end", patience)
    except AssertionError as error:
        print(error, flush=True)
    report.figure("texts written", texts, "")
    report.figure("seconds until the last ended", time.monotonic() - began, "s")
    arrived = _arrived("fault")
    report.figure("rows in a passing state at the end", sent.filter(state__in=PASSING).count(), "", target="== 0")
    report.figure("rows not delivered", sent.exclude(state="delivered").count(), "", target="== 0")
    report.figure("texts that did not arrive", texts - len(arrived), "", target="== 0")
    report.figure(ONCE, sum(n > 1 for n in arrived.values()), "", target="== 0")
    report.figure("answers lost", sum(entry["answer_lost"] for entry in stack.carrier.log(kind="rest")), "")
    found = stack.manage("check_integrity", check=False)
    report.figure("check_integrity", found.returncode, "", target="== 0")


def naive(stack: Stack, report: Report, texts: int) -> None:
    """The same carrier, asked again whenever no answer came."""
    from hotline.carriers.twilio import client as carrier

    for n in range(texts):
        while True:
            try:
                carrier.send_text(to=_number(n), from_=stack.number, body=f"naive {n}", status_path="/nowhere/")
                break
            except (carrier.AnswerLost, carrier.CarrierError):
                continue
    twice = sum(n > 1 for n in _arrived("naive").values())
    report.baseline(ONCE, twice, "", f"of {texts}, a sender that asks again, same run")


def _write(what: str, texts: int) -> Any:
    """So many texts to as many people, written as an agent's are; their rows."""
    from hotline import outbox
    from hotline.models import Line, Message, User

    line, author = Line.objects.get(), User.objects.filter(role="agent").first()
    for n in range(texts):
        outbox.send_text(
            line=line, number=_number(n), body=f"{what} {n}", topic=f"bench:{what}", key=str(n), author=author
        )
    return Message.objects.filter(topic=f"bench:{what}")


def _number(n: int) -> str:
    return f"+86137{n:08d}"


def _arrived(what: str) -> Counter[str]:
    """How often the carrier has each of these texts."""
    from hotline.carriers.twilio import client as carrier

    rows = carrier.client().messages.list(page_size=1000)
    return Counter(row.body for row in rows if row.direction == "outbound-api" and row.body.startswith(f"{what} "))


if __name__ == "__main__":
    sys.exit(main())
