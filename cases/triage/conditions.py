"""The small language in which a category's rules and questions say when they hold (docs/categories.md).

    {"fact": "supply_hours", "at_most": 24}     {"fact": "groups", "has": ["insulin"]}     {"fact": "alone", "is": true}
    {"all": [...]}     {"any": [...]}     {"not": {...}}     {} holds always
A fact that is not known makes its condition false, and so does one that cannot be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Condition = Mapping[str, Any]


class BadCondition(ValueError):
    """A condition that this language does not know; says where."""


def _number(value: Any) -> float:
    return float(value)


def _same(value: Any, wanted: Any) -> bool:
    return value == wanted or (isinstance(wanted, bool) and str(value).lower() == ("yes" if wanted else "no"))


def _has(value: Any, wanted: Any) -> bool:
    held = set(value) if isinstance(value, list | tuple | set) else {value}
    return bool(held & set(wanted if isinstance(wanted, list) else [wanted]))


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "in": lambda value, wanted: value in wanted,
    "has": _has,
    "below": lambda value, wanted: _number(value) < wanted,
    "at_most": lambda value, wanted: _number(value) <= wanted,
    "at_least": lambda value, wanted: _number(value) >= wanted,
    "above": lambda value, wanted: _number(value) > wanted,
}


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether the condition holds for what is known."""
    if not condition:
        return True
    if "all" in condition:
        return all(holds(each, facts) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, facts) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    value = facts.get(condition["fact"])
    if "known" in condition:
        return (value not in (None, "", [])) is bool(condition["known"])
    if value in (None, "", []):
        return False
    name = next(name for name in COMPARE if name in condition)
    try:
        return COMPARE[name](value, condition[name])
    except (TypeError, ValueError):
        return False


def check(condition: Any, facts: set[str], where: str) -> None:
    """Refuse a condition that could never be judged; raises BadCondition."""
    if not isinstance(condition, Mapping):
        raise BadCondition(f"{where}: a condition is an object")
    if not condition:
        return
    for name in ("all", "any"):
        if name in condition:
            if not isinstance(condition[name], list):
                raise BadCondition(f"{where}: '{name}' takes a list")
            for i, each in enumerate(condition[name]):
                check(each, facts, f"{where}.{name}[{i}]")
            return
    if "not" in condition:
        check(condition["not"], facts, f"{where}.not")
        return
    if condition.get("fact") not in facts:
        raise BadCondition(f"{where}: nobody knows the fact '{condition.get('fact')}'")
    if len(condition) != 2 or not (set(condition) - {"fact"}) <= {*COMPARE, "known"}:
        raise BadCondition(f"{where}: one of {', '.join([*COMPARE, 'known'])} is needed")
