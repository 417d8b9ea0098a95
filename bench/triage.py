"""How good the triage proposals are on real requests, beside keyword rules and the majority, and how quick.

Labels by reading (bench/triage_labels.csv: numbers and labels only) are the strong ones: half of them ("look") were for mending
rules, mistake by mistake; the other half ("judge") is only counted. What the posters chose themselves is weak: 61 % call it
extremely urgent. The requests lie in ../shared/data and are no part of the project; without them there is nothing to measure.
"""

import csv
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import django

from bench.harness import Report, options

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
django.setup()

from cases import triage  # noqa: E402
from cases.triage import evaluation, items, model, phrases  # noqa: E402
from cases.triage.phrases import Labelled  # noqa: E402
from cases.triage.reading import Reading  # noqa: E402
from cases.triage.suggesting import Suggestion, by_keywords  # noqa: E402

HERE = Path(__file__).resolve().parent
REQUESTS = HERE.parents[1] / "shared" / "data" / "help_requests.jsonl"
LABELS = HERE / "triage_labels.csv"
CITY = ZoneInfo("Asia/Shanghai")
CLOSE_HOURS = 14.0  # "two days" said at ten may mean until tonight
STATED = {"极紧急": 1, "紧急": 2, "较急": 3}
POSTERS = {
    "疾病": {"medicine", "transport"},
    "重病": {"medicine", "transport"},
    "物资": {"food", "infant", "elderly"},
    "物质": {"food", "infant", "elderly"},
}


@dataclass(frozen=True)
class Request:
    """A request with what a reader made of it."""

    text: str
    at: datetime
    urgency: str
    chosen: str
    label: dict[str, str]

    @property
    def row(self) -> Labelled:
        return {"text": self.text, "category": self.label["category"], "level": int(self.label["level"])}


def main() -> int:
    quick = options(__doc__ or "").quick
    if not REQUESTS.exists():
        print(f"bench.triage: skipped, there is no {REQUESTS.name} beside the project (../shared/data)")
        return 0
    requests = read_requests()
    judged = [each for each in requests if each.label.get("split") == "judge"]
    report = Report("triage", quick=quick)
    with report.run():
        compare(report, judged)
        fields(report, judged)
        against_posters(report, requests)
        speed(report, requests[: 600 if quick else None])
    return report.write()


def read_requests() -> list[Request]:
    with LABELS.open(encoding="utf-8") as lines:
        labels = {row["id"]: row for row in csv.DictReader(lines)}
    rows = [json.loads(line) for line in REQUESTS.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Request(
            text="。".join(part for part in (row["summary"], row["text"]) if part),
            at=datetime.fromisoformat(row["at"]).replace(tzinfo=CITY),
            urgency=row["urgency"],
            chosen=row["category"],
            label=labels.get(str(row["id"]), {}),
        )
        for row in rows
    ]


def compare(report: Report, judged: Sequence[Request]) -> None:
    """Category and level against the labels by reading."""
    rows = [each.row for each in judged]
    most = evaluation.majority(phrases.make(1000))
    ours = evaluation.evaluate(rows, triage.suggest)
    others = {
        "keywords": evaluation.evaluate(rows, by_keywords),
        "majority": evaluation.evaluate(rows, lambda _text: most),
    }
    report.figure("requests judged by", len(rows), "requests")
    for words, name in (
        ("macro-F1 of category", "macro_f1"),
        ("weighted kappa of level", "kappa"),
        ("recall of level 1 and 2", "urgent_recall"),
        ("recall of level 1", "now_recall"),
    ):
        value = getattr(ours, name)
        best = max(getattr(each, name) for each in others.values())
        report.figure(words, round(value, 3), "", "above both baselines", holds=value > best)
        for baseline, each in others.items():
            report.baseline(words, round(getattr(each, name), 3), "", baseline)
    report.figure("calibration error", round(ours.calibration_error, 3), "", "<= 0.15")
    for slug, value in ours.by_category.items():
        report.figure(f"F1 of {slug or 'no category'}", round(value, 3), "")


