"""A second factor after the password, for those who see much; with recovery codes, a reset, and no way around it."""

import re
import time
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from hotline import second_factor
from hotline.access import EVERY_ROLE
from hotline.models import User

PASSWORD = "a-long-password-of-mine"
GIVE, SET_UP = "/second-factor/", "/second-factor/set-up/"


@pytest.fixture
def production(settings: Any) -> None:
    settings.SECOND_FACTOR = True


def somebody(role: str, name: str = "") -> User:
    return User.objects.create_user(name or role, password=PASSWORD, role=role)


def log_in(client: Client, user: User, to: str = "/") -> Any:
    said = {"username": user.username, "password": PASSWORD, "next": to}
    return client.post(reverse("admin:login"), said, follow=True)


def code_of(device: TOTPDevice, step: int = 0) -> str:
    """What the app shows; `step` 1 is the code after it."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + step * device.step
    return f"{totp.token():06d}"


def with_device(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="app", confirmed=True)


@pytest.mark.parametrize("role", sorted(second_factor.ROLES))
def test_in_production_these_roles_see_nothing_before_they_have_set_one_up(
    db: None, production: None, client: Client, role: str
) -> None:
    answer = log_in(client, somebody(role))
    assert answer.request["PATH_INFO"] == SET_UP
    for page in (reverse("admin:index"), reverse("cases:wallboard"), reverse("admin:password_change"), "/"):
        assert client.get(page, follow=True).request["PATH_INFO"] == SET_UP, page


def test_an_agent_is_not_asked(db: None, production: None, client: Client) -> None:
    log_in(client, somebody("agent"))
    assert client.get(reverse("cases:desk")).status_code == 200


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_in_the_demo_nobody_is_asked(db: None, client: Client, role: str) -> None:
    log_in(client, somebody(role))
    assert client.get(reverse("admin:index")).status_code == 200


def test_set_up_with_the_app_and_codes_are_shown_once(db: None, production: None, client: Client) -> None:
    user = somebody("supervisor")
    log_in(client, user)
    page = client.get(SET_UP).content.decode()
    assert "data:image/svg+xml" in page
    assert client.post(SET_UP, {"code": "000000"}).status_code == 200
    assert not second_factor.is_set_up(user)
    device = TOTPDevice.objects.get(user=user)
    device.throttle_reset()
    shown = client.post(SET_UP, {"code": code_of(device)}).content.decode()
    assert len(re.findall(r"<li>([a-z2-7]{8})</li>", shown)) == 10
    assert client.get(reverse("cases:wallboard")).status_code == 200


def test_each_log_in_asks_for_the_code_and_a_code_works_once(db: None, production: None, client: Client) -> None:
    user = somebody("dispatcher")
    device = with_device(user)
    assert log_in(client, user).request["PATH_INFO"] == GIVE
    code = code_of(device)
    assert client.post(GIVE, {"code": code, "next": "/admin/"}).headers["Location"] == "/admin/"
    assert client.get(reverse("admin:index")).status_code == 200
    client.post(reverse("admin:logout"))
    log_in(client, user)
    assert client.post(GIVE, {"code": code}).status_code == 403  # used already
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_recovery_code_works_once(db: None, production: None, client: Client) -> None:
    user = somebody("administrator")
    with_device(user)
    code = second_factor.renew_codes(user)[0]
    for status in (302, 403):
        log_in(client, user)
        assert client.post(GIVE, {"code": code.upper()}).status_code == status
        client.post(reverse("admin:logout"))
    assert second_factor.codes_left(user) == 9


def test_wrong_codes_are_slowed_down_and_lock_out_like_wrong_passwords(
    db: None, production: None, client: Client
) -> None:
    user = somebody("supervisor")
    device = with_device(user)
    log_in(client, user)
    assert client.post(GIVE, {"code": "123456"}).status_code == 403
    assert client.post(GIVE, {"code": code_of(device)}).status_code == 403  # not even looked at now
    statuses = [client.post(GIVE, {"code": "123456"}).status_code for _ in range(4)]
    assert 429 in statuses
    assert AccessAttempt.objects.filter(username=user.username).exists()
    assert client.get(reverse("cases:wallboard")).status_code == 302  # logged out
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_wrong_passwords_still_lock_out(db: None, production: None, client: Client) -> None:
    user = somebody("supervisor")
    for _ in range(5):
        answer = client.post(reverse("admin:login"), {"username": user.username, "password": "wrong"})
    assert answer.status_code == 429
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_who_has_set_one_up_is_asked_everywhere_whatever_the_role(db: None, client: Client) -> None:
    user = somebody("agent")
    with_device(user)
    assert log_in(client, user).request["PATH_INFO"] == GIVE
    assert client.get(reverse("cases:desk")).status_code == 302


def test_with_the_password_alone_nobody_sets_up_another_device(db: None, production: None, client: Client) -> None:
    user = somebody("supervisor")
    with_device(user)
    log_in(client, user)
    assert client.get(SET_UP, follow=True).request["PATH_INFO"] == GIVE
    assert client.post(SET_UP, {"what": "codes"}).status_code == 302
    assert not TOTPDevice.objects.filter(user=user, confirmed=False).exists()


def test_what_is_no_page_is_refused_without_a_redirect(db: None, production: None, client: Client) -> None:
    log_in(client, somebody("supervisor"))
    assert client.get("/live/board/", headers={"Accept": "text/event-stream"}).status_code == 401
    part = client.get(reverse("cases:wallboard"), headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].startswith("/second-factor/")


def test_logging_out_and_the_language_work_before_it(db: None, production: None, client: Client) -> None:
    log_in(client, somebody("supervisor"))
    client.post(reverse("set_language"), {"language": "en", "next": SET_UP})
    assert "Open an authenticator app" in client.get(SET_UP).content.decode()
    client.post(reverse("set_language"), {"language": "zh-hans", "next": SET_UP})
    assert "身份验证" in client.get(SET_UP).content.decode()
    client.post(reverse("admin:logout"))
    assert "_auth_user_id" not in client.session


def test_a_log_in_as_another_one_begins_without_it(db: None, production: None, client: Client) -> None:
    first = somebody("supervisor", "first")
    device = with_device(first)
    log_in(client, first)
    client.post(GIVE, {"code": code_of(device)})
    second = somebody("supervisor", "second")
    with_device(second)
    assert log_in(client, second).request["PATH_INFO"] == GIVE


def test_an_administrator_resets_it_and_nobody_else(db: None, client: Client) -> None:
    lost = somebody("dispatcher")
    with_device(lost)
    second_factor.renew_codes(lost)
    asked = {"action": "reset_second_factor", "_selected_action": [lost.pk]}
    client.force_login(somebody("supervisor"))
    client.post(reverse("admin:hotline_user_changelist"), asked)
    assert second_factor.is_set_up(lost)
    client.force_login(somebody("administrator"))
    client.post(reverse("admin:hotline_user_changelist"), asked)
    assert not second_factor.is_set_up(lost)
    assert second_factor.codes_left(lost) == 0


def test_a_reset_logs_that_user_out_and_nobody_else(db: None) -> None:
    lost, other = somebody("dispatcher"), somebody("supervisor")
    at_home, at_work, of_another = Client(), Client(), Client()
    at_home.force_login(lost)
    at_work.force_login(lost)
    of_another.force_login(other)
    second_factor.reset(lost, other)
    assert [client.get(reverse("admin:index")).status_code for client in (at_home, at_work, of_another)] == [
        302,
        302,
        200,
    ]


def test_pages_do_not_ask_the_database_for_it(db: None, production: None, client: Client) -> None:
    user = somebody("supervisor")
    device = with_device(user)
    log_in(client, user)
    client.post(GIVE, {"code": code_of(device)})
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("line:incidents-bar")).status_code == 200
    assert not [query for query in asked.captured_queries if "otp_" in query["sql"]]
