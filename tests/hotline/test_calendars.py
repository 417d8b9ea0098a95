"""When a line is answered and when people are rung up: several blocks a day, nights, holidays."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cases.policies import DEFAULT, Policy, from_rules
from hotline import opening
from hotline.models import CallingHours, Holiday, Line, OpeningHours
from tests.factories.hotline import UserFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2022, 4, 11)


def at(hour: int, minute: int = 0, day: int = 11) -> datetime:
    """A time of that week in Shanghai; the 11th is a Monday."""
    return datetime(2022, 4, day, hour, minute, tzinfo=SHANGHAI)


def opens(line: Line, weekday: int, *blocks: tuple[int, int], model: Any = OpeningHours) -> None:
    for begins, ends in blocks:
        block = model(line=line, weekday=weekday, opens=time(begins), closes=time(ends))
        block.clean()
        block.save()


def test_several_blocks_a_day(line: Line) -> None:
    opens(line, 0, (8, 12), (14, 18))
    assert [opening.is_open(line, at(hour)) for hour in (7, 8, 11, 12, 13, 14, 17, 18)] == [
        False, True, True, False, False, True, True, False
    ]  # fmt: skip


def test_a_night_ends_on_the_next_morning(line: Line) -> None:
    opens(line, 0, (18, 6))
    assert opening.is_open(line, at(23))
    assert opening.is_open(line, at(5, day=12))
    assert not opening.is_open(line, at(6, day=12))
    assert not opening.is_open(line, at(5))  # Sunday's night is not open


def test_midnight_to_midnight_is_the_whole_day_and_any_other_same_time_a_mistake(line: Line) -> None:
    opens(line, 0, (0, 0))
    assert opening.is_open(line, at(0))
    assert opening.is_open(line, at(23, 59))
    with pytest.raises(ValidationError):
        opens(line, 1, (9, 9))


def test_a_holiday_is_closed_and_the_next_opening_is_after_it(line: Line) -> None:
    for weekday in range(7):
        opens(line, weekday, (8, 20))
    Holiday.objects.create(line=line, day=MONDAY, name="清明")
    assert not opening.is_open(line, at(10))
    assert opening.next_open(line, at(10)) == at(8, day=12)


def test_a_holiday_may_have_hours_of_its_own(line: Line) -> None:
    for weekday in range(7):
        opens(line, weekday, (8, 20))
    Holiday.objects.create(line=line, day=MONDAY, name="清明", opens=time(22), closes=time(2))
    assert not opening.is_open(line, at(10))
    assert opening.is_open(line, at(1, day=12))


def test_a_holiday_closes_a_line_that_is_always_open(line: Line) -> None:
    Holiday.objects.create(line=line, day=MONDAY, name="演练")
    assert not opening.is_open(line, at(10))
    assert opening.is_open(line, at(10, day=12))


def test_people_are_rung_up_within_the_lines_calling_hours(line: Line) -> None:
    for weekday in range(7):
        opens(line, weekday, (9, 12), (15, 20), model=CallingHours)
    assert DEFAULT.callable_from(at(13), line, 3) == at(15)
    assert DEFAULT.callable_from(at(21), line, 3) == at(9, day=12)
    assert DEFAULT.callable_from(at(10), line, 3) == at(10)
    assert DEFAULT.callable_from(at(3), line, 2) == at(3)  # urgent: at any hour


def test_what_a_category_or_an_emergency_mode_says_holds_over_the_line(line: Line) -> None:
    opens(line, 0, (9, 12), model=CallingHours)
    own = from_rules({"follow_up": {"calling_from": "07:00", "calling_until": "23:00"}})
    assert own.callable_from(at(13), line, 3) == at(13)


def test_calling_hours_over_midnight_hold(line: Line) -> None:
    nightly = Policy(opens=time(18), closes=time(6), has_hours=True)
    assert nightly.callable_from(at(23), line, 3) == at(23)
    assert nightly.callable_from(at(5), line, 3) == at(5)
    assert nightly.callable_from(at(7), line, 3) == at(18)


def test_on_a_quiet_holiday_nobody_is_rung_up(line: Line) -> None:
    Holiday.objects.create(line=line, day=MONDAY, name="哀悼日", no_calls=True)
    assert DEFAULT.callable_from(at(10), line, 3) == at(8, 30, day=12)
    for weekday in range(7):
        opens(line, weekday, (9, 12), model=CallingHours)
    assert DEFAULT.callable_from(at(10), line, 3) == at(9, day=12)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((0, 8, 12), (0, 12, 18), False),
        ((0, 8, 12), (0, 11, 18), True),
        ((0, 18, 6), (1, 5, 12), True),
        ((0, 18, 6), (1, 6, 12), False),
        ((6, 18, 6), (0, 5, 8), True),
        ((0, 0, 0), (0, 9, 10), True),
    ],
)
def test_overlaps_are_seen_over_midnight_and_the_end_of_the_week(
    one: tuple[int, int, int], other: tuple[int, int, int], overlap: bool
) -> None:
    blocks = [OpeningHours(weekday=day, opens=time(a), closes=time(b)) for day, a, b in (one, other)]
    assert bool(opening.overlaps(blocks)) == overlap


def test_the_admin_refuses_an_overlap_and_shows_the_week(line: Line, client: Client) -> None:
    opens(line, 0, (8, 12))
    client.force_login(UserFactory(role="administrator"))
    address = reverse("admin:hotline_line_change", args=[line.pk])
    form = client.get(address).context["adminform"].form
    said: dict[str, Any] = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    for prefix in ("opening_hours", "calling_hours", "holidays"):
        said |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    for n, (begins, ends) in enumerate([("18:00", "06:00"), ("23:00", "23:30")]):
        said |= {f"calling_hours-{n}-weekday": 0, f"calling_hours-{n}-opens": begins, f"calling_hours-{n}-closes": ends}
    said["calling_hours-TOTAL_FORMS"] = 2
    assert client.post(address, said).status_code == 200
    assert not CallingHours.objects.exists()
    said["calling_hours-TOTAL_FORMS"] = 1
    assert client.post(address, said).status_code == 302
    assert CallingHours.objects.get().opens == time(18)


def test_now_is_asked_in_the_lines_own_time_zone(line: Line) -> None:
    opens(line, 0, (8, 12))
    assert opening.is_open(line, datetime(2022, 4, 11, 1, tzinfo=UTC))
