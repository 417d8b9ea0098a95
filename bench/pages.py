"""How long the pages take that people open all day, when a million cases lie in the database.

The queue page, the search, the case page and the supervisors' board, each through the whole of Django with its templates, in
a database of 1,000,000 cases (40,000 open) with 3,000,000 texts and 1,000,000 calls; --quick: 50,000 cases. Beside each, in
the same run on the same server, the same content read plainly: counted in full, paged by offset, found by scanning.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.filled import OPEN_OF, Size, fill
from bench.harness import Report, percentile
from hotline.embedded import throwaway

TARGET_MS = 100
COLD_EVERY = 10  # so often the page finds nothing in the cache, which is oftener than in a day with many supervisors
AGENTS = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 45 seconds: 50,000 cases")
    parser.add_argument("--cases", type=int, help="how many cases, 1,000,000 when not said")
    chosen = parser.parse_args()
    size = Size(chosen.cases or (50_000 if chosen.quick else 1_000_000))
    for name in ("DATABASE_URL", "REDIS_URL"):  # never into a database that somebody uses
        os.environ.pop(name, None)
    with throwaway.services() as environment:
        os.environ |= environment | {
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "LOG_LEVEL": "WARNING",
            "STATIC_FILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }
        report = Report("pages", quick=chosen.quick)
        prepare(size)
        report.figure("cases", size.cases, "")
        report.figure("open cases", size.cases // OPEN_OF, "")
        report.figure("texts", size.texts, "")
        rounds = 40 if chosen.quick else 200
        for name, (view, plain) in pages(size).items():
            for n in range(3):  # these compile templates
                view(n)
            processor = time.process_time()
            report.timings(name, [view(n) for n in range(3, rounds + 3)], p95_below_ms=TARGET_MS)
            # tells a slow page from a busy machine
            report.figure(f"{name}, processor time of Django", (time.process_time() - processor) / rounds * 1000, "ms")
            report.baseline(f"{name}, p95", percentile(timed(plain, 5), 95) * 1000, "ms", "read plainly, same run")
        return report.write()


def prepare(size: Size) -> None:
    """The migrated database with so many cases in it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cases.models import Category
    from dispatch.city.load import load
    from hotline.models import User

    call_command("migrate", verbosity=0)
    line = load(people=False)
    agents = User.objects.bulk_create([User(username=f"agent{n}", role="agent") for n in range(AGENTS)])
    User.objects.create(username="supervisor", role="supervisor")
    categories = list(Category.objects.order_by("pk").values_list("pk", flat=True))
    connection.close()
    began = time.monotonic()
    fill(os.environ["DATABASE_URL"], size, line=line.pk, agents=[agent.pk for agent in agents], categories=categories)
    print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


Timed = Callable[[int], float]


def pages(size: Size) -> dict[str, tuple[Timed, Callable[[int], Any]]]:
    """Each page by its name: opening it for the n-th time in seconds, and the same content read plainly."""
    from django.core.cache import cache
    from django.test import Client
    from django.urls import reverse

    from cases.models import Category, District
    from hotline.models import User

    supervisor = Client(SERVER_NAME="localhost")
    supervisor.force_login(User.objects.get(username="supervisor"))
    draw = random.Random(5)
    slugs = [*Category.objects.values_list("slug", flat=True)]
    districts = [*District.objects.values_list("pk", flat=True)]
    following: list[str] = []

    def opened(url: str, *, cold: bool, **query: Any) -> float:
        if cold:
            cache.delete_many(["queue-review-counts", "wallboard:zh-hans", "wallboard:en"])
        began = time.perf_counter()
        answer = supervisor.get(url, query, headers={"accept-language": "zh-hans"})
        took = time.perf_counter() - began
        assert answer.status_code == 200, (url, query, answer.status_code)
        if answer.context and answer.context.get("next_from"):
            following[:] = [answer.context["next_from"]]
        return took

    def queue(n: int) -> float:
        ways: list[dict[str, Any]] = [
            {},
            {"category": draw.choice(slugs)},
            {"district": draw.choice(districts)},
            {"level": draw.choice("12345")},
            {"view": draw.choice(["late", "held", "agents", "ready"])},
            {"from": following[0]} if following else {},
        ]
        return opened(reverse("cases:queue"), cold=n % COLD_EVERY == 0, **ways[n % len(ways)])

    words = searched(size, draw)

    def case_page(n: int) -> float:
        pk = draw.randrange(1, size.cases + 1)
        pk -= pk % OPEN_OF if n % 2 else 0  # every other one is open
        return opened(reverse("cases:case", args=[str(100_000 + max(pk, 1))]), cold=False)

    plain = Plainly(size)
    return {
        "queue page": (queue, plain.queue),
        "search": (lambda n: opened(reverse("cases:search"), cold=False, q=next(words)), plain.search),
        "case page": (case_page, plain.case),
        "supervisors' board": (lambda n: opened(reverse("cases:wallboard"), cold=True), plain.board),
    }


