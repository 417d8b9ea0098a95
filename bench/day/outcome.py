"""What came of the day, from the database."""

from __future__ import annotations

import math
import sys
from datetime import timedelta
from typing import Any

from bench.day.clock import SHANGHAI
from bench.day.day import Day


def of(day: Day) -> dict[str, float]:
    """The figures of the day, from the database."""
    from django.db.models import Count

    from cases.models import Case, Transition
    from dispatch.models import Stop, Trip
    from hotline import integrity
    from hotline.models import Message

    found: dict[str, float] = {}
    cases = list(Case.objects.order_by("pk"))
    ready = dict(Transition.objects.filter(to_state="ready").order_by("-id").values_list("case", "at"))  # the first
    for level in (1, 2, 3, 4):
        of_level = [case for case in cases if case.level == level]
        waits = sorted((c.delivered_at - c.created_at) / timedelta(hours=1) for c in of_level if c.delivered_at)
        found[f"level {level}: asked"] = len(of_level)
        found[f"level {level}: served"] = len(waits)
        found[f"level {level}: hours waited, median"] = round(waits[len(waits) // 2], 2) if waits else math.nan
        found[f"level {level}: hours waited, 90 %"] = round(waits[int(len(waits) * 0.9)], 2) if waits else math.nan
        driven = sorted((c.delivered_at - ready[c.pk]) / timedelta(hours=1) for c in of_level if c.delivered_at)
        found[f"level {level}: of these since it was ready, median"] = (
            round(driven[len(driven) // 2], 2) if driven else math.nan
        )
    delivered = [case for case in cases if case.delivered_at]
    in_time = [
        case for case in delivered if case.needed_by and case.delivered_at and case.delivered_at < case.needed_by
    ]
    settled = [case.promise_kept for case in delivered if case.promise_kept is not None]
    promised = Stop.objects.filter(kind="delivery", window_until__isnull=False).count()
    changes = Message.objects.filter(purpose__in=("delayed", "moved", "put_off")).exclude(state="suppressed").count()
    metres = sum(Trip.objects.filter(state="finished").values_list("metres", flat=True))
    told = Message.objects.filter(purpose="not_today").exclude(state="suppressed").order_by()
    found |= {
        "served": len(delivered),
        "served before it was needed": len(in_time),
        "promises kept, %": round(100 * sum(settled) / max(1, len(settled)), 1),
        "changes per promised stop": round(changes / max(1, promised), 3),
        "kilometres a delivery": round(metres / 1000 / max(1, len(delivered)), 2),
        "told early that it is not today": told.values("topic").distinct().count(),
        "told so again, of these": told.values("topic").annotate(times=Count("pk")).filter(times__gt=1).count(),
    }
    for case in cases:
        if case.level == 1 and not case.delivered_at:
            print(f"{day.policy}: level 1 not served: {_course(case)}", file=sys.stderr)
    violations = integrity.check()
    for violation in violations[:20]:
        print(f"{day.policy}: ({violation.number}) {violation.row}: {violation.why}", file=sys.stderr)
    found["invariants broken"] = len(violations)
    seconds = sorted(day.plan_seconds)
    found |= {
        "plans": len(seconds),
        "seconds a plan, 95 %": round(seconds[int(len(seconds) * 0.95)], 2),
        "pages pressed": day.counted["pages"],
        "trips": day.counted["trips"],
        "onto trips on the road": day.counted["onto trips on the road"],
        "breakdowns": day.counted["breakdowns"],
        "hand-overs failed": sum(n for what, n in day.counted.items() if what.startswith("failed")),
        "certificates lapsed": day.counted["certificates lapsed and renewed"],
        "presses refused": sum(n for what, n in day.counted.items() if what.startswith("refused")),
    }
    return found


def _course(case: Any) -> str:
    """What became of a case, move by move, and what the last plan said of it."""
    moves = [
        f"{each.at.astimezone(SHANGHAI):%H:%M} {each.move} {each.reason}" for each in case.transitions.order_by("pk")
    ]
    goods = [f"{row.pickup_point} {row.state} from {row.ready_at:%H:%M}Z" for row in case.sourcings.all()]
    return (
        f"{case} {case.district} {case.state}: {'; '.join(moves)}; {goods}; {(case.waits_because or {}).get('en', '')}"
    )
