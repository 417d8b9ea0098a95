"""Every refusal in one shape: {"code", "message", "fields"}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cases.partners import KeyReused
from hotline.lifecycle import MoveRefused


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "not_possible"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error of a view; None for what is a fault of ours."""
    if isinstance(error, MoveRefused):
        error = Conflict(str(error))
    elif isinstance(error, KeyReused):
        error = Conflict("The same Idempotency-Key came before with other content.", "key_reused")
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        response.data = {
            "code": "not_valid",
            "message": str(exceptions.ValidationError.default_detail),
            "fields": fields,
        }
    else:
        response.data = {"code": error.get_codes(), "message": str(error.detail), "fields": {}}
    return response
