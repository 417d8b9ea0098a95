"""A case from the request until it is ready: agents and pickup points take their time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bench.day.asked import Post
from bench.day.day import Day

READY_AFTER = {1: (15, 40), 2: (30, 120), 3: (60, 240), 4: (90, 360)}  # minutes: an agent's call, a pickup point's yes
SAYS_YES = 0.6  # has the goods


def arrive(day: Day, post: Post) -> None:
    """Somebody asks; agents and a pickup point take their time until it is ready."""
    from cases import people
    from cases.models import Address, Case, Category, Community, District, Need, Transition
    from dispatch import searching, sourcing

    rng = day.road.luck("post", post.number)
    district = District.objects.get(name=post.district)
    community, _new = Community.objects.get_or_create(
        name=post.place, district=district, defaults={"lon": post.lon, "lat": post.lat}
    )
    category = Category.objects.get(slug=post.category)
    case = Case.objects.create(
        line=day.line,
        channel="sms",
        person=people.find_or_make(f"+86137{post.number:08d}"),
        words=post.words,
        address=Address.objects.create(district=district, community=community),
        district=district,
        category=category,
        level=post.level,
        state="sourcing",
        next_step="confirm_goods",
        owner="timer",
        due_at=day.now + timedelta(hours=12),
        created_at=day.now,
    )
    Transition.objects.create(case=case, move="open", from_state="", to_state=case.state)
    Need.objects.create(case=case, item="x", weight_grams=rng.randrange(200, 6000), needs_cooling=rng.random() < 0.06)
    # In the order in which the product asks them: who is shut only when nobody is open.
    asked = searching.next_points(case) or sourcing.points_for(case)
    point = next((each for each in asked if rng.random() < SAYS_YES), asked[0])
    least, most = READY_AFTER[post.level]
    day.at(day.now + timedelta(minutes=rng.uniform(least, most)), partial(ready, day, case.pk, point.pk))


def ready(day: Day, case_id: int, point: int) -> None:
    from cases import steps
    from cases.models import Case
    from dispatch.models import Sourcing

    case = Case.objects.get(pk=case_id)
    if case.state != "sourcing":
        return
    Sourcing.objects.create(
        case=case,
        pickup_point_id=point,
        state="confirmed",
        answered_at=day.now,
        ready_at=day.now,
        reserved_until=day.now + timedelta(days=2),
    )
    steps.move(case, "make_ready")
