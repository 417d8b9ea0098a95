"""The description and the answers are one: schemathesis makes up requests from it, good ones and bad ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache as cache_once
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cases.models import Partner
from tests.cases.api.conftest import Keys, client_with

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@contextmanager
def one_connection() -> Iterator[None]:
    """The application is asked inside the test's own transaction: it must not close that connection, as at a real request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache_once
def description() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())


OPERATIONS = [
    ("/api/v1/cases/", "POST"),
    ("/api/v1/cases/{number}/", "GET"),
    ("/api/v1/cases/{number}/events/", "GET"),
    ("/api/v1/cases/{number}/cancel/", "POST"),
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{m} {p}" for p, m in OPERATIONS])
def test_no_fault_and_no_undocumented_answer(
    partner: Partner, key_of: Keys, path: str, method: str, mode: GenerationMode
) -> None:
    cache.clear()
    key = key_of(partner)
    body = {"words": "急需奶粉", "person": {"phone": "13812345678"}}
    made = client_with(key).post("/api/v1/cases/", body, format="json", headers={"Idempotency-Key": "one"})
    number = made.json()["number"]

    with one_connection():  # the test client, used above, has connected the signals again
        operation = description()[path][method]

        @settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            if "number" in case.path_parameters and len(str(case.path_parameters["number"])) % 2:
                case.path_parameters["number"] = number  # every other one is a case there is
            case.validate_response(case.call(headers={"Authorization": f"Bearer {key}"}), checks=CHECKS)

        ask()


def test_every_operation_is_tried() -> None:
    with one_connection():
        operations = list(description().get_all_operations())
    described = {(op.ok().path, op.ok().method.upper()) for op in operations}
    assert described == set(OPERATIONS)
