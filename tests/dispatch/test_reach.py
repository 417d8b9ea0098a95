"""How far down the list today's vehicles reach, and that those below it are told once, early, and everywhere the same."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from cases import outlook, status
from cases.models import Outlook
from dispatch import planner, reach
from dispatch.models import Reach
from dispatch.reach import Car, Waits
from hotline.models import Message
from tests.factories.cases import CaseFactory, CategoryFactory
from tests.factories.dispatch import FleetFactory, ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory

TEN = datetime(2022, 4, 8, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MEDICINE, FOOD, HERE, THERE = 1, 2, 1, 2


def waits(case, level=3, category=MEDICINE, district=HERE):
    return Waits(case, level, None, category, district)


def car(left, categories=(MEDICINE,), districts=(HERE,)):
    return Car(frozenset(categories), frozenset(districts), left)


def below(drawn):
    return [one.case for one in drawn.below]


def test_the_list_is_served_from_the_top():
    assert below(reach.draw([car(2)], [waits(1), waits(2), waits(3)])) == [3]


def test_a_vehicle_serves_only_its_categories_and_districts():
    listed = [waits(1, category=FOOD), waits(2, district=THERE), waits(3)]
    assert below(reach.draw([car(9)], listed)) == [1, 2]


def test_who_is_further_down_is_reached_when_another_vehicle_can():
    listed = [waits(1), waits(2), waits(3, category=FOOD)]
    assert below(reach.draw([car(1), car(1, categories=[FOOD])], listed)) == [2]


def test_places_are_kept_for_urgent_ones_still_to_come():
    listed = [waits(1, level=2), waits(2), waits(3)]
    drawn = reach.draw([car(3)], listed, {MEDICINE: 1})
    assert (below(drawn), drawn.reserved) == ([3], 1)


@pytest.fixture
def line(templates):
    with time_machine.travel(TEN, tick=True):
        yield LineFactory(quiet_from=time(22), quiet_until=time(7))


def full_day(line, cases=6):
    """One vehicle with a good two hours left, which is three deliveries, and more cases than that."""
    vehicle = VehicleFactory(line=line)
    made = [ready_case(line=line, due_at=timezone.now() + timedelta(hours=n)) for n in range(1, cases + 1)]
    ShiftFactory(vehicle=vehicle, ends_at=timezone.now() + timedelta(hours=2.2))
    return made


def texts(case):
    return Message.objects.filter(topic=f"case:{case.pk}", purpose="not_today")


def test_who_is_not_reached_has_it_on_the_case_and_who_is_has_not(line):
    made = full_day(line)
    done = reach.refresh(line)
    assert (done.waiting, done.reached) == (6, 3)
    assert list(Outlook.objects.values_list("case", flat=True).order_by("before")) == [c.pk for c in made[3:]]


def test_status_tells_the_same_as_the_text(line):
    made = full_day(line)
    reach.refresh(line)
    outlook.tell(line)
    assert "今天排不上，最早明天" in status.words(made[-1], "zh-hans")
    assert "tomorrow at the earliest" in status.words(made[-1], "en")
    assert "今天排不上" not in status.words(made[0], "zh-hans")
    assert "最早明天" in texts(made[-1]).get().body


def test_it_is_told_once_a_day(line):
    made = full_day(line)
    for _ in range(3):
        reach.refresh(line)
        outlook.tell(line)
    assert texts(made[-1]).count() == 1
    with time_machine.travel(TEN + timedelta(days=1), tick=True):
        outlook.write(line, outlook.today_of(line), [outlook.Below(made[-1].pk, TEN.date() + timedelta(days=2), 5)])
        outlook.tell(line)
    assert texts(made[-1]).count() == 2


def test_it_is_told_again_when_it_becomes_later_still_and_not_when_sooner(line):
    case = full_day(line)[-1]
    for days in (2, 3, 1):
        outlook.write(line, TEN.date(), [outlook.Below(case.pk, TEN.date() + timedelta(days=days), 5)])
        outlook.tell(line)
    assert [m.body.count("4月1") for m in texts(case).order_by("pk")] == [1, 1]


def test_level_one_is_never_told_to_wait(line):
    case = full_day(line)[-1]
    type(case).objects.filter(pk=case.pk).update(level=1)
    outlook.write(line, TEN.date(), [outlook.Below(case.pk, TEN.date() + timedelta(days=1), 5)])
    assert outlook.tell(line) == 0


def test_nobody_is_told_at_night(line):
    full_day(line)
    reach.refresh(line)
    with time_machine.travel(TEN.replace(hour=23, minute=30), tick=True):
        assert outlook.tell(line) == 0


def test_who_is_reached_after_all_is_told_nothing_more(line):
    made = full_day(line)
    reach.refresh(line)
    ShiftFactory(vehicle=VehicleFactory(line=line), ends_at=timezone.now() + timedelta(hours=9))
    reach.refresh(line)
    assert not Outlook.objects.exists()
    assert outlook.tell(line) == 0
    assert "今天排不上" not in status.words(made[-1], "zh-hans")


def test_where_no_shift_is_entered_nobody_is_told_that_nothing_comes(line):
    FleetFactory(line=line, categories=[CategoryFactory()])
    ready_case(line=line)
    assert reach.refresh(line) is None
    assert not Outlook.objects.exists()


def test_who_is_on_a_proposed_trip_is_reached(line):
    made = full_day(line, cases=2)
    planner.propose(planner.ask(line, because="test"))
    assert reach.refresh(line).reached == 2
    assert not Outlook.objects.filter(case__in=made).exists()


def test_the_day_is_reckoned_in_the_morning_and_after_each_plan(line):
    full_day(line)
    assert reach.refresh_due() == 1
    assert reach.refresh_due() == 0
    with time_machine.travel(TEN + timedelta(minutes=5), tick=True):
        planner.propose(planner.ask(line, because="test"))
    with time_machine.travel(TEN + timedelta(minutes=6), tick=True):
        assert reach.refresh_due() == 1
    assert Reach.objects.count() == 1


def test_before_the_morning_nothing_is_said_of_the_day(line):
    full_day(line)
    with time_machine.travel(TEN.replace(hour=5), tick=True):
        assert reach.refresh_due() == 0


def test_a_case_that_waits_no_more_says_nothing(line):
    case = full_day(line)[-1]
    reach.refresh(line)
    other = CaseFactory(line=line)
    assert outlook.of(other) is None
    case.state = "planned"
    assert outlook.words(case, "en") == ""


def test_the_sentence_names_the_last_above_whom_nobody_is_left_out(line):
    made = full_day(line)
    assert reach.refresh(line).last_due_at == made[2].due_at
