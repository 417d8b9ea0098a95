"""Every page says who may use it; a page that says nothing is found here, and is refused at run time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from hotline.access import EVERY_ROLE, AccessMiddleware, declared
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import User


def urls(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":  # the admin's pages declare theirs on their ModelAdmin
                yield from urls(entry.url_patterns, where)
        else:
            assert isinstance(entry, URLPattern)
            yield where, entry.callback


PAGES = sorted(urls(get_resolver().url_patterns), key=lambda page: page[0])
ADMINS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)


@pytest.mark.parametrize(("where", "view"), PAGES, ids=[where or "/" for where, _ in PAGES])
def test_every_url_declares_who_may_use_it(where: str, view: Any) -> None:
    assert declared(view) is not None, f"/{where}: no declaration (hotline.access)"


@pytest.mark.parametrize(("where", "view"), PAGES, ids=[where or "/" for where, _ in PAGES])
def test_a_declaration_names_roles_or_says_what_protects_the_page(where: str, view: Any) -> None:
    access = declared(view)
    assert access is not None
    assert access.roles if access.kind == "roles" else access.detail


@pytest.mark.parametrize(("model", "page"), ADMINS, ids=[m._meta.label for m, _ in ADMINS])
def test_every_admin_page_says_which_roles_see_it(model: Any, page: Any) -> None:
    assert isinstance(page, RoleAdmin), f"{model._meta.label} is registered by {type(page).__module__}"
    assert page.may_view | page.may_change, f"{model._meta.label} is open to nobody"
    assert (page.may_view | page.may_add | page.may_change | page.may_delete) <= EVERY_ROLE


@pytest.mark.parametrize(("model", "page"), ADMINS, ids=[m._meta.label for m, _ in ADMINS])
def test_every_row_inside_an_admin_page_says_which_roles_see_it(model: Any, page: Any) -> None:
    for inline in page.inlines:
        assert issubclass(inline, RoleInline), f"{model._meta.label}: {inline.__name__}"
        assert inline.may_view | inline.may_change


def test_a_view_that_declares_nothing_is_refused() -> None:
    request = RequestFactory().get("/somewhere/")
    request.resolver_match = path("somewhere/", lambda request: HttpResponse()).resolve("somewhere/")
    with pytest.raises(PermissionDenied, match="does not declare"):
        AccessMiddleware(lambda request: HttpResponse()).process_view(request, lambda request: HttpResponse(), (), {})


@pytest.fixture
def log_in(db: None, client: Client) -> Any:
    def as_role(role: str) -> Client:
        client.force_login(User.objects.create_user(f"{role}-of-test", role=role))
        return client

    return as_role


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_an_admin_list_opens_for_the_roles_it_names_and_for_no_other(log_in: Any, role: str) -> None:
    client = log_in(role)
    for model, page in ADMINS:
        answer = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        expected = 200 if role in page.may_view | page.may_change else 403
        assert answer.status_code == expected, f"{role} on {model._meta.label}"


@pytest.mark.parametrize(("where", "view"), PAGES, ids=[where or "/" for where, _ in PAGES])
def test_without_a_log_in_a_page_for_roles_asks_for_one(client: Client, where: str, view: Any) -> None:
    access = declared(view)
    if access is None or access.kind != "roles" or "<" in where or "(?P" in where:
        pytest.skip("not a page for roles, or one that needs an id")
    answer = client.get("/" + where)
    assert answer.status_code in (302, 401)


# What a role must not open, however it guesses the address.
FORBIDDEN = [
    ("agent", "cases:wallboard"),
    ("agent", "cases:queue"),
    ("agent", "cases:reports"),
    ("agent", "cases:hand-over"),
    ("dispatcher", "cases:desk"),
    ("dispatcher", "cases:queue"),
    ("administrator", "cases:claim-next"),
]


@pytest.mark.parametrize(("role", "name"), FORBIDDEN)
def test_a_role_is_refused_where_it_has_no_business(log_in: Any, role: str, name: str) -> None:
    assert log_in(role).get(reverse(name)).status_code == 403


def test_users_without_a_role_of_ours_see_nothing(db: None, client: Client) -> None:
    client.force_login(User.objects.create_user("nobody", role="visitor"))
    assert client.get(reverse("cases:desk")).status_code == 403
    assert client.get(reverse("admin:index")).status_code in (302, 403)
