"""The page of capacity: the sentence, the list, what one more would serve."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import outlook
from dispatch import reach, trials
from dispatch.models import Reach, Trial
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory, UserFactory


@pytest.fixture
def line(db):
    return LineFactory()


@pytest.fixture
def dispatcher(client, line):
    client.force_login(UserFactory(role="dispatcher"))
    client.cookies["django_language"] = "en"
    return client


def shown(client):
    answer = client.get(reverse("dispatch:capacity"))
    assert answer.status_code == 200
    return answer.content.decode()


def scarce(line):
    ShiftFactory(vehicle=VehicleFactory(line=line), ends_at=timezone.now() + timedelta(hours=2))
    made = [ready_case(line=line, due_at=timezone.now() + timedelta(hours=n)) for n in range(1, 7)]
    reach.refresh(line)
    return made


def test_an_agent_is_refused(client, line):
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("dispatch:capacity")).status_code == 403


def test_an_empty_page_says_when_something_will_be_there(dispatcher):
    assert "Nothing is known of today yet." in shown(dispatcher)


def test_the_sentence_and_who_is_below_are_shown(dispatcher, line):
    made = scarce(line)
    words = shown(dispatcher)
    row = Reach.objects.get()
    assert f"reaches <b>{row.reached}</b> of <b>6</b>" in words
    assert made[-1].number in words
    assert f'href="/cases/{made[0].number}/"' not in words


def test_level_one_below_the_line_is_said_first(dispatcher, line):
    made = scarce(line)
    type(made[-1]).objects.filter(pk=made[-1].pk).update(level=1)
    assert "case of level 1 finds no vehicle today" in shown(dispatcher)


def test_pressing_asks_the_worker_and_the_answer_appears(dispatcher, line):
    scarce(line)
    dispatcher.post(reverse("dispatch:capacity-try", args=["vehicle"]), {"line": line.slug})
    assert "being planned" in shown(dispatcher)
    trials.run(Trial.objects.get().pk)
    assert "one more vehicle of Medicine" in shown(dispatcher)


def test_reckoning_again_is_one_press(dispatcher, line):
    scarce(line)
    ShiftFactory(vehicle=VehicleFactory(line=line))
    dispatcher.post(reverse("dispatch:capacity-again"), {"line": line.slug})
    assert Reach.objects.get().vehicles == 2


def test_the_number_of_queries_does_not_grow_with_the_list(dispatcher, line, django_assert_max_num_queries):
    made = scarce(line)
    many = [ready_case(line=line) for _ in range(20)]
    today = outlook.today_of(line)
    outlook.write(line, today, [outlook.Below(c.pk, today + timedelta(days=1), 1) for c in [*made, *many]])
    with django_assert_max_num_queries(34):
        shown(dispatcher)
