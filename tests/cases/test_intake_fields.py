"""Which fields the form shows, and which have to be filled in before which step, as data."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from cases import emergency, intake_fields, steps
from cases.lifecycle import CASE
from cases.models import IntakeField
from hotline.lifecycle import MoveRefused
from hotline.models import Line
from tests.factories.cases import NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


def test_what_is_asked_for_before_a_step_refuses_that_step_and_no_other(line: Line) -> None:
    IntakeField.objects.create(field="brand", before="source")
    case = NeedFactory(case__state="triaged").case
    with pytest.raises(MoveRefused, match=r"brand|品牌"):
        steps.move(case, "source", by=UserFactory())
    assert not CASE.why_not(case, "make_ready", UserFactory())
    case.needs.update(brand="诺和锐")
    steps.move(case, "source", by=UserFactory())


def test_emergency_mode_asks_for_its_own_on_top(line: Line) -> None:
    IntakeField.objects.create(field="room", before="make_ready")
    case = NeedFactory(case__state="triaged", case__line=line, case__supply_ends_at=None).case
    assert not CASE.why_not(case, "make_ready", UserFactory())
    emergency.start(line, name="静默", reason="封城", by=None, settings={"required": {"make_ready": ["supply_left"]}})
    assert CASE.why_not(case, "make_ready", UserFactory())


def test_a_hidden_field_keeps_what_it_holds_and_is_not_seen(line: Line, client: Client) -> None:
    agent = UserFactory()
    client.force_login(agent)
    IntakeField.objects.create(field="brand", shown=False)
    IntakeField.objects.create(field="room", before="make_ready")
    need = NeedFactory(brand="诺和锐", case__owner="queue")
    page = client.get(reverse("cases:draft-of-case", args=[need.case.number])).content.decode()
    assert 'name="need-0-brand" hidden value="诺和锐"' in page
    assert 'name="need-0-specification" value' in page
    assert 'id="asked"' in page


@pytest.mark.parametrize(
    ("field", "shown", "before", "good"),
    [
        ("brand", True, "source", True),
        ("brand", False, "", True),
        ("brand", False, "source", False),
        ("phone", False, "", False),
        ("note", True, "source", False),
        ("nonsense", True, "", False),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_in_words(
    line: Line, field: str, shown: bool, before: str, good: bool
) -> None:
    assert (intake_fields.problem(IntakeField(field=field, shown=shown, before=before)) == "") is good


def test_a_supervisor_sets_it_in_the_admin(line: Line, client: Client) -> None:
    client.force_login(UserFactory(role="supervisor", is_staff=True))
    add = reverse("admin:cases_intakefield_add")
    client.post(add, {"field": "zone", "shown": "on", "before": "make_ready"})
    client.post(add, {"field": "phone", "before": ""})
    assert list(IntakeField.objects.values_list("field", "before")) == [("zone", "make_ready")]


def test_the_database_keeps_what_is_asked_for_shown(line: Line) -> None:
    with pytest.raises(IntegrityError):
        IntakeField.objects.create(field="zone", shown=False, before="source")
