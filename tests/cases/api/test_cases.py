"""Partners hand in cases, ask how they stand, and take them back."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from cases.models import Case, Partner, PartnerToken
from tests.cases.api.conftest import Keys, client_with

URL = "/api/v1/cases/"
ASKED = {
    "reference": "A-17",
    "words": "父亲的缬沙坦只剩两天",
    "person": {"name": "王建国", "age": 83},
    "reporter": {"name": "王丽", "phone": "138 1234 5678", "relation": "女儿"},
    "address": {"district": "yangpu", "community": "杏林新村", "building": "3", "room": "502"},
    "needs": [
        {"item": "缬沙坦胶囊", "specification": "80mg", "quantity": "2", "unit": "盒", "substitute_allowed": True}
    ],
}


@pytest.fixture(autouse=True)
def fresh_pace() -> None:
    cache.clear()


def hand_in(client: APIClient, key: str = "one", **changed: Any) -> Any:
    return client.post(URL, ASKED | changed, format="json", headers={"Idempotency-Key": key})


def test_a_case_is_made_judged_and_in_the_queue(api: APIClient) -> None:
    answer = hand_in(api)
    assert answer.status_code == 201, answer.json()
    case = Case.objects.get(pk=int(answer.json()["number"]) - 100_000)
    assert (case.channel, case.owner, case.state) == ("partner", "queue", "new")
    assert (case.person.name, case.reporter.name, case.relation) == ("王建国", "王丽", "女儿")
    assert "over_80" in case.vulnerabilities
    assert case.address.community.name == "杏林新村"
    need = case.needs.get()
    assert (need.item, need.quantity, need.substitute_allowed) == ("缬沙坦胶囊", 2, True)
    assert case.level_reasons
    assert answer.json()["reference"] == "A-17"


def test_the_resident_is_sent_the_receipt(api: APIClient, told: Any) -> None:
    hand_in(api)
    assert told("+8613812345678") == ["received"]


def test_the_same_key_is_the_same_case(api: APIClient, told: Any) -> None:
    first, again = hand_in(api), hand_in(api)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert Case.objects.count() == 1
    assert told("+8613812345678") == ["received"]


def test_the_same_key_with_other_words_is_refused(api: APIClient) -> None:
    hand_in(api)
    refused = hand_in(api, words="别的事情")
    assert (refused.status_code, refused.json()["code"]) == (409, "key_reused")
    assert Case.objects.count() == 1


def test_another_partners_same_key_is_another_case(api: APIClient, partner: Partner, key_of: Keys) -> None:
    other = Partner.objects.create(slug="hospital", name="医院", line=partner.line)
    assert hand_in(api).json()["number"] != hand_in(client_with(key_of(other))).json()["number"]


def test_without_a_key_nothing_is_made(api: APIClient) -> None:
    refused = api.post(URL, ASKED, format="json")
    assert refused.status_code == 400
    assert "Idempotency-Key" in refused.json()["fields"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reporter": {"phone": "12"}}, "reporter"),
        ({"person": {"name": "王"}, "reporter": None}, "reporter"),
        ({"words": "", "needs": []}, "words"),
        ({"address": {"district": "atlantis"}}, "address"),
        ({"category": "gold"}, "category"),
        ({"household": ["rich"]}, "household"),
        ({"needs": [{"item": "x"}] * 13}, "needs"),
        ({"words": "a\x00b"}, "words"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_made(api: APIClient, changed: Any, field: str) -> None:
    refused = hand_in(api, **changed)
    assert refused.status_code == 400
    assert field in refused.json()["fields"]
    assert not Case.objects.exists()


def test_where_it_stands_is_what_the_resident_is_told(api: APIClient) -> None:
    number = hand_in(api).json()["number"]
    shown = api.get(f"{URL}{number}/").json()
    assert shown["open"] is True
    assert number in shown["words"]["zh_hans"]
    assert number in shown["words"]["en"]


def test_events_come_in_order_and_go_on_behind_the_last(api: APIClient) -> None:
    number = hand_in(api).json()["number"]
    api.post(f"{URL}{number}/cancel/", {}, format="json")
    events = api.get(f"{URL}{number}/events/").json()["events"]
    assert [event["event"] for event in events] == ["open", "cancel"]
    rest = api.get(f"{URL}{number}/events/", {"after": events[0]["id"]}).json()
    assert [event["event"] for event in rest["events"]] == ["cancel"]
    assert rest["next"] is None


def test_cancelled_once_is_cancelled(api: APIClient) -> None:
    number = hand_in(api).json()["number"]
    first = api.post(f"{URL}{number}/cancel/", {"reason": "邻居送来了"}, format="json")
    again = api.post(f"{URL}{number}/cancel/", {}, format="json")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["state"] == again.json()["state"] == "cancelled"


def test_what_has_ended_otherwise_cannot_be_cancelled(api: APIClient) -> None:
    number = hand_in(api).json()["number"]
    from cases import outcomes

    outcomes.give_up(Case.objects.get(), "not_available", by=None, reason="缺货")
    refused = api.post(f"{URL}{number}/cancel/", {}, format="json")
    assert refused.status_code == 409
    assert refused.json()["message"]


def test_of_other_partners_cases_nothing_is_to_be_learned(api: APIClient, partner: Partner, key_of: Keys) -> None:
    number = hand_in(api).json()["number"]
    other = client_with(key_of(Partner.objects.create(slug="hospital", name="医院", line=partner.line)))
    for answer in (
        other.get(f"{URL}{number}/"),
        other.get(f"{URL}{number}/events/"),
        other.post(f"{URL}{number}/cancel/", {}, format="json"),
        other.get(f"{URL}999999/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_key_opens_only_its_scopes(partner: Partner, api: APIClient, key_of: Keys) -> None:
    number = hand_in(api).json()["number"]
    reader = client_with(key_of(partner, "cases:read"))
    assert reader.get(f"{URL}{number}/").status_code == 200
    assert hand_in(reader, "two").status_code == 403
    assert reader.post(f"{URL}{number}/cancel/", {}, format="json").status_code == 403


def test_bad_keys_are_refused(partner: Partner, key_of: Keys) -> None:
    revoked = key_of(partner, revoked_at=timezone.now())
    expired = key_of(partner, expires_at=timezone.now())
    for client in (
        APIClient(),
        client_with("hl_guess"),
        client_with("a b"),
        client_with(revoked),
        client_with(expired),
    ):
        answer = client.get(f"{URL}100001/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    key = key_of(partner)
    Partner.objects.update(active=False)
    assert client_with(key).get(f"{URL}100001/").status_code == 401


def test_the_database_holds_no_key(partner: Partner, key_of: Keys) -> None:
    key = key_of(partner)
    token = PartnerToken.objects.get()
    assert key not in str(vars(token))
    assert token.beginning == key[:9]


def test_too_many_in_a_minute_are_asked_to_wait(api: APIClient) -> None:
    Partner.objects.update(per_minute=2)
    codes = [api.get(f"{URL}100001/").status_code for _n in range(4)]
    assert codes.count(429) >= 1
    assert 0 < int(api.get(f"{URL}100001/")["Retry-After"]) <= 60


def test_the_description_is_open_to_read(api: APIClient) -> None:
    client = APIClient()
    page = client.get("/api/v1/docs/").content.decode()
    assert "/api/v1/cases/{number}/cancel/" in page
    paths = client.get("/api/v1/schema/").json()["paths"]
    assert sorted(paths) == [URL, f"{URL}{{number}}/", f"{URL}{{number}}/cancel/", f"{URL}{{number}}/events/"]
