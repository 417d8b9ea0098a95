"""The interface for partners, version 1."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import partners
from cases.api import errors
from cases.api.access import HasScope, JsonOnly, Pace, PartnerKey
from cases.api.forms import KEY, CancelForm, CaseForm, CaseShown, ErrorShown, EventsShown, as_intake
from cases.models import Case, Partner, PartnerToken, Transition
from cases.models.case import FIRST_NUMBER
from hotline.access import partner_key, public

AT_ONCE = 100
REFUSED = {
    400: OpenApiResponse(ErrorShown, "Something is not valid: see `fields`."),
    401: OpenApiResponse(ErrorShown, "No key, or one that is not good."),
    403: OpenApiResponse(ErrorShown, "The key is not for this."),
    404: OpenApiResponse(ErrorShown, "You handed in no such case."),
    409: OpenApiResponse(ErrorShown, "Not possible as things stand."),
    415: OpenApiResponse(ErrorShown, "The body has to be JSON."),
    429: OpenApiResponse(ErrorShown, "Too many in this minute: see Retry-After."),
}
NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="The case's number, as 100042.")
ONCE = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Your own key for this request: sent again, it is the same case.",
)
AFTER = OpenApiParameter("after", OpenApiTypes.INT64, description="Only events after this one.")


def refused(*codes: int) -> dict[int, OpenApiResponse]:
    return {code: REFUSED[code] for code in codes}


class PartnerView(APIView):
    """What all of them share: who may ask, at what pace, in which language, and how refusals look."""

    authentication_classes = [PartnerKey]
    permission_classes = [HasScope]
    throttle_classes = [Pace]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonOnly

    def get_exception_handler(self) -> Any:
        return errors.answer

    @property
    def partner(self) -> Partner:
        token = self.request.auth
        assert isinstance(token, PartnerToken)  # noqa: S101 PartnerKey is the only way in
        return token.partner

    def case(self, number: str) -> Case:
        """A case of this partner's by its number; of others they learn nothing, not even that they exist."""
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise Http404
        found = Case.objects.select_related("line", "category", "merged_into", "partner_case", "outlook")
        case = found.filter(pk=int(number) - FIRST_NUMBER, partner_case__partner=self.partner).first()
        if case is None:
            raise Http404
        return case


@partner_key("cases:create")
class Cases(PartnerView):
    @extend_schema(
        operation_id="create_case",
        request=CaseForm,
        parameters=[ONCE],
        responses={201: CaseShown, 200: CaseShown} | refused(400, 401, 403, 409, 415, 429),
    )
    def post(self, request: Request) -> Response:
        """Hand in a case. 201: made; 200: the same key made it before."""
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise ValidationError({"Idempotency-Key": [_("A header of 1 to 64 letters, digits or . _ : - is needed.")]})
        form = CaseForm(data=request.data)
        form.is_valid(raise_exception=True)
        made, is_new = partners.hand_in(as_intake(form.validated_data), partner=self.partner, key=key)
        return Response(CaseShown(partners.shown(self.case(made.number))).data, status=201 if is_new else 200)


@partner_key("cases:read")
class OneCase(PartnerView):
    @extend_schema(
        operation_id="read_case", parameters=[NUMBER], responses={200: CaseShown} | refused(401, 403, 404, 429)
    )
    def get(self, request: Request, number: str) -> Response:
        """Where a case stands."""
        return Response(CaseShown(partners.shown(self.case(number))).data)


@partner_key("cases:read")
class Events(PartnerView):
    @extend_schema(
        operation_id="read_events",
        parameters=[NUMBER, AFTER],
        responses={200: EventsShown} | refused(400, 401, 403, 404, 429),
    )
    def get(self, request: Request, number: str) -> Response:
        """What happened to a case, the oldest first."""
        case = self.case(number)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.lstrip("-").isdecimal() and abs(int(after[:25])) < 2**63):
            raise ValidationError({"after": [_("The number of an event is needed.")]})
        rows = list(Transition.objects.filter(case=case, pk__gt=int(after)).order_by("pk")[: AT_ONCE + 1])
        events = [
            {"id": row.pk, "at": row.at, "event": row.move, "before": row.from_state, "state": row.to_state}
            for row in rows[:AT_ONCE]
        ]
        following = events[-1]["id"] if len(rows) > AT_ONCE else None
        return Response(EventsShown({"events": events, "next": following}).data)


@partner_key("cases:cancel")
class Cancel(PartnerView):
    @extend_schema(
        operation_id="cancel_case",
        request=CancelForm,
        parameters=[NUMBER],
        responses={200: CaseShown} | refused(400, 401, 403, 404, 409, 415, 429),
    )
    def post(self, request: Request, number: str) -> Response:
        """It is no longer needed. A case that was cancelled before stays so."""
        case = self.case(number)
        form = CancelForm(data=request.data)
        form.is_valid(raise_exception=True)
        partners.cancel(case, partner=self.partner, reason=form.validated_data.get("reason", ""))
        return Response(CaseShown(partners.shown(self.case(number))).data)


@public("describes the interface, and holds nothing of anybody")
class Schema(SpectacularJSONAPIView):
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []


@public("describes the interface, and holds nothing of anybody")
def docs(request: HttpRequest) -> HttpResponse:
    """The same description for people to read; no script from elsewhere."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "cases/api/docs.html", {"schema": schema, "operations": _operations(schema)})


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    forms = schema["components"]["schemas"]
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "words": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "fields": forms.get(name, {}).get("properties", {}),
                    "required": forms.get(name, {}).get("required", []),
                    "responses": {code: each.get("description", "") for code, each in operation["responses"].items()},
                }
            )
    return found
