"""What comes in while the city writes all at once: 100 signed webhooks of texts a second for a minute, through the running web.

The loopback carrier sends them at their times whether or not earlier ones have been answered (an open loop), the worker takes
them meanwhile and its receipts bring delivery reports on top. The carrier's log says how long each answer took; afterwards its
texts and the rows of the database are compared id by id. Beside it, in the same run: a webhook that does nothing, and bare
PostgreSQL that only inserts the same rows.
"""

import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psutil
import psycopg

from bench.harness import Report, options, percentile
from tests.stack import Stack, running
from tests.waiting import until

RATE = 100
PROGRAMS = ("web", "carrier", "postgres", "worker", "valkey")
SAID = ("MessageSid", "From", "To", "Body")  # what a row must have exactly as the carrier's log has it
WORDS = (
    "我爸的胰岛素明天就没有了，浦东新区",
    "宝宝六个月，奶粉只够今天",
    "老人一个人住，没有菜了",
    "状态",
    "谢谢",
    "地址是三号楼502",
    "My mother needs her blood pressure medicine",
)
BARE = """
    insert into hotline_inboundevent (carrier, kind, sid, status, number, payload, state, attempts, error, received_at)
    values ('bare', 'message', %s, '', '+8613800000000', '{}', 'processed', 0, '', now())
    on conflict do nothing
"""


def main() -> int:
    quick = options(__doc__ or "").quick
    seconds, people = (4, 60) if quick else (60, 1_000)
    report = Report("webhooks", quick=quick)
    with running(LOG_LEVEL="WARNING") as stack:
        os.environ |= stack.environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings"}
        import django

        django.setup()
        for _ in range(10):  # until the processes are warm
            _nothing(stack)
        measure(stack, report, seconds, people, patience=10 if quick else 120)
        bare = _bare(100 if quick else 3_000)
        nothing = [_nothing(stack) for _ in range(100 if quick else 1_000)]
        name = f"answer to a text's webhook at {RATE} a second, p99"
        report.baseline(name, percentile(nothing, 99) * 1000, "ms", "a page that does nothing, one at a time, same run")
        report.baseline(name, percentile(bare, 99) * 1000, "ms", "bare insert, one at a time, same run")
    return report.write()


def measure(stack: Stack, report: Report, seconds: int, people: int, patience: float) -> None:
    """Lets the texts come, gives the worker some time for them, compares."""
    from hotline.models import InboundEvent, Message

    asked, start = write(stack, seconds, people)
    before, noted = stack.carrier.last_seq(), _noted(stack)
    _sleep_until(start)
    worked = _processor_seconds(stack)
    _sleep_until(start + timedelta(seconds=seconds))
    until(lambda: _noted(stack)["webhook"] - noted["webhook"] >= asked, "every webhook", 240)
    ended, worked_after = time.monotonic(), _processor_seconds(stack)
    each = asked + _noted(stack)["callback"] - noted["callback"]
    answered = stack.carrier.log(before, "webhook")
    times = [entry["milliseconds"] / 1000 for entry in answered]
    report.figure("texts written", asked, "")
    report.figure(f"answer to a text's webhook at {RATE} a second, p50", percentile(times, 50) * 1000, "ms")
    report.figure(
        f"answer to a text's webhook at {RATE} a second, p99", percentile(times, 99) * 1000, "ms", target="< 150"
    )
    for name, seconds_worked in worked_after.items():
        target = "< 6" if name == "web" else None
        spent = (seconds_worked - worked[name]) / each * 1000
        report.figure(f"processor time of the {name} for each webhook", spent, "ms", target)
    report.figure("webhooks not answered with 200", sum(e["status"] != 200 for e in answered), "", target="== 0")
    log = {entry["params"]["MessageSid"] for entry in answered}
    told = {tuple(entry["params"][name] for name in SAID) for entry in answered}
    rows = InboundEvent.objects.filter(kind="message").values_list(*(f"payload__{name}" for name in SAID))
    report.figure(
        "texts of the carrier's log without a row, and rows without a text", len(told ^ set(rows)), "", "== 0"
    )
    report.figure("rows more than texts", rows.count() - len(told), "", "== 0")
    waiting = InboundEvent.objects.filter(state__in=["received", "failed"])
    try:
        until(lambda: not waiting.exists(), "every text to be taken", patience)
    except AssertionError:
        print(f"{waiting.count()} not taken after {patience:g} s", flush=True)
    # first those that wait, then those taken: one that is taken meanwhile is in both, none in neither
    left = set(waiting.filter(kind="message").values_list("sid", flat=True))
    taken = set(Message.objects.filter(direction="in", state="handled").values_list("sid", flat=True))
    report.figure("seconds after the last text", time.monotonic() - ended, "s")
    report.figure("texts that still waited then", len(left - taken), "")
    report.figure("texts neither taken nor waiting", len(log - taken - left), "", target="== 0")
    report.figure("texts taken that nobody wrote", len(taken - log), "", target="== 0")
    reports = [entry["milliseconds"] / 1000 for entry in stack.carrier.log(before, "callback")]
    if reports:
        report.figure("delivery reports on top", len(reports), "")
        report.figure("answer to a delivery report, p99", percentile(reports, 99) * 1000, "ms")


def write(stack: Stack, seconds: int, people: int) -> tuple[int, datetime]:
    """Tells the carrier who will write what and when: RATE texts in each second, from a moment soon. How many, and when."""
    draw = random.Random(7)
    asked = RATE * seconds
    start = datetime.now(UTC) + timedelta(seconds=3 + asked / 200)

    def one(client: httpx.Client, n: int) -> None:
        number = f"+86138{draw.randrange(people):08d}"
        said: dict[str, Any] = {"from": number, "to": stack.number, "body": draw.choice(WORDS)}
        said["at"] = (start + timedelta(seconds=n / RATE)).isoformat()
        client.post("/loopback/messages", json=said).raise_for_status()

    with (
        httpx.Client(base_url=stack.carrier.base_url, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(4) as by,
    ):
        list(by.map(lambda n: one(client, n), range(asked)))
    if datetime.now(UTC) > start:
        print("the texts were late: their first seconds come at once", flush=True)
    return asked, start


def _sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _noted(stack: Stack) -> Counter[str]:
    """How many of each kind the carrier's log has: asked for instead of the log itself, which would keep the carrier busy."""
    return Counter(stack.carrier.stats()["log"])


def _processor_seconds(stack: Stack) -> dict[str, float]:
    """What each program has worked so far: unlike a time on the clock, hardly changed by what else the machine does."""
    worked = {name: sum(_of_family(pid) for pid in stack.pids(name)) for name in PROGRAMS}
    return worked | {"measurement": time.process_time()}


def _of_family(pid: int) -> float:
    """Of a process and what it started."""
    first = psutil.Process(pid)
    times = [each.cpu_times() for each in (first, *first.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _nothing(stack: Stack) -> float:
    began = time.monotonic()
    httpx.get(f"{stack.web}/healthz", trust_env=False).raise_for_status()
    return time.monotonic() - began


def _bare(rows: int) -> list[float]:
    taken = []
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for n in range(rows):
            began = time.monotonic()
            connection.execute(BARE, [f"bare{n}"])
            taken.append(time.monotonic() - began)
    return taken


if __name__ == "__main__":
    sys.exit(main())
