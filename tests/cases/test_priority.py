"""The two times of a case: the worked examples of triage, the line's hours, and what must hold whatever is given."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cases.priority import ALWAYS_OPEN, VULNERABLE_HOURS, Hours, Times, put_back, times
from cases.triage import starting

CITY = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2022, 4, 4, 10, tzinfo=CITY)
MEDICINE, INFANT, FOOD = (starting.rules(slug) for slug in ("medicine", "infant", "food"))


def after(**span: float) -> datetime:
    return MONDAY + timedelta(**span)


def slugs(found: Times) -> list[str]:
    return [part["slug"] for part in found.sum]


def day_hours(opens: int = 8, closes: int = 22) -> Hours:
    midnight = MONDAY.replace(hour=0) - timedelta(days=1)
    days = [midnight + timedelta(days=n) for n in range(16)]
    return Hours(tuple((day + timedelta(hours=opens), day + timedelta(hours=closes)) for day in days))


def test_infant_formula_that_ends_tonight_is_due_now_and_too_late_for_a_normal_trip() -> None:
    baby = ["infant_under_6_months"]
    found = times(
        level=2, created_at=MONDAY, supply_ends_at=after(hours=10), version=INFANT, vulnerabilities=baby, step="intake"
    )
    assert found.needed_by == after(hours=8)
    assert found.due_at == MONDAY
    assert found.too_late
    assert "ask neighbours, hospital, committee first" in found.sum[-2]["en"]


def test_dialysis_fluid_for_tonight_is_needed_within_four_hours_and_due_now() -> None:
    found = times(level=1, created_at=MONDAY, supply_ends_at=after(hours=20), version=MEDICINE)
    assert found.needed_by == after(hours=4)
    assert found.due_at == MONDAY


def test_insulin_for_two_days_is_needed_within_the_target_and_spoken_to_within_half_an_hour() -> None:
    found = times(level=2, created_at=MONDAY, supply_ends_at=after(days=2), version=MEDICINE)
    assert found.needed_by == after(days=1)
    assert found.due_at == after(minutes=30)


def test_living_alone_on_insulin_brings_it_forward() -> None:
    at_risk = ["insulin", "lives_alone"]
    found = times(
        level=2,
        created_at=MONDAY,
        supply_ends_at=after(days=2),
        version=MEDICINE,
        vulnerabilities=at_risk,
        step="source",
    )
    assert found.due_at == max(MONDAY, after(hours=2) - timedelta(hours=5))
    assert {"insulin", "lives_alone"} <= set(slugs(found))


def test_medicine_for_three_days_is_needed_half_a_day_before_it_ends() -> None:
    found = times(level=3, created_at=MONDAY, supply_ends_at=after(days=3), version=MEDICINE)
    assert found.needed_by == datetime(2022, 4, 6, 22, tzinfo=CITY)
    assert found.due_at == after(hours=4)


def test_slack_alone_would_allow_it_later_than_the_first_contact() -> None:
    spoken = times(level=3, created_at=MONDAY, supply_ends_at=after(days=3), version=MEDICINE, contacted_at=MONDAY)
    assert spoken.due_at == after(hours=24)
    plan = times(level=3, created_at=MONDAY, supply_ends_at=after(days=3), version=MEDICINE, step="plan")
    assert plan.due_at == datetime(2022, 4, 6, 13, tzinfo=CITY)


def test_a_calming_drug_that_ran_out_days_ago_is_needed_by_the_next_day() -> None:
    found = times(level=2, created_at=MONDAY, version=MEDICINE)
    assert (found.needed_by, found.due_at) == (after(days=1), after(minutes=30))


def test_bread_and_milk_for_tomorrow_at_92_is_needed_by_the_next_day() -> None:
    found = times(
        level=2,
        created_at=MONDAY,
        supply_ends_at=datetime(2022, 4, 6, tzinfo=CITY),
        version=FOOD,
        vulnerabilities=["over_80", "lives_alone"],
    )
    assert found.needed_by == after(days=1)
    assert found.due_at <= after(minutes=30)


def test_sanitary_towels_that_ran_out_have_three_days_and_four_hours() -> None:
    found = times(level=3, created_at=MONDAY, version=FOOD)
    assert (found.needed_by, found.due_at) == (after(days=3), after(hours=4))


def test_cat_food_for_two_days_has_a_week_and_a_day() -> None:
    found = times(level=4, created_at=MONDAY, supply_ends_at=after(days=2), version=FOOD)
    assert (found.needed_by, found.due_at) == (after(days=7), after(hours=24))


def test_an_offer_is_answered_the_same_day() -> None:
    assert times(level=5, created_at=MONDAY).due_at == datetime(2022, 4, 5, tzinfo=CITY)
    assert times(level=5, created_at=MONDAY, hours=day_hours()).due_at == MONDAY.replace(hour=22)


def test_nothing_is_due_at_night_that_cannot_be_done_at_night() -> None:
    late = MONDAY.replace(hour=21)
    assert times(level=3, created_at=late, hours=day_hours()).due_at == late + timedelta(
        hours=14
    )  # 1 h, then 3 from 8:00
    assert times(level=3, created_at=MONDAY.replace(hour=3), hours=day_hours()).due_at == MONDAY.replace(hour=12)


def test_levels_one_and_two_are_due_at_any_hour() -> None:
    night = MONDAY.replace(hour=3)
    assert times(level=2, created_at=night, hours=day_hours()).due_at == night + timedelta(minutes=30)


def test_delivery_runs_in_calendar_time() -> None:
    found = times(level=3, created_at=MONDAY.replace(hour=3), hours=day_hours())
    assert found.needed_by == MONDAY.replace(hour=3) + timedelta(hours=72)


def test_a_hold_pauses_the_targets() -> None:
    found = times(level=3, created_at=MONDAY, paused=timedelta(hours=5))
    assert found.due_at == after(hours=9)
    assert found.needed_by == after(hours=77)


def test_a_logged_call_counts_as_first_contact() -> None:
    assert times(level=3, created_at=MONDAY, contacted_at=after(hours=1)).due_at == after(hours=24)


def test_the_same_case_has_the_same_times_whenever_it_is_reckoned() -> None:
    early = times(level=3, created_at=MONDAY, now=MONDAY)
    late = times(level=3, created_at=MONDAY, now=after(days=9))
    assert (early.needed_by, early.due_at) == (late.needed_by, late.due_at)


def test_a_category_brings_its_own_targets_and_usual_durations() -> None:
    rules = {"targets": {"3": {"contact": 60}}, "step_hours": {"drive": 10}}
    assert times(level=3, created_at=MONDAY, version=rules).due_at == after(hours=1)
    assert times(level=3, created_at=MONDAY, version=rules, step="drive").due_at == after(hours=62)


def test_a_call_back_after_delivery_falls_in_open_hours() -> None:
    rules = {"follow_up": {"after_hours": 14}}
    delivered = MONDAY.replace(hour=13)
    found = times(level=3, created_at=MONDAY, version=rules, step="follow_up", now=delivered, hours=day_hours())
    assert found.due_at == datetime(2022, 4, 5, 8, tzinfo=CITY)


LEVELS = st.integers(1, 4)
MINUTES = st.integers(0, 7 * 24 * 60)
CREATED = MINUTES.map(lambda n: MONDAY + timedelta(minutes=n % (3 * 24 * 60)))
AT_RISK = st.sets(st.sampled_from(sorted(VULNERABLE_HOURS)))
STEPS = st.sampled_from(["intake", "source", "confirm_goods", "plan", "drive", "review"])
OPEN = st.sampled_from([ALWAYS_OPEN, day_hours(), day_hours(9, 17)])
RULES = st.sampled_from([{}, MEDICINE, INFANT, FOOD, starting.rules("transport")])


@given(LEVELS, LEVELS, CREATED, st.none() | MINUTES, AT_RISK, STEPS, OPEN, RULES)
def test_a_more_urgent_level_is_never_due_later(a, b, created, left, at_risk, step, hours, rules) -> None:
    ends = None if left is None else created + timedelta(minutes=left)
    given_ = {"created_at": created, "supply_ends_at": ends, "vulnerabilities": at_risk, "step": step, "hours": hours}
    more, less = (times(level=level, version=rules, **given_) for level in sorted((a, b)))
    assert more.due_at <= less.due_at
    assert more.needed_by <= less.needed_by


@given(LEVELS, CREATED, MINUTES, MINUTES, AT_RISK, STEPS, OPEN, RULES)
def test_an_earlier_end_of_supplies_is_never_due_later(level, created, a, b, at_risk, step, hours, rules) -> None:
    given_ = {"level": level, "created_at": created, "vulnerabilities": at_risk, "step": step, "hours": hours}
    ends = [created + timedelta(minutes=left - 3000) for left in sorted((a, b))]
    earlier, later = (times(supply_ends_at=each, version=rules, **given_) for each in ends)
    assert earlier.due_at <= later.due_at <= times(version=rules, **given_).due_at


@given(LEVELS, CREATED, st.none() | MINUTES, AT_RISK, AT_RISK, STEPS, OPEN, RULES)
def test_a_further_vulnerability_is_never_due_later(level, created, left, some, more, step, hours, rules) -> None:
    ends = None if left is None else created + timedelta(minutes=left)
    given_ = {"level": level, "created_at": created, "supply_ends_at": ends, "step": step, "hours": hours}
    with_more = times(vulnerabilities=some | more, version=rules, **given_)
    assert with_more.due_at <= times(vulnerabilities=some, version=rules, **given_).due_at


@given(LEVELS, CREATED, st.none() | MINUTES, AT_RISK, RULES)
def test_each_step_is_due_after_the_one_before_it(level, created, left, at_risk, rules) -> None:
    ends = None if left is None else created + timedelta(minutes=left)
    given_ = {"level": level, "created_at": created, "supply_ends_at": ends, "vulnerabilities": at_risk}
    in_order = [times(step=step, version=rules, **given_).due_at for step in ("source", "plan", "drive")]
    assert in_order == sorted(in_order)
    assert all(due >= created for due in in_order)


@given(LEVELS, LEVELS, CREATED, st.integers(0, 60 * 24 * 9), st.none() | MINUTES, AT_RISK, AT_RISK, OPEN, RULES)
def test_nobody_starves_what_came_in_after_ones_time_comes_after_one(
    old, new, created, later, left, some, others, hours, rules
) -> None:
    """Of levels 2 to 4 nobody is overtaken for ever: not by anybody who came in once their own time had come."""
    ends = None if left is None else created + timedelta(minutes=left)
    waiting = times(level=old, created_at=created, vulnerabilities=some, hours=hours, version=rules)
    arrives = max(created + timedelta(minutes=later), waiting.due_at)
    comer = times(
        level=new, created_at=arrives, supply_ends_at=ends, vulnerabilities=others, hours=hours, version=rules
    )
    assert waiting.due_at <= comer.due_at


@given(LEVELS, CREATED, st.none() | MINUTES, AT_RISK, OPEN, RULES)
def test_who_could_not_be_asked_moves_down_by_a_day_and_no_further(level, created, left, at_risk, hours, rules) -> None:
    ends = None if left is None else created + timedelta(minutes=left)
    asked = times(
        level=level, created_at=created, supply_ends_at=ends, vulnerabilities=at_risk, hours=hours, version=rules
    )
    assert put_back(asked).due_at - asked.due_at == timedelta(hours=24)
    assert put_back(asked).needed_by == asked.needed_by
