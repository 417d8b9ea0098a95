"""Quality: the weekly sample, the score card, the agent's answer, and what a resident's contradiction opens."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import outcomes, quality
from cases.models import Case, Criterion, QualityReview, SamplePlan, Transition
from hotline.lifecycle import MoveRefused
from hotline.models import Line, User
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    return UserFactory(role="agent", name="陈老师")


@pytest.fixture
def supervisor(line: Line) -> User:
    return UserFactory(role="supervisor", name="主管")


@pytest.fixture
def criteria(line: Line) -> list[Criterion]:
    Criterion.objects.all().delete()
    return [
        Criterion.objects.create(words="态度", weight=1, order=1),
        Criterion.objects.create(words="问全", weight=3, order=2),
        Criterion.objects.create(words="危急情况", weight=1, critical=True, order=3),
    ]


def ended(agent: User, state: str = "closed", **fields: object) -> Case:
    """A case that ended last week, moved last by this agent."""
    outcome = {"closed": "received", "unmet": "no_vehicle", "cancelled": "no_longer_needed"}[state]
    monday = quality.week_of(timezone.localdate()) - quality.WEEK
    at = timezone.make_aware(timezone.datetime.combine(monday, timezone.datetime.min.time())) + timedelta(days=2)
    case = CaseFactory(state=state, outcome=outcome, owner="", next_step="", closed_at=at, **fields)
    Transition.objects.create(case=case, move="triage", from_state="new", to_state="triaged", by=agent, at=at)
    return case


def test_some_of_every_agents_ended_cases_are_drawn_once(agent: User) -> None:
    other = UserFactory(role="agent")
    for _n in range(8):
        ended(agent)
    ended(other)
    CaseFactory(state="closed", outcome="received", owner="", next_step="", closed_at=timezone.now())  # this week
    assert quality.draw() == 4
    assert quality.draw() == 0
    assert QualityReview.objects.filter(agent=agent).count() == 3
    assert QualityReview.objects.get(agent=other).why == "sample"


def test_the_rare_ends_are_among_the_sample(agent: User) -> None:
    for _n in range(20):
        ended(agent)
    rare = {ended(agent, "unmet").pk, ended(agent, "cancelled").pk}
    quality.draw()
    assert rare < set(QualityReview.objects.values_list("case", flat=True))


def test_how_many_is_data(agent: User) -> None:
    SamplePlan.objects.create(per_agent=1)
    for _n in range(5):
        ended(agent)
    assert quality.draw() == 1


def test_the_score_weighs_and_what_is_critical_decides(
    agent: User, supervisor: User, criteria: list[Criterion]
) -> None:
    one, two, three = (criterion.pk for criterion in criteria)
    review = quality.open_for(ended(agent))
    assert review
    with pytest.raises(MoveRefused):
        quality.score(review, {one: 2}, by=supervisor)
    quality.score(review, {one: 2, two: 1, three: None}, by=supervisor)
    assert review.score == round(100 * (2 + 3) / 8)
    failed = quality.open_for(ended(agent))
    assert failed
    quality.score(failed, {one: 2, two: 2, three: 0}, by=supervisor)
    assert failed.score == 0
    criteria[0].delete()
    review.refresh_from_db()
    assert review.card[0]["words"] == "态度"


def test_nobody_reviews_their_own_work(agent: User, supervisor: User, criteria: list[Criterion]) -> None:
    review = QualityReview.objects.create(
        case=ended(agent), agent=supervisor, why="sample", monday=timezone.localdate()
    )
    with pytest.raises(MoveRefused):
        quality.score(review, {c.pk: 2 for c in criteria}, by=supervisor)
    with pytest.raises(IntegrityError):
        QualityReview.objects.filter(pk=review.pk).update(reviewer=supervisor)


def test_a_resident_who_says_otherwise_opens_one_review(agent: User) -> None:
    case = CaseFactory(state="follow_up", next_step="follow_up", owner="timer")
    Transition.objects.create(case=case, move="triage", from_state="new", to_state="triaged", by=agent)
    outcomes.contradicted(case, "2")
    outcomes.contradicted(case, "2")
    assert QualityReview.objects.get().why == "survey"


def test_a_contradiction_about_a_case_no_agent_touched_opens_none(line: Line) -> None:
    outcomes.contradicted(CaseFactory(state="follow_up", next_step="follow_up", owner="timer"), "2")
    assert not QualityReview.objects.exists()


def test_the_card_is_filled_in_and_the_agent_sees_it_and_answers_once(
    agent: User, supervisor: User, criteria: list[Criterion]
) -> None:
    leads, agents = Client(), Client()
    leads.force_login(supervisor)
    agents.force_login(agent)
    review = quality.open_for(ended(agent))
    assert review
    assert review.case.number in leads.get(reverse("cases:quality")).content.decode()
    assert "态度" in leads.get(reverse("cases:quality-review", args=[review.pk])).content.decode()
    card = {f"criterion-{c.pk}": "2" for c in criteria} | {"comment": "很耐心"}
    leads.post(reverse("cases:quality-act", args=[review.pk, "score"]), card)
    assert "很耐心" in agents.get(reverse("cases:quality-mine")).content.decode()
    agents.post(reverse("cases:quality-act", args=[review.pk, "answer"]), {"answer": "谢谢"})
    agents.post(reverse("cases:quality-act", args=[review.pk, "answer"]), {"answer": "再说"})
    review.refresh_from_db()
    assert (review.score, review.answer) == (100, "谢谢")
    assert review.seen_at
    (row,) = quality.figures()
    assert row["cells"][-1] == {"average": 100, "count": 1}


def test_an_agent_sees_nobody_elses_and_scores_nothing(
    agent: User, supervisor: User, criteria: list[Criterion]
) -> None:
    review = quality.open_for(ended(agent))
    assert review
    client = Client()
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("cases:quality")).status_code == 403
    assert client.post(reverse("cases:quality-act", args=[review.pk, "score"]), {}).status_code == 404
    assert client.post(reverse("cases:quality-act", args=[review.pk, "answer"]), {"answer": "x"}).status_code == 404
