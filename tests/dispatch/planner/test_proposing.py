"""From the request to the saved proposal."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases.models import Case
from dispatch import planner
from dispatch.models import Plan
from dispatch.planner import proposing
from tests.factories.cases import DistrictFactory
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory


@pytest.fixture
def line(db):
    return LineFactory()


def ask(line):
    return planner.ask(line, because="test")


def test_asking_twice_before_it_is_made_is_asking_once(line):
    assert ask(line) == ask(line)


def test_a_proposal_names_vehicle_driver_and_stops(line):
    shift, case = ShiftFactory(), ready_case()
    plan = planner.propose(ask(line))
    (trip,) = plan.trips
    assert (trip["vehicle"], trip["driver"], trip["shift"]) == (shift.vehicle_id, shift.driver_id, shift.pk)
    pickup, delivery = trip["stops"]
    assert (pickup["kind"], pickup["case"], pickup["sourcing"]) == ("pickup", case.pk, case.sourcings.get().pk)
    assert (delivery["kind"], delivery["case"], delivery["pickup_point"]) == ("delivery", case.pk, None)
    assert trip["starts_at"] < pickup["eta"] < delivery["eta"] <= trip["ends_at"]
    assert plan.state == "proposed"


def test_who_is_left_out_is_told_why(line):
    VehicleFactory(districts=[DistrictFactory(slug="xuhui", name="徐汇区")])
    case = ready_case()
    plan = planner.propose(ask(line))
    assert [(row["case"], row["code"]) for row in plan.unserved] == [(case.pk, "no_vehicle")]
    case.refresh_from_db()
    assert case.waits_because == plan.unserved[0]["words"]


def test_who_is_on_a_proposed_trip_waits_for_nothing_that_could_be_named(line):
    case = ready_case(waits_because={"zh-hans": "车辆已满", "en": "full"})
    ShiftFactory()
    planner.propose(ask(line))
    case.refresh_from_db()
    assert case.waits_because == {}


def test_a_newer_proposal_takes_the_place_of_the_older(line):
    first = planner.propose(ask(line))
    second = planner.propose(ask(line))
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "proposed")


def test_the_sweep_makes_what_was_asked_for(line):
    plan = ask(line)
    assert planner.propose_asked() == 1
    plan.refresh_from_db()
    assert plan.state == "proposed"
    assert planner.propose_asked() == 0


def test_a_plan_that_was_made_is_not_made_again(line):
    plan = planner.propose(ask(line))
    before = plan.proposed_at
    planner.propose(plan)
    plan.refresh_from_db()
    assert plan.proposed_at == before


def test_what_goes_wrong_is_kept_for_the_dispatcher(line):
    ShiftFactory(breaks=[{"from": "nonsense"}])
    plan = ask(line)
    planner.propose_by_id(plan.pk)
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert plan.error


def test_the_most_urgent_come_first_when_there_is_too_little(line):
    ShiftFactory(ends_at=timezone.now() + timedelta(minutes=75))
    now = timezone.now()
    cases = [ready_case(level=3, due_at=now + timedelta(hours=60 - n)) for n in range(5)]
    urgent = ready_case(level=1, due_at=now + timedelta(hours=60))
    for case in [*cases, urgent]:  # each in a community of its own
        community = case.address.community
        community.pk, community.name = None, f"社区{case.pk}"
        community.lon += 0.02 * (case.pk % 3)
        community.save()
        case.address.community = community
        case.address.save()
    plan = planner.propose(ask(line))
    assert urgent.pk in {stop["case"] for trip in plan.trips for stop in trip["stops"]}


@pytest.mark.django_db(transaction=True)
def test_a_case_that_becomes_ready_while_a_plan_is_made_is_in_the_next_one():
    """The planner holds its request; whoever asks meanwhile makes a new one, and nothing is missed."""
    line = LineFactory()
    being_made = planner.ask(line, because="first")
    taken, asked = Event(), Event()

    def plan():
        with transaction.atomic():
            Plan.objects.select_for_update().get(pk=being_made.pk)
            taken.set()
            asked.wait(10)
        connection.close()

    thread = Thread(target=plan)
    thread.start()
    taken.wait(10)
    second = planner.ask(line, because="case ready")
    asked.set()
    thread.join()
    assert second.pk != being_made.pk


def test_a_ready_case_asks_for_a_plan(line):
    from cases import steps

    case = ready_case(state="sourcing")
    Plan.objects.all().delete()
    steps.move(case, "make_ready")
    assert Plan.objects.filter(state="asked").count() == 1
    assert Case.objects.get(pk=case.pk).owner == "dispatch"


def test_who_cannot_be_in_time_is_served_late_and_the_proposal_says_by_how_much(line):
    ShiftFactory()
    case = ready_case(needed_by=timezone.now() - timedelta(hours=2))
    plan = planner.propose(ask(line))
    (delivery,) = [stop for stop in plan.trips[0]["stops"] if stop["kind"] == "delivery"]
    assert (delivery["case"], delivery["late"]) == (case.pk, True)
    assert delivery["late_minutes"] > 120


@pytest.mark.django_db(transaction=True)
def test_while_a_line_is_being_planned_nobody_else_plans_it():
    line = LineFactory()
    asked = planner.ask(line, because="test")
    holding, done = Event(), Event()

    def hold():
        with transaction.atomic():
            proposing._alone(line.pk)
            holding.set()
            done.wait(20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    holding.wait(20)
    assert planner.propose(asked).state == "asked"
    done.set()
    other.join()
    assert planner.propose(asked).state == "proposed"


def test_the_newest_request_answers_the_older_ones(line):
    older = Plan.objects.create(line=line, because="older")
    newer = Plan.objects.create(line=line, because="newer")
    planner.propose_asked()
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, newer.state) == ("superseded", "proposed")


def test_the_stages_of_a_plan_are_kept(line):
    figures = planner.propose(ask(line)).figures
    assert {"reading", "reasons", "saving"} <= set(figures["stages"])
    assert figures["all_seconds"] > 0


def test_planning_more_cases_takes_no_more_queries(line, django_assert_max_num_queries):
    ShiftFactory()
    for _ in range(3):
        ready_case()
    with django_assert_max_num_queries(40):
        planner.propose(ask(line))
    for _ in range(30):
        ready_case()
    with django_assert_max_num_queries(40):
        planner.propose(ask(line))
