"""Communities in and out: zone tiers change overnight, for hundreds at once, in a list somebody sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.exchange import values
from cases.exchange.cells import AT_ONCE
from cases.exchange.kinds import BadRow, Column, Kind, Part, register
from cases.models import Community, Export, Import

COLUMNS = (
    Column("district", gettext_lazy("district"), ("区", "行政区"), values.district, required=True, example="杨浦区"),
    Column("name", gettext_lazy("community"), ("小区", "小区名称", "名称"), values.text(80), required=True, example="杏林新村"),
    Column("street", gettext_lazy("street"), ("街道", "路名"), values.text(80), example="四平路"),
    Column("zone_tier", gettext_lazy("zone tier"), ("管控等级", "三区", "分区"), values.zone, example="封控区"),
    Column("lon", gettext_lazy("longitude"), ("经度",), values.number(-180, 180), example="121.53"),
    Column("lat", gettext_lazy("latitude"), ("纬度",), values.number(-90, 90), example="31.28"),
    Column("gate_contact", gettext_lazy("gate contact"), ("门岗联系人",), values.text(60)),
    Column("gate_phone", gettext_lazy("gate telephone"), ("门岗电话",), values.phone),
    Column("committee_phone", gettext_lazy("committee telephone"), ("居委电话", "居委会电话"), values.phone),
)  # fmt: skip
FIELDS = ("street", "zone_tier", "lon", "lat", "gate_contact", "gate_phone", "committee_phone")


def load(row: Mapping[str, Any], job: Import, key: str) -> bool:
    """The community of this name in this district is brought up to date, else added. Empty cells change nothing."""
    found = Community.objects.select_for_update(no_key=True).filter(district=row["district"], name=row["name"]).first()
    community = found or Community(district=row["district"], name=row["name"])
    given = {name: row[name] for name in FIELDS if row.get(name) not in (None, "")}
    if found is None and not {"lon", "lat"} <= set(given):
        raise BadRow(("lon", _("a new community needs its longitude and latitude")))
    if found and all(getattr(found, name) == value for name, value in given.items()):
        return False
    for name, value in given.items():
        setattr(community, name, value)
    community._history_user = job.by  # type: ignore[attr-defined]
    community._change_reason = _("from a file")  # type: ignore[attr-defined]
    community.save()
    return True


def write(export: Export, after: int) -> Iterator[Part]:
    while True:
        found = Community.objects.filter(pk__gt=after).select_related("district").order_by("pk")[:AT_ONCE]
        if not found:
            return
        rows = [
            [
                community.district.name,
                community.name,
                community.street,
                community.get_zone_tier_display() if community.zone_tier else "",
                community.lon,
                community.lat,
                community.gate_contact,
                community.gate_phone,
                community.committee_phone,
            ]
            for community in found
        ]
        after = found[len(found) - 1].pk
        yield Part(rows, after)


def count(export: Export) -> int:
    return Community.objects.count()


TITLES = tuple(column.title for column in COLUMNS)
KIND = register(Kind("communities", gettext_lazy("communities"), COLUMNS, load, TITLES, write, count))
