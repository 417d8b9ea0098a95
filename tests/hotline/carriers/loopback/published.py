"""Checks answers against Twilio's published OpenAPI description, when it lies beside the checkout."""

import json
import re
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DESCRIPTION = Path(__file__).resolve().parents[5] / "shared" / "data" / "twilio_api_v2010.json"
TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "number": (int, float)}


def is_there() -> bool:
    return DESCRIPTION.exists()


@cache
def _description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return loaded


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + "$"), path) for path in _description()["paths"]]


def problems(method: str, url: str, status: int, body: str) -> list[str]:
    """What is wrong with an answer; empty when the description holds."""
    path = urlsplit(url).path
    template = next((template for pattern, template in _paths() if pattern.match(path)), None)
    if template is None:
        return [f"{path} is not described"]
    responses = _description()["paths"][template][method.lower()]["responses"]
    if str(status) not in responses:
        return [f"{method} {template}: {status} is none of {list(responses)}"]
    content = responses[str(status)].get("content")
    if not content:
        return [f"{method} {template}: a body where none belongs"] if body else []
    return list(_check(json.loads(body), content["application/json"]["schema"], template))


def _check(value: Any, schema: dict[str, Any], at: str) -> Any:
    if "$ref" in schema:
        schema = _description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] | {
            name: rule for name, rule in schema.items() if name != "$ref"
        }
    if value is None:
        # an enumeration cannot say nullable beside its reference; its words do
        if not schema.get("nullable") and "null" not in schema.get("description", ""):
            yield f"{at} is null"
        return
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{at} is {type(value).__name__}, not {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value}, none of {schema['enum']}"
    yield from _check_text(value, schema, at)
    for name, rule in schema.get("properties", {}).items():
        if name in value:
            yield from _check(value[name], rule, f"{at}.{name}")
        else:
            yield f"{at}.{name} is missing"
    if isinstance(value, list) and "items" in schema:
        for item in value:
            yield from _check(item, schema["items"], f"{at}[]")


def _check_text(value: Any, schema: dict[str, Any], at: str) -> Any:
    if "pattern" in schema and not re.match(schema["pattern"], value):
        yield f"{at} is {value!r}, not {schema['pattern']}"
    if schema.get("format") == "date-time-rfc-2822":
        try:
            parsedate_to_datetime(value)
        except ValueError:
            yield f"{at} is {value!r}, not a date"
