"""What a trainee wrote down is marked and becomes nothing else."""

import pytest
from django.test import Client

from cases.desk import drafts
from cases.models import Case, CaseGroup, PracticeCaller, PracticeShift, Resident
from cases.practice import pages
from hotline import practice
from hotline.models import Line, User
from hotline.models.line import PRACTICE_NUMBER
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = "我爸82岁，胰岛素今晚就没有了，浦东新区3号楼502室"


@pytest.fixture
def trainee(line: Line) -> User:
    return PresenceFactory(practice=True, state="on_call").user


@pytest.fixture
def caller(line: Line, trainee: User) -> PracticeCaller:
    drill = Line.objects.create(
        slug="practice", name="练习", city="", number=PRACTICE_NUMBER, practice=True, active=False
    )
    number = practice.NUMBERS + "000010001"
    call = CallFactory(line=drill, number=number, state="connected", agent=trainee)
    shift = PracticeShift.objects.create(by=UserFactory(role="supervisor"))
    shift.trainees.add(trainee)
    return PracticeCaller.objects.create(
        shift=shift, position=1, number=number, words=WORDS, wanted="medicine", level=2, call=call, answered_seconds=4
    )


def save(client: Client, caller: PracticeCaller, trainee: User, **said: str) -> str:
    client.force_login(trainee)
    assert caller.call
    draft = drafts.for_call(trainee, caller.call)
    return client.post(f"/desk/form/{draft.key}/save/", {"version": "", **said}).content.decode()


def test_fields_and_level_are_marked_and_nothing_is_written(
    caller: PracticeCaller, trainee: User, client: Client
) -> None:
    need = {"need-0-item": "胰岛素", "need-0-quantity": "2"}
    answer = save(client, caller, trainee, words=WORDS, category="medicine", level="2", **need)
    assert "handed-in" in answer
    caller.refresh_from_db()
    assert caller.filled == ["words", "category", "item", "quantity"]
    assert "name" in caller.missing
    assert (caller.given_level, caller.level, caller.trainee) == (2, 2, trainee)
    assert not Case.objects.exists()
    assert not Resident.objects.exists()


def test_the_table_says_time_fields_and_level_for_each_trainee(
    caller: PracticeCaller, trainee: User, client: Client
) -> None:
    save(client, caller, trainee, words=WORDS, level="4")
    row = pages.table(caller.shift)[0]
    assert (row["callers"], row["answered"], row["filled"], row["agreed"]) == (1, 4, 1, 0)
    assert "82" in client.get("/practice/mine/").content.decode()
    client.force_login(UserFactory(role="supervisor"))
    assert f"<td>{trainee.name}</td>" in client.get("/practice/").content.decode()


def test_a_trainee_saves_no_case_from_an_empty_form_either(
    caller: PracticeCaller, trainee: User, client: Client
) -> None:
    client.force_login(trainee)
    draft = drafts.blank(trainee)
    client.post(f"/desk/form/{draft.key}/save/", {"version": "", "words": WORDS, "caller-number": "13800000001"})
    assert not Case.objects.exists()


def test_a_trainee_is_told_that_a_group_is_not_written_down_in_practice(
    caller: PracticeCaller, trainee: User, client: Client
) -> None:
    client.force_login(trainee)
    assert caller.call
    draft = drafts.for_call(trainee, caller.call)
    table = {
        "key": "k" * 32,
        "draft": draft.key,
        "row-0-name": "王阿姨",
        "row-0-item": "奶粉",
        "caller_number": caller.number,
    }
    answer = client.post("/groups/save/", table, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "王阿姨" in answer.content.decode()
    assert "A practice shift knows no groups" in answer.content.decode()
    assert not CaseGroup.objects.exists()


def test_an_agent_neither_starts_nor_ends_a_shift(caller: PracticeCaller, client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/practice/").status_code == 403
    assert client.post("/practice/start/").status_code == 403
    assert client.post(f"/practice/{caller.shift_id}/end/").status_code == 403


def test_the_table_takes_as_many_queries_for_many_callers(
    caller: PracticeCaller, trainee: User, django_assert_num_queries: object
) -> None:
    PracticeCaller.objects.update(trainee=trainee)
    for position in range(2, 30):
        number = f"{practice.NUMBERS}0000100{position:02d}"
        PracticeCaller.objects.create(
            shift=caller.shift, position=position, number=number, words="x", wanted="x", level=3, trainee=trainee
        )
    with django_assert_num_queries(2):  # type: ignore[operator]
        pages.table(caller.shift)
