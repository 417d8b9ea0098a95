"""The line with its hours, the districts, the communities and the pickup points."""

from __future__ import annotations

from datetime import time

from cases.models import Category, Community, District
from dispatch.city.files import read
from dispatch.models import PickupPoint
from hotline.models import Line, OpeningHours


def load_line(city: str) -> Line:
    row = read("hotline", city, "line")
    hours = row.pop("opening_hours")
    line, made = Line.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    if made:
        OpeningHours.objects.bulk_create(
            OpeningHours(
                line=line,
                weekday=weekday,
                opens=time.fromisoformat(block["opens"]),
                closes=time.fromisoformat(block["closes"]),
            )
            for block in hours
            for weekday in block["weekdays"]
        )
    elif not line.test_number and line.number == row["number"]:  # of a set-up from before there were tests of lines
        line.test_number = row["test_number"]
        line.save(update_fields=["test_number"])
    return line


def load_districts(city: str) -> dict[str, District]:
    rows = read("cases", city, "districts")
    borders = {row["slug"]: row.pop("borders") for row in rows}
    District.objects.bulk_create([District(city=city, **row) for row in rows], ignore_conflicts=True)
    districts = {d.slug: d for d in District.objects.filter(slug__in=borders)}
    for slug, neighbours in borders.items():
        districts[slug].borders.add(*(districts[n] for n in neighbours))
    return districts


def load_communities(city: str, districts: dict[str, District]) -> None:
    rows = read("cases", city, "communities")
    Community.objects.bulk_create(
        [Community(**row | {"district": districts[row["district"]]}) for row in rows], ignore_conflicts=True
    )


def load_pickup_points(city: str, line: Line, districts: dict[str, District]) -> None:
    categories = {c.slug: c for c in Category.objects.all()}
    for row in read("dispatch", city, "pickup_points"):
        slugs = row.pop("categories")
        row |= {"district": districts[row["district"]]}
        row |= {hour: time.fromisoformat(row[hour]) for hour in ("opens", "closes")}
        point, made = PickupPoint.objects.get_or_create(line=line, name=row.pop("name"), defaults=row)
        if made:
            point.categories.set(categories[slug] for slug in slugs if slug in categories)
