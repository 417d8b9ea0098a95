"""Pickup points in and out, registered with the import and export of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.exchange import values
from cases.exchange.cells import AT_ONCE
from cases.exchange.kinds import BadRow, Column, Kind, Part, register
from cases.models import Category, Export, Import
from dispatch.models import PickupPoint


def kind(words: str) -> str:
    """pharmacy, store, depot or hospital, in either language; a pharmacy when nothing is said."""
    said = words.casefold()
    chinese = {
        "药店": "pharmacy",
        "药房": "pharmacy",
        "商店": "store",
        "超市": "store",
        "仓库": "depot",
        "医院": "hospital",
    }
    for value, name in PickupPoint.Kind.choices:
        if said in (value, str(name).casefold()):
            return str(value)
    if said in chinese or not said:
        return chinese.get(said, "pharmacy")
    raise values.BadCell(_("“%s” is none of: pharmacy, store, depot, hospital") % words)


def categories(words: str) -> list[Category]:
    """Some categories, separated by commas."""
    parts = [part.strip() for part in words.replace(";", ",").replace("、", ",").split(",")]
    return [found for part in parts if part and (found := values.category(part))]


COLUMNS = (
    Column("name", gettext_lazy("name"), ("名称", "药店", "药店名称"), values.text(80), required=True, example="杏林大药房"),
    Column("kind", gettext_lazy("kind"), ("类型",), kind, example="药店"),
    Column("district", gettext_lazy("district"), ("区", "行政区"), values.district, required=True, example="杨浦区"),
    Column("street", gettext_lazy("street"), ("地址", "路名"), values.text(120), example="四平路 1239 号"),
    Column("lon", gettext_lazy("longitude"), ("经度",), values.number(-180, 180), example="121.50"),
    Column("lat", gettext_lazy("latitude"), ("纬度",), values.number(-90, 90), example="31.28"),
    Column("phone", gettext_lazy("telephone"), ("电话", "联系电话"), values.phone, example="021-65430001"),
    Column("opens", gettext_lazy("opens"), ("开门", "营业开始"), values.clock, example="08:00"),
    Column("closes", gettext_lazy("closes"), ("关门", "营业结束"), values.clock, example="20:00"),
    Column("categories", gettext_lazy("categories"), ("类别",), categories),
    Column("active", gettext_lazy("active"), ("在用",), lambda words: values.yes(words or "yes"), example="是"),
)  # fmt: skip
FIELDS = ("kind", "district", "street", "lon", "lat", "phone", "opens", "closes", "active")


def load(row: Mapping[str, Any], job: Import, key: str) -> bool:
    """The pickup point of this name on the line is brought up to date, else added. Empty cells change nothing."""
    found = PickupPoint.objects.select_for_update(no_key=True).filter(line=job.line, name=row["name"]).first()
    point = found or PickupPoint(line=job.line, name=row["name"])
    given = {name: row[name] for name in FIELDS if row.get(name) not in (None, "")}
    if found is None and not {"lon", "lat"} <= set(given):
        raise BadRow(("lon", _("a new pickup point needs its longitude and latitude")))
    chosen = row.get("categories") or []
    same = found is not None and all(getattr(found, name) == value for name, value in given.items())
    if found and same and (not chosen or set(chosen) == set(found.categories.all())):
        return False
    for name, value in given.items():
        setattr(point, name, value)
    point._history_user = job.by  # type: ignore[attr-defined]
    point._change_reason = _("from a file")  # type: ignore[attr-defined]
    point.save()
    if chosen:
        point.categories.set(chosen)
    return True


def write(export: Export, after: int) -> Iterator[Part]:
    while True:
        found = PickupPoint.objects.filter(pk__gt=after).select_related("district").prefetch_related("categories")
        points = list(found.order_by("pk")[:AT_ONCE])
        if not points:
            return
        after = points[-1].pk
        yield Part([_row(point) for point in points], after)


def _row(point: PickupPoint) -> list[Any]:
    return [
        point.name,
        point.get_kind_display(),
        point.district.name,
        point.street,
        point.lon,
        point.lat,
        point.phone,
        point.opens.strftime("%H:%M") if point.opens else "",
        point.closes.strftime("%H:%M") if point.closes else "",
        ", ".join(category.name for category in point.categories.all()),
        _("yes") if point.active else _("no"),
    ]


def count(export: Export) -> int:
    return PickupPoint.objects.count()


TITLES = tuple(column.title for column in COLUMNS)
KIND = register(Kind("pickup_points", gettext_lazy("pickup points"), COLUMNS, load, TITLES, write, count))
