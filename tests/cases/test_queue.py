import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import queue
from cases.models import Case
from hotline.lifecycle import MoveRefused
from hotline.models import User
from tests.factories.cases import CaseFactory, CategoryFactory, ResidentFactory
from tests.factories.hotline import AgentSkillFactory, LineFactory, SkillFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line):
    agent = UserFactory()
    AgentSkillFactory(user=agent, skill=SkillFactory(slug="medicine"))
    return agent


def minutes(n: float):
    return timezone.now() + timedelta(minutes=n)


def test_level_one_comes_before_everything_and_then_the_earliest_due(agent):
    later = CaseFactory(level=3, due_at=minutes(10))
    sooner = CaseFactory(level=4, due_at=minutes(-300))
    now = CaseFactory(level=1, due_at=minutes(60))
    assert [queue.claim_next(agent) for _ in range(4)] == [now, sooner, later, None]


def test_a_claimed_case_has_its_agent_a_lease_and_a_row_in_the_history(agent):
    case = CaseFactory()
    claimed = queue.claim_next(agent)
    assert claimed == case
    assert (claimed.owner, claimed.owner_agent) == ("agent", agent)
    assert claimed.claimed_until > timezone.now()
    assert case.history.latest().history_user == agent


def test_a_case_outside_the_agents_skills_is_left_for_others(agent):
    CaseFactory(category=CategoryFactory(slug="infant"))
    mine = CaseFactory(due_at=minutes(500))
    assert queue.claim_next(agent) == mine
    assert queue.claim_next(agent) is None


def test_a_case_without_a_category_is_everybodys(line):
    case = CaseFactory(category=None)
    assert queue.claim_next(UserFactory()) == case


def test_a_category_that_asks_for_no_skill_is_everybodys(line):
    case = CaseFactory(category=CategoryFactory(slug="food", skill=None))
    assert queue.claim_next(UserFactory()) == case


def test_another_language_needs_its_skill(agent):
    case = CaseFactory(language="en")
    assert queue.claim_next(agent) is None
    AgentSkillFactory(user=agent, skill=SkillFactory(slug="english", kind="language"))
    assert queue.claim_next(agent) == case


def test_a_review_is_for_those_who_lead(agent):
    case = CaseFactory(next_step="review")
    assert queue.claim_next(agent) is None
    assert queue.claim_next(UserFactory(role="supervisor")) == case


def test_what_waits_for_an_agent_is_what_they_would_claim(agent):
    CaseFactory(category=CategoryFactory(slug="infant"))
    CaseFactory(next_step="review")
    expected = [CaseFactory(level=1), CaseFactory(level=2)]
    assert list(queue.waiting(agent)) == expected


def test_the_second_who_claims_the_same_case_is_told_who_has_it(agent):
    case = CaseFactory()
    queue.claim(case, agent)
    with pytest.raises(MoveRefused, match=agent.name):
        queue.claim(case, UserFactory())


def test_a_claim_of_ones_own_renews_it(agent):
    case = queue.claim(CaseFactory(), agent)
    assert queue.claim(case, agent).owner_agent == agent


def test_a_case_with_dispatch_cannot_be_claimed(agent):
    with pytest.raises(MoveRefused):
        queue.claim(CaseFactory(state="ready", next_step="plan", owner="dispatch"), agent)


def test_a_closed_laptop_gives_the_case_back(agent):
    case = queue.claim(CaseFactory(), agent)
    Case.objects.filter(pk=case.pk).update(claimed_until=minutes(-1))
    assert queue.release_expired() == 1
    case.refresh_from_db()
    assert (case.owner, case.owner_agent) == ("queue", None)


def test_a_living_page_keeps_the_case(agent):
    case = queue.claim(CaseFactory(), agent)
    Case.objects.filter(pk=case.pk).update(claimed_until=minutes(1))
    assert queue.renew(agent) == 1
    case.refresh_from_db()
    assert case.claimed_until > minutes(10)


def test_a_case_whose_pickup_point_was_asked_waits_for_the_answer_when_the_lease_ends(agent):
    case = CaseFactory(
        state="sourcing",
        next_step="confirm_goods",
        owner="agent",
        owner_agent=agent,
        claimed_until=minutes(-1),
        due_at=minutes(60),
    )
    queue.release_expired()
    case.refresh_from_db()
    assert case.owner == "timer"


def test_handing_back_keeps_the_place(agent):
    case = CaseFactory()
    due_at = case.due_at
    queue.claim(case, agent)
    queue.hand_back(case, agent, reason="not my field")
    assert (case.owner, case.due_at) == ("queue", due_at)
    assert case.history.latest().history_change_reason == "not my field"


def test_only_the_holder_or_a_lead_hands_back(agent):
    case = queue.claim(CaseFactory(), agent)
    with pytest.raises(MoveRefused):
        queue.hand_back(case, UserFactory())
    assert queue.hand_back(case, UserFactory(role="supervisor")).owner == "queue"


def test_passing_on_names_the_colleague(agent):
    colleague = UserFactory()
    case = queue.pass_on(queue.claim(CaseFactory(), agent), colleague, by=agent)
    assert (case.owner, case.owner_agent) == ("agent", colleague)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-600, 600)), min_size=1, max_size=12))
def test_whatever_waits_is_handed_out_in_order_each_once(agent, waiting):
    Case.objects.all().delete()
    person = ResidentFactory()
    made = [CaseFactory(person=person, level=level, due_at=minutes(due)) for level, due in waiting]
    expected = sorted(made, key=lambda case: (case.level != 1, case.due_at, case.pk))
    handed_out = [queue.claim_next(agent) for _ in made]
    assert handed_out == expected
    assert queue.claim_next(agent) is None


@pytest.mark.django_db(transaction=True)
def test_only_the_transaction_of_a_claim_does_not_wait_for_the_disk():
    def waits() -> str:
        cursor.execute("show synchronous_commit")
        return str(cursor.fetchone()[0])

    agent = UserFactory()
    CaseFactory(category=None)
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit to on")  # the database of the tests waits for no disk at all
        try:
            with transaction.atomic():
                assert queue.claim_next(agent)
                assert waits() == "off"
            assert waits() == "on"
        finally:
            cursor.execute("reset synchronous_commit")


@pytest.mark.django_db(transaction=True)
def test_many_agents_at_once_never_get_the_same_case_and_leave_none():
    LineFactory()
    person = ResidentFactory()
    cases = {CaseFactory(person=person, category=None, due_at=minutes(n)).pk for n in range(60)}
    agents = [UserFactory() for _ in range(12)]
    got: list[int] = []
    ready = threading.Barrier(len(agents))

    def work(agent: User) -> None:
        try:
            ready.wait(timeout=20)
            while (case := queue.claim_next(agent)) is not None:
                got.append(case.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(got) == sorted(cases)
    for case in Case.objects.all():
        assert case.owner == "agent"
        assert case.history.filter(owner="agent").count() == 1


def test_claiming_is_one_statement_over_the_index_of_its_order(agent):
    for n in range(3):
        CaseFactory(due_at=minutes(n))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain " + queue.CLAIM_NEXT,
            {
                "agent": agent.pk,
                "until": minutes(1),
                "full": False,
                "leads": False,
                "everything": False,
                "categories": [],
                "languages": ["zh-hans"],
            },
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_next_to_claim" in plan
    assert "Sort" not in plan
