"""How long the pages take that people open all day, when a million cases lie in the database.

The queue page, the search, the case page and the supervisors' board over HTTP, through the server as it runs, in a database of
1,000,000 cases (40,000 open) with 3,000,000 texts and 2,000,000 calls; --quick: 50,000 cases. Beside each, in the same run on
the same database server: the same view of django-helpdesk 2.6 with as many tickets (bench.helpdesk).

The database is filled once and kept (bench.kept). The figures on queue page and board are shared for some seconds; here every
tenth queue page and every board finds none and counts anew, which is oftener than in a day with many supervisors.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import httpx

from bench import helpdesk, kept, serving
from bench.filled import OPEN_OF, Size
from bench.harness import Report, percentile

TARGET_MS = 100
COLD_EVERY = 10
DASHBOARDS = 2  # theirs takes half a minute

Timed = Callable[[int], tuple[str, float]]  # of which kind it was, "" where there is only one, and seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50,000 cases")
    parser.add_argument("--cases", type=int, help="how many cases, 1,000,000 when not said")
    parser.add_argument("--alone", action="store_true", help="without django-helpdesk")
    chosen = parser.parse_args()
    size = Size(chosen.cases or (50_000 if chosen.quick else 1_000_000))
    report = Report("pages", quick=chosen.quick)
    with kept.services(size) as environment:
        report.figure("cases", size.cases, "")
        report.figure("open cases", size.cases // OPEN_OF, "")
        report.figure("texts", size.texts, "")
        report.figure("calls", size.calls, "")
        with (
            serving.web() as web,
            web.client(serving.session_of("supervisor")) as supervisor,
            web.client(serving.session_of("agent1")) as agent,
        ):
            measure(report, web, pages(size, supervisor, agent), 40 if chosen.quick else 200)
        if not chosen.alone:
            with helpdesk.running(environment["DATABASE_URL"], kept.DIRECTORY / "helpdesk", size.cases) as theirs:
                compare(report, theirs, size, 3 if chosen.quick else 5)
    return report.write()


def measure(report: Report, web: serving.Web, opened: dict[str, Timed], rounds: int) -> None:
    for name, page in opened.items():
        for n in range(10):  # these compile templates, in each of the processes
            page(n)
        by_kind: dict[str, list[float]] = {}
        worked = web.processor_seconds()
        timed = [page(n) for n in range(10, rounds + 10)]
        report.timings(name, [seconds for _kind, seconds in timed], p95_below_ms=TARGET_MS)
        # tells a slow page from a busy machine
        each = (web.processor_seconds() - worked) / rounds
        shown = report.figure(f"{name}, processor time of the web", each * 1000, "ms")
        print(
            f"{name}: {report.figures[f'{name}, p95'].value:.0f} ms p95, {shown.value:.0f} ms of the web",
            file=sys.stderr,
        )
        for kind, seconds in timed:
            if kind:
                by_kind.setdefault(kind, []).append(seconds)
        for kind, each_seconds in by_kind.items():
            report.timings(f"{name}: {kind}", each_seconds)


def pages(size: Size, supervisor: httpx.Client, agent: httpx.Client) -> dict[str, Timed]:
    """Each page by its name: opening it for the n-th time. Cases are opened by an agent, who has had thousands of calls."""
    from django.urls import reverse

    from cases.board import lately, open_cases
    from cases.models import Category, District

    draw = random.Random(5)
    slugs = [*Category.objects.values_list("slug", flat=True)]
    districts = [*District.objects.values_list("pk", flat=True)]
    following: list[str] = [""]

    def opened(
        browser: httpx.Client, url: str, *, kind: str = "", cold: bool = False, **query: Any
    ) -> tuple[str, float]:
        if cold:
            lately.forget(open_cases.BY_AGE, open_cases.BY_VIEW, "wall", "wall-today")
        began = time.perf_counter()
        answer = browser.get(url, params=query)
        took = time.perf_counter() - began
        assert answer.status_code in (200, 302), (url, query, answer.status_code)
        if "&from=" in answer.text:
            following[:] = [unquote(answer.text.split("&from=")[1].split('"')[0])]
        return kind, took

    def queue(n: int) -> tuple[str, float]:
        ways: list[dict[str, Any]] = [
            {},
            {"category": draw.choice(slugs)},
            {"district": draw.choice(districts)},
            {"level": draw.choice("12345")},
            {"view": draw.choice(["late", "held", "agents", "ready", "review", "unconfirmed"])},
            {"from": following[0]},
        ]
        return opened(supervisor, reverse("cases:queue"), cold=n % COLD_EVERY == 0, **ways[n % len(ways)])

    words = searched(size, draw)

    def search(_n: int) -> tuple[str, float]:
        kind, asked = next(words)
        return opened(agent, reverse("cases:search"), kind=kind, **asked)

    def case_page(n: int) -> tuple[str, float]:
        pk = draw.randrange(1, size.cases + 1)
        pk -= pk % OPEN_OF if n % 2 else 0  # every other one is open
        kind = "open" if n % 2 else "any"
        return opened(agent, reverse("cases:case", args=[str(100_000 + max(pk, 1))]), kind=kind)

    wall = reverse("cases:wallboard")
    return {
        "queue page": queue,
        "search": search,
        "case page": case_page,
        "supervisors' board": lambda n: opened(supervisor, wall, cold=True),
        "supervisors' board, figures shared": lambda n: opened(supervisor, wall),
    }


def searched(size: Size, draw: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """What people look for, over and over: numbers, telephones, names, goods, places, rare and common, within facets;
    each with what kind of search it is."""
    from cases.models import Category, Community, Phone, Resident

    communities = [*Community.objects.values_list("name", flat=True)[:50]]
    categories = [*Category.objects.values_list("pk", flat=True)]
    while True:
        pk = draw.randrange(1, size.cases + 1)
        name = Resident.objects.values_list("name", flat=True).get(pk=pk)
        yield "name", {"q": name}
        yield "last four", {"q": f"{draw.randrange(10_000):04d}"}
        yield "telephone", {"q": str(Phone.objects.values_list("number", flat=True).get(pk=pk))}
        yield "goods", {"q": draw.choice(["胰岛素", "透析用药", "奶粉", "缬沙坦", "卡培他滨", "急需", "老人"])}
        yield "name and goods", {"q": f"{name} {draw.choice(['胰岛素', '奶粉', '二甲双胍'])}"}
        yield "community and a word", {"q": f"{draw.choice(communities)} 老人"}
        yield (
            "community, goods and a word",
            {"q": f"{draw.choice(communities)} {draw.choice(['尿不湿', '甲状腺素片'])} 断药"},
        )
        yield (
            "goods within facets",
            {"q": draw.choice(["胰岛素", "奶粉", "急需"]), "state": "open", "category": draw.choice(categories)},
        )
        yield "nothing", {"q": "没有这样的药"}


def compare(report: Report, theirs: helpdesk.Helpdesk, size: Size, rounds: int) -> None:
    """The same views of theirs."""
    source = f"django-helpdesk {helpdesk.VERSION}, same run"
    draw = random.Random(5)
    with theirs.client() as client:
        theirs.open_list(client)  # compiles templates

        def baseline(name: str, times: int, opens: Callable[[int], None]) -> None:
            seconds = []
            for n in range(times):
                began = time.perf_counter()
                with suppress(httpx.TimeoutException):  # then it took at least so long
                    opens(n)
                seconds.append(time.perf_counter() - began)
            print(f"{name} of django-helpdesk: {percentile(seconds, 95) * 1000:,.0f} ms p95", file=sys.stderr)
            report.baseline(f"{name}, p50", percentile(seconds, 50) * 1000, "ms", source)
            report.baseline(f"{name}, p95", percentile(seconds, 95) * 1000, "ms", source)

        words = ["胰岛素", "r4711@", "奶粉", "尿不湿", "透析"]
        baseline("queue page", rounds, lambda n: theirs.open_list(client))
        baseline("search", rounds, lambda n: theirs.search(client, words[n % len(words)]))
        baseline("case page", rounds, lambda n: theirs.ticket(client, draw.randrange(1, size.cases)))
        baseline("supervisors' board", min(rounds, DASHBOARDS), lambda n: theirs.dashboard(client))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    sys.exit(main())
