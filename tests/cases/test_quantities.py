"""Asked, approved, delivered: three things; and what is missing goes on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from cases import days, emergency, quantities, status, steps
from cases.board import reports
from cases.models import Case
from hotline.lifecycle import MoveRefused
from tests.factories.cases import NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The words of these tests are those of the code."""
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def need(line):
    return NeedFactory(quantity=5, unit="盒", case__person__number="+8613812345678")


def hand_over(case, amounts=None):
    for name in ("triage", "source", "make_ready", "plan", "depart", "deliver"):
        steps.move(case, name, reason="x")
    return quantities.delivered(case, amounts)


def test_what_is_approved_stands_beside_what_was_asked(need, agent):
    quantities.approve(need, Decimal(2), by=agent, reason="two weeks")
    need.refresh_from_db()
    assert (need.quantity, need.approved, need.delivered) == (5, 2, None)
    assert need.history.first().history_user == agent
    assert quantities.short(need) == "5 → 2 盒"


def test_in_an_emergency_mode_more_than_its_limit_is_a_supervisors(need, agent):
    settings = {"approve_up_to": {"*": 3, "medicine": 2}}
    emergency.start(need.case.line, name="封控", settings=settings, reason="little stock", by=None)
    with pytest.raises(MoveRefused, match="supervisor"):
        quantities.approve(need, Decimal(3), by=agent)
    quantities.approve(need, Decimal(2), by=agent)
    assert quantities.approve(need, Decimal(3), by=UserFactory(role="supervisor")).approved == 3


def test_an_emergency_mode_can_ask_for_the_approval_before_dispatch(need):
    emergency.start(need.case.line, name="x", settings={"required": {"make_ready": ["approved"]}}, reason="x", by=None)
    for name in ("triage", "source"):
        steps.move(need.case, name)
    with pytest.raises(MoveRefused, match="approved"):
        steps.move(need.case, "make_ready")
    quantities.approve_all(need.case, by=UserFactory())
    steps.move(need.case, "make_ready")


@pytest.mark.parametrize("limit", [-1, "many", True])
def test_a_limit_that_is_none_is_named(line, limit):
    assert emergency.problems({"approve_up_to": {"*": limit}})


def test_without_a_word_what_was_approved_was_handed_over(need, agent):
    quantities.approve(need, Decimal(4), by=agent)
    assert hand_over(need.case) is None
    need.refresh_from_db()
    assert need.delivered == 4


def test_what_is_missing_goes_on_as_a_case_with_a_next_step(need, told):
    rest = hand_over(need.case, {need.pk: Decimal(2)})
    assert (rest.rest_of, rest.state, rest.next_step, rest.owner) == (need.case, "triaged", "source", "queue")
    assert rest.due_at
    left = rest.needs.get()
    assert (left.quantity, left.item, left.unit) == (3, need.item, "盒")
    assert "rest_follows" in told("+8613812345678")


def test_written_twice_there_is_one_rest(need):
    rest = hand_over(need.case, {need.pk: Decimal(2)})
    assert quantities.delivered(need.case, {need.pk: Decimal(2)}) == rest
    assert Case.objects.count() == 2


def test_nothing_at_all_is_no_hand_over(need):
    with pytest.raises(MoveRefused):
        hand_over(need.case, {need.pk: Decimal(0)})


def test_taken_back_nothing_is_delivered_and_the_rest_is_part_of_it_again(need):
    rest = hand_over(need.case, {need.pk: Decimal(2)})
    steps.move(need.case, "undo_delivery", reason="slip")
    quantities.take_back(need.case, reason="slip")
    need.refresh_from_db()
    rest.refresh_from_db()
    assert need.delivered is None
    assert (rest.state, rest.merged_into) == ("duplicate", need.case)


def test_a_need_that_nobody_said_how_much_of_leaves_no_rest(line):
    need = NeedFactory(quantity=None)
    assert hand_over(need.case) is None
    need.refresh_from_db()
    assert need.delivered is None


def test_status_says_where_the_rest_stands(need):
    rest = hand_over(need.case, {need.pk: Decimal(2)})
    need.case.refresh_from_db()
    assert rest.number in status.words(need.case, "zh-hans")
    assert rest.number in status.words(need.case, "en")


def test_the_report_counts_what_was_asked_once_and_every_delivery(need):
    rest = hand_over(need.case, {need.pk: Decimal(2)})
    hand_over_rest = ("source", "make_ready", "plan", "depart", "deliver")
    for name in hand_over_rest:
        steps.move(rest, name, reason="x")
    quantities.delivered(rest)
    today = timezone.localdate()
    days.sweep()
    [row] = reports.quantities(today - timedelta(days=1), today)
    assert (row["asked"], row["delivered"], row["lines"]) == (5, 5, 1)


@pytest.mark.parametrize(("words", "value"), [("2", 2), (" 1.5 ", Decimal("1.5")), ("0", 0)])
def test_a_quantity_is_read_as_typed(words, value):
    assert quantities.read(words) == value


@pytest.mark.parametrize("words", ["", "two", "-1", "nan", "1e9"])
def test_what_is_no_quantity_is_refused(words):
    with pytest.raises(MoveRefused):
        quantities.read(words)


def test_what_was_handed_over_is_not_approved_anew(need, agent):
    hand_over(need.case)
    with pytest.raises(MoveRefused):
        quantities.approve(need, Decimal(9), by=agent)
