from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases import holds, prescriptions, steps
from cases.models import Callback, Prescription
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def case(line):
    case = CaseFactory(person__number=NUMBER, state="triaged", next_step="source")
    NeedFactory(case=case, prescription_needed=True)
    return case


@pytest.fixture
def paper(case):
    return prescriptions.papers(case)[0]


@pytest.fixture
def controlled(line):
    case = CaseFactory(person__number=NUMBER)
    NeedFactory(case=case, item="吗啡缓释片", controlled=True)
    return case


def test_each_need_that_asks_for_one_has_a_paper(case):
    NeedFactory(case=case)
    assert [paper.state for paper in prescriptions.papers(case)] == ["needed"]
    assert prescriptions.papers(case) == prescriptions.papers(case)


def test_a_hold_for_the_photo_texts_the_link_once(case, agent, told):
    holds.hold(case, until=timezone.now() + timedelta(hours=2), reason="photo", by=agent)
    assert told(NUMBER) == ["photo_asked"]
    assert "/r/" in case.line.messages.get(purpose="photo_asked").body
    assert Prescription.objects.get().state == "photo_asked"
    prescriptions.ask_photo(case)
    assert told(NUMBER) == ["photo_asked"]


def test_the_photo_ends_the_hold_that_waited_for_it(case, agent):
    holds.hold(case, until=timezone.now() + timedelta(hours=2), reason="photo", by=agent)
    prescriptions.receive(Prescription.objects.get())
    case.refresh_from_db()
    assert (case.state, Prescription.objects.get().state) == ("triaged", "received")


def test_a_consultation_is_followed_up(paper, agent):
    at = timezone.now() + timedelta(hours=3)
    prescriptions.book(paper, at=at, doctor="互联网医院", by=agent)
    assert paper.state == "booked"
    assert Callback.objects.get().due_at == at + timedelta(hours=1)


def test_what_is_issued_has_number_doctor_and_an_end_before_which_we_call(paper, agent):
    with pytest.raises(MoveRefused):
        prescriptions.issue(paper, number=" ", doctor="陈", valid_until=date.max, by=agent)
    until = timezone.localdate() + timedelta(days=3)
    prescriptions.issue(paper, number="RX1", doctor="陈医生", valid_until=until, by=agent)
    owed = Callback.objects.get()
    assert (paper.state, owed.kind) == ("issued", "prescription")
    assert timezone.localtime(owed.due_at).date() == until - timedelta(days=1)


def test_an_expired_one_is_not_taken(paper, agent):
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(MoveRefused):
        prescriptions.issue(paper, number="RX1", doctor="陈", valid_until=yesterday, by=agent)


def test_the_pharmacy_checks_what_has_come_and_says_why_not(paper, agent):
    with pytest.raises(MoveRefused):
        prescriptions.check(paper, good=True, by=agent)
    prescriptions.receive(paper, by=agent)
    with pytest.raises(MoveRefused):
        prescriptions.check(paper, good=False, by=agent)
    prescriptions.check(paper, good=False, words="看不清", by=agent)
    assert (paper.state, paper.said) == ("refused", "看不清")


def test_a_controlled_drug_is_laid_before_a_supervisor(controlled, agent):
    steps.move(controlled, "triage", by=agent)
    controlled.refresh_from_db()
    assert (controlled.state, controlled.next_step, controlled.owner) == ("triaged", "review", "queue")


def test_it_is_looked_for_only_after_a_supervisors_yes(controlled, agent):
    steps.move(controlled, "triage", by=agent)
    with pytest.raises(MoveRefused):
        steps.move(controlled, "source", by=agent)
    with pytest.raises(MoveRefused):
        prescriptions.allow(controlled, by=agent)
    prescriptions.allow(controlled, by=UserFactory(role="supervisor"))
    assert controlled.next_step == "source"
    assert steps.move(controlled, "source", by=agent).state == "sourcing"