def searched(size: Size, draw: random.Random) -> Iterator[str]:
    """What people look for, over and over: numbers, names, goods, places, rare and common."""
    from cases.models import Community, Resident

    communities = [*Community.objects.values_list("name", flat=True)[:50]]
    while True:
        name = Resident.objects.values_list("name", flat=True).get(pk=draw.randrange(1, size.cases + 1))
        yield name
        yield f"{draw.randrange(10_000):04d}"
        yield draw.choice(["胰岛素", "透析用药", "奶粉", "缬沙坦", "卡培他滨"])
        yield f"{name} {draw.choice(['胰岛素', '奶粉', '二甲双胍'])}"
        yield f"{draw.choice(communities)} 老人"
        yield f"{draw.choice(communities)} {draw.choice(['尿不湿', '甲状腺素片'])} 断药"
        yield "没有这样的药"


class Plainly:
    """The same content as anybody would read it first: no index made for it, no bound, a query per row."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def queue(self, n: int) -> Any:
        from cases.models import Case

        found = Case.objects.exclude(state__in=("closed", "cancelled", "duplicate", "unmet")).order_by(
            "level", "created_at"
        )
        found = found.filter(person__name__isnull=False)
        rows = found[n * 60 : n * 60 + 60]
        return found.count(), [
            (case.person.name, case.category and case.category.name, len(case.needs.all())) for case in rows
        ]

    def search(self, n: int) -> Any:
        from django.db.models import Q

        from cases.models import Case

        part = ["胰岛素", "王秀英", "奶粉", "4711", "透析"][n % 5]
        about = Q(words__icontains=part) | Q(person__name__icontains=part) | Q(needs__item__icontains=part)
        about |= Q(notes__text__icontains=part) | Q(person__phones__number__endswith=part)
        found = Case.objects.filter(about).distinct().order_by("-id")
        return found.count(), [case.person.name for case in found[:30]]

    def case(self, n: int) -> Any:
        from cases.models import Case, Need
        from hotline.models import Message

        case = Case.objects.get(pk=1 + n * 997 % self.size.cases)
        texts = Message.objects.filter(topic=f"case:{case.pk}").order_by("created_at")
        return [text.body for text in texts], list(Need.objects.filter(case=case)), case.person.name

    def board(self, n: int) -> Any:
        from django.db.models import Avg, Count, F, Q

        from cases.models import Case

        grid = list(Case.objects.values("level", "state").annotate(Count("id"), lag=Avg(F("due_at") - F("created_at"))))
        counted = Case.objects.aggregate(
            kept=Count("id", filter=Q(promise_kept=True)), broken=Count("id", filter=Q(promise_kept=False))
        )
        return grid, counted, list(Case.objects.values_list("created_at__date").annotate(Count("id")))


def timed(what: Callable[[int], Any], times: int) -> list[float]:
    seconds = []
    for n in range(times):
        began = time.perf_counter()
        what(n)
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