def fields(report: Report, judged: Sequence[Request]) -> None:
    """What share of supply-left and item fields is read right; a field that is not there has to stay empty."""
    readings = [(each, triage.read(each.text, at=each.at)) for each in judged]
    with_item = [(each, found) for each, found in readings if each.label["item"]]
    with_supply = [(each, found) for each, found in readings if each.label["supply"]]
    tell(report, "items read right", share(with_item, item_is_right), share_by_names(with_item))
    tell(report, "supply left read right, where said", share(with_supply, supply_is_right), share_by_words(with_supply))
    tell(report, "supply left read right, all", share(readings, supply_is_right), share_by_words(readings))
    kinds = share(readings, lambda each, found: (found.kind in ("need", "unclear")) == (each.label["kind"] == "need"))
    needs = sum(each.label["kind"] == "need" for each in judged) / len(judged)
    tell(report, "need or not told apart", kinds, needs)


def tell(report: Report, name: str, value: float, baseline: float) -> None:
    report.figure(name, round(value, 3), "", "above the baseline", holds=value > baseline)
    report.baseline(name, round(baseline, 3), "", "words alone; for kinds the majority")


def share(pairs: Sequence[tuple[Request, Reading]], right: Callable[[Request, Reading], bool]) -> float:
    return sum(right(each, found) for each, found in pairs) / max(len(pairs), 1)


def item_is_right(each: Request, found: Reading) -> bool:
    wanted = each.label["item"]
    return any(wanted in line.item or line.item in wanted for line in found.needs)


def share_by_names(pairs: Sequence[tuple[Request, Reading]]) -> float:
    """The baseline: the longest name of the catalogue that stands in the text."""
    known = sorted(items.names(), key=len, reverse=True)

    def named(each: Request) -> str:
        return next((name for name in known if name in each.text.lower()), "")

    found = [(named(each), each.label["item"].lower()) for each, _found in pairs]
    return sum(bool(name) and (name in wanted or wanted in name) for name, wanted in found) / max(len(pairs), 1)


def supply_is_right(each: Request, found: Reading) -> bool:
    wanted = each.label["supply"]
    if found.ran_out or found.nearly_out or found.supply_ends_at is None:
        return wanted == ("out" if found.ran_out else "near" if found.nearly_out else "")
    hours = (found.supply_ends_at - each.at).total_seconds() / 3600
    return wanted.isdigit() and abs(int(wanted) - hours) <= CLOSE_HOURS


def share_by_words(pairs: Sequence[tuple[Request, Reading]]) -> float:
    """The baseline: three words decide."""

    def guess(text: str) -> str:
        if any(word in text for word in ("断药", "没了", "没有了", "断粮", "用完")):
            return "out"
        return "near" if "快" in text else ""

    return sum(guess(each.text) == each.label["supply"] for each, _found in pairs) / max(len(pairs), 1)


def against_posters(report: Report, requests: Sequence[Request]) -> None:
    """Beside what the posters said themselves: weak, and shown because it is all there is for every request."""
    proposed = [triage.suggest(each.text) for each in requests]
    levels = Counter((STATED[each.urgency], found.level) for each, found in zip(requests, proposed, strict=True))
    report.figure("weighted kappa with the urgency as stated", round(evaluation.weighted_kappa(levels), 3), "")
    known = [(each, found) for each, found in zip(requests, proposed, strict=True) if each.chosen in POSTERS]
    agrees = sum(found.category in POSTERS[each.chosen] for each, found in known) / len(known)
    report.figure("category fits what the poster chose", round(agrees, 3), "")
    most = sum("medicine" in POSTERS[each.chosen] for each, _found in known) / len(known)
    report.baseline("category fits what the poster chose", round(most, 3), "", "majority")
    for level in evaluation.LEVELS:
        count = sum(found.level == level for found in proposed)
        report.figure(f"proposed as level {level}", round(count / len(proposed), 3), "")


def speed(report: Report, requests: Sequence[Request]) -> None:
    """One text after the other on one core, the least of three: what the machine does besides is not counted."""
    model.shipped()
    triage.suggest("热身")
    for name, work in (("suggestion", suggestion_of), ("reading", reading_of)):
        spent = [min(timed(work, each) for _ in range(3)) for each in requests]
        report.figure(f"{name} of a text, mean", round(statistics.mean(spent), 3), "ms", "< 1")
        report.figure(f"{name} of a text, median", round(statistics.median(spent), 3), "ms", "< 1")
    report.figure("size of the model", round(model.FILE.stat().st_size / 1024), "KiB")


def timed(work: Callable[[Request], object], each: Request) -> float:
    begin = time.process_time()
    work(each)
    return (time.process_time() - begin) * 1000


def suggestion_of(each: Request) -> Suggestion:
    return triage.suggest(each.text)


def reading_of(each: Request) -> Reading:
    return triage.read(each.text, at=each.at)


if __name__ == "__main__":
    sys.exit(main())
