from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import emergency, policies, steps
from cases.models import EmergencyMode
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
LONGER = {
    "targets": {"3": {"contact": 600}, "4": {"contact": 3000}},
    "calling_from": "06:30",
    "required": {"source": ["supply_left"]},
}


@pytest.fixture
def supervisor(line):
    return UserFactory(role="supervisor", is_staff=True)


@pytest.fixture
def switch_on(line, supervisor):
    def start(settings=LONGER, **given):
        return emergency.start(line, name="封控", settings=settings, reason="全市封控", by=supervisor, **given)

    return start


def test_targets_calling_hours_and_required_fields_switch_together(switch_on):
    case = CaseFactory(level=3)
    NeedFactory(case=case)
    before = steps.reckon(case, "intake").due_at
    switch_on()
    assert steps.reckon(case, "intake").due_at > before
    assert policies.of(case).opens == time(6, 30)
    with pytest.raises(MoveRefused):
        steps.move(case, "source", by=UserFactory())


def test_switched_off_everything_is_as_it_was(switch_on, supervisor):
    case = CaseFactory(level=3)
    NeedFactory(case=case)
    before = steps.reckon(case, "intake").due_at
    mode = emergency.end(switch_on(), by=supervisor)
    assert steps.reckon(case, "intake").due_at == before
    assert policies.of(case) == policies.of(CaseFactory())
    assert steps.move(case, "source", by=UserFactory()).state == "sourcing"
    assert (mode.ended_by, EmergencyMode.history.count()) == (supervisor, 2)


def test_open_cases_are_reckoned_anew_when_it_begins_and_when_it_ends(switch_on, supervisor):
    case = steps.reckon_again(CaseFactory(level=3))
    before = case.due_at
    mode = switch_on()
    assert (emergency.count_anew(), emergency.count_anew()) == (1, 0)
    case.refresh_from_db()
    assert case.due_at > before
    emergency.end(mode, by=supervisor)
    assert emergency.count_anew() == 1
    case.refresh_from_db()
    assert case.due_at == before


def test_it_is_dated(switch_on, line):
    now = timezone.now()
    switch_on(begins_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    assert emergency.current(line.pk) is None
    assert emergency.current(line.pk, now + timedelta(minutes=90))
    assert emergency.current(line.pk, now + timedelta(hours=3)) is None
    with time_machine.travel(now + timedelta(hours=3)):
        assert switch_on()


def test_one_at_a_time(switch_on):
    switch_on()
    with pytest.raises(MoveRefused):
        switch_on()


@pytest.mark.parametrize(
    "settings",
    [
        {"tagets": {}},
        {"calling_from": "7h"},
        {"required": {"source": ["shoe size"]}},
        {"targets": {"3": {"contact": -1}}},
    ],
)
def test_what_could_not_be_used_is_refused(switch_on, settings):
    with pytest.raises(MoveRefused):
        switch_on(settings)


def test_a_supervisor_switches_it_on_and_off_in_the_admin(client, supervisor, line):
    client.force_login(supervisor)
    given = {
        "line": line.pk,
        "name": "封控",
        "reason": "r",
        "settings": '{"calling_from": "07:00"}',
        "ends_at_0": "",
        "ends_at_1": "",
    }
    given |= {"begins_at_0": "2020-01-01", "begins_at_1": "00:00:00"}
    client.post(reverse("admin:cases_emergencymode_add"), given)
    mode = EmergencyMode.objects.get()
    assert mode.started_by == supervisor
    chosen = {"action": "switch_off", "_selected_action": [mode.pk]}
    client.post(reverse("admin:cases_emergencymode_changelist"), chosen)
    mode.refresh_from_db()
    assert mode.ended_by == supervisor


def test_an_agent_does_not_see_it(client, line):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("admin:cases_emergencymode_changelist")).status_code == 403
