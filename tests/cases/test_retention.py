"""A person's data: handed out with a reason, taken away on request or after its time, figures and proofs stay."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import days, retention
from cases.desk import search
from cases.models import (
    Case,
    CaseDay,
    Contact,
    DataRequest,
    Note,
    Phone,
    Prescription,
    Resident,
    RetentionPolicy,
)
from hotline.lifecycle import MoveRefused
from hotline.models import InboundEvent, Line, Message, OptOut, Picture, Recording, User
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import CallFactory, UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613811112222"
SECRETS = ("王秀英", NUMBER, "13811112222", "门口有狗", "胰岛素没了", "901室", "赵医生")


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def supervisor(line: Line) -> User:
    return UserFactory(role="supervisor", name="主管")


@pytest.fixture
def person(line: Line) -> Resident:
    """Somebody with an ended case and everything that can hang on it."""
    person = ResidentFactory(name="王秀英", number=NUMBER, birth_year=1938, note="门口有狗")
    case = CaseFactory(
        person=person, words="胰岛素没了", state="closed", outcome="received", outcome_note="王秀英收到", owner="",
        next_step="", closed_at=timezone.now() - timedelta(days=200), address__room="901室", line=line,
    )  # fmt: skip
    case.address.said = "901室"
    case.address.save()
    case.save()  # another version in the history
    person.address = case.address
    person.save()
    need = NeedFactory(case=case)
    paper = Prescription.objects.create(need=need, doctor="赵医生", number="R1", state="received")
    paper.photo.save("paper.jpg", ContentFile(b"picture"))
    Note.objects.create(case=case, text="门口有狗")
    message = Message.objects.create(
        line=line, direction="in", number=NUMBER, body="胰岛素没了", state="handled", sid="SM1"
    )
    picture = Picture.objects.create(message=message, address="https://carrier/1", state="kept")
    picture.file.save("text.jpg", ContentFile(b"picture"))
    InboundEvent.objects.create(
        kind="message", sid="SM1", state="processed", number=NUMBER, payload={"From": NUMBER, "Body": "胰岛素没了"}
    )
    Message.objects.create(
        line=line, direction="out", number=NUMBER, body="王秀英您好", state="delivered", topic=f"case:{case.pk}"
    )
    call = CallFactory(number=NUMBER, state="completed", line=line)
    Recording.objects.create(
        call=call, sid="RE1", kind="message", seconds=9, delete_after=timezone.now() + timedelta(days=99)
    )
    for fields in ({"message": message}, {"call": call}):
        Contact.objects.create(line=line, resident=person, case=case, taken_as="request", **fields)
    OptOut.objects.create(line=line, number=NUMBER)
    return person


def everything() -> str:
    """All rows of all tables in words, but for who may not be texted and what people asked for."""
    from django.apps import apps

    kept = {"OptOut", "DataRequest", "SearchDocument"}
    models = [m for m in apps.get_models() if m._meta.app_label in ("cases", "hotline", "dispatch")]
    return json.dumps(
        [list(m._default_manager.values()) for m in models if m.__name__ not in kept], default=str, ensure_ascii=False
    )


def test_nothing_of_a_person_is_left_in_any_table_or_file(
    person: Resident, supervisor: User, settings, django_capture_on_commit_callbacks
) -> None:
    assert all(secret in everything() for secret in SECRETS if secret != "13811112222")
    with django_capture_on_commit_callbacks(execute=True):
        retention.erase(person, what="erased", by=supervisor, reason="asked by letter")
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert search.find("王秀英") == search.find("2222") == []
    assert Recording.objects.get().delete_after <= timezone.now()
    assert OptOut.objects.filter(number=NUMBER).exists()


def test_the_figures_stay(person: Resident, supervisor: User) -> None:
    day = timezone.localdate()
    days.count(day)
    before = list(CaseDay.objects.order_by("pk").values_list("group", "value", "received", "met"))
    retention.erase(person, what="erased", by=supervisor, reason="asked by letter")
    days.count(day)
    assert list(CaseDay.objects.order_by("pk").values_list("group", "value", "received", "met")) == before
    case = Case.objects.get()
    assert (case.state, case.outcome, case.district.name, case.needs.get().item) == (
        "closed",
        "received",
        "杨浦区",
        "胰岛素笔芯",
    )


def test_with_an_open_case_or_without_a_reason_nothing_is_taken_away(person: Resident, supervisor: User) -> None:
    with pytest.raises(MoveRefused):
        retention.erase(person, what="erased", by=supervisor, reason=" ")
    CaseFactory(reporter=person)
    with pytest.raises(MoveRefused):
        retention.erase(person, what="erased", by=supervisor, reason="asked by letter")
    person.refresh_from_db()
    assert person.name == "王秀英"


def test_a_shared_number_and_door_are_not_forgotten_with_one_of_them(person: Resident, supervisor: User) -> None:
    other = ResidentFactory(name="王强", number=NUMBER)
    other.address = person.address
    other.save()
    theirs = Message.objects.create(
        line=Line.objects.get(), direction="in", number=NUMBER, body="我是王强", state="handled"
    )
    retention.erase(person, what="erased", by=supervisor, reason="asked by letter")
    theirs.refresh_from_db()
    other.refresh_from_db()
    assert (theirs.body, theirs.number) == ("我是王强", NUMBER)
    assert other.address.room == "901室"
    assert Phone.objects.get().resident == other
    assert Case.objects.get(person=person).address is None


def test_after_its_time_it_goes_by_itself_and_not_before(person: Resident, line: Line) -> None:
    assert retention.apply() == 0  # no length was set
    policy = RetentionPolicy.objects.create(line=line, days=365)
    assert retention.apply() == 0
    policy.days = 180
    policy.save()
    later = CaseFactory(person=person, state="closed", outcome="received", owner="", next_step="", line=line)
    Case.objects.filter(pk=later.pk).update(closed_at=timezone.now())
    assert retention.apply() == 0  # the last case counts
    Case.objects.filter(pk=later.pk).update(closed_at=timezone.now() - timedelta(days=181))
    assert retention.apply() == 1
    assert retention.apply() == 0
    assert DataRequest.objects.get().what == "expired"


def test_a_dry_run_says_whose_and_changes_nothing(person: Resident) -> None:
    out = io.StringIO()
    call_command("apply_retention", "--dry-run", "--days", "100", stdout=out)
    assert f"resident {person.pk}: 1 cases" in out.getvalue()
    assert "1 people, nothing changed" in out.getvalue()
    person.refresh_from_db()
    assert person.anonymised_at is None


def test_a_supervisor_hands_everything_out_with_a_reason_on_record(
    person: Resident, supervisor: User, client: Client
) -> None:
    client.force_login(supervisor)
    address = reverse("cases:person-hand-out", args=[person.pk])
    assert client.post(address, {"reason": ""}).status_code == 302
    assert not DataRequest.objects.exists()
    answer = client.post(address, {"reason": "asked in writing"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        data = json.loads(packed.read("data.json"))
        assert {Path(name).parts[0] for name in packed.namelist()} == {"data.json", "pictures", "prescriptions"}
    assert (data["person"]["name"], data["telephones"]) == ("王秀英", [NUMBER])
    assert data["cases"][0]["notes"][0]["text"] == "门口有狗"
    assert {text["body"] for text in data["texts"]} == {"胰岛素没了", "王秀英您好"}
    assert (DataRequest.objects.get().reason, DataRequest.objects.get().by) == ("asked in writing", supervisor)


def test_taking_away_wants_the_box_ticked(person: Resident, supervisor: User, client: Client) -> None:
    client.force_login(supervisor)
    assert client.get(reverse("cases:person-data-of", args=[Case.objects.get().number]), follow=True).status_code == 200
    address = reverse("cases:person-erase", args=[person.pk])
    client.post(address, {"reason": "asked in writing"})
    assert not DataRequest.objects.exists()
    client.post(address, {"reason": "asked in writing", "sure": "on"})
    person.refresh_from_db()
    assert person.anonymised_at
    assert client.get(reverse("cases:person-data", args=[person.pk])).status_code == 200


def test_an_agent_may_do_none_of_it(person: Resident, client: Client) -> None:
    client.force_login(UserFactory(role="agent"))
    for name in ("person-data", "person-hand-out", "person-erase"):
        assert client.post(reverse(f"cases:{name}", args=[person.pk])).status_code == 403
