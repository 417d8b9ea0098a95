"""The city as a drawing of our own: districts, vehicles, stops and who is left out. Nothing from outside, unless a tile
server is set (MAP_TILES_URL). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asinh, atan2, cos, degrees, log2, pi, radians, tan
from typing import Any

from django.conf import settings

from dispatch.board.overview import Overview
from dispatch.models import Trip

WIDTH = 620.0
FRAME = 520.0  # how high the map is shown for its width
AROUND = 26.0
SMALLEST = 90.0
MOST_TILES = 60
MARGIN = 18.0
Point = tuple[float, float]  # (lon, lat)


@dataclass
class Mark:
    """A sign at a place of the drawing."""

    x: float
    y: float
    kind: str
    words: str
    title: str
    link: str = ""
    turn: float | None = None
    seen_at: datetime | None = None
    is_old: bool = False
    age: int | None = None  # minutes since it was heard of


@dataclass
class Drawing:
    height: float
    start: str = ""  # the part looked at first: where things happen
    size: float = 1.0  # how large signs are in it
    tiles: list[dict[str, Any]] = field(default_factory=list)  # of the tile server, where one is set
    districts: list[dict[str, Any]] = field(default_factory=list)
    routes: list[dict[str, Any]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    vehicles: list[Mark] = field(default_factory=list)


class Projection:
    """Degrees to the drawing, north up, as web maps do it (Mercator), so that tiles of a server fit under it."""

    def __init__(self, points: list[Point]) -> None:
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        self.west, self.north = radians(min(lons)), _mercator(max(lats))
        wide = max(radians(max(lons)) - self.west, radians(0.02))
        self.scale = (WIDTH - 2 * MARGIN) / wide
        self.height = max((self.north - _mercator(min(lats))) * self.scale, 60.0) + 2 * MARGIN

    def __call__(self, point: Point) -> tuple[float, float]:
        x = MARGIN + (radians(point[0]) - self.west) * self.scale
        return round(x, 1), round(MARGIN + (self.north - _mercator(point[1])) * self.scale, 1)


def _mercator(lat: float) -> float:
    return asinh(tan(radians(lat)))


def _tiles(to: Projection, server: str) -> list[dict[str, Any]]:
    """Where the tiles of the server lie: as many as make the city sharp, never more than MOST_TILES."""
    around = 2 * pi * to.scale  # the whole world, in units of the drawing
    zoom = max(0, min(round(log2(around / 256)) + 1, 18))
    while zoom and _count(to, around / 2**zoom) > MOST_TILES:
        zoom -= 1
    side = around / 2**zoom
    left, top = (pi + to.west) * to.scale - MARGIN, (pi - to.north) * to.scale - MARGIN
    found = []
    for column in range(int(left // side), int((left + WIDTH) // side) + 1):
        for row in range(int(top // side), int((top + to.height) // side) + 1):
            address = server.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
            place = {"x": round(column * side - left, 2), "y": round(row * side - top, 2), "side": round(side + 0.3, 2)}
            found.append(place | {"address": address})
    return found


def _count(to: Projection, side: float) -> float:
    return (WIDTH / side + 1) * (to.height / side + 1)


def of(overview: Overview) -> Drawing | None:
    """The drawing; None when there is no place to draw."""
    outlines = [[(p[0], p[1]) for p in d.outline] for d in overview.districts if len(d.outline) > 2]
    centres = [(d.lon, d.lat) for d in overview.districts]
    points = [p for outline in outlines for p in outline] + centres + _places(overview)
    if not points:
        return None
    to = Projection(points)
    drawing = Drawing(height=round(to.height))
    if settings.MAP_TILES_URL:
        drawing.tiles = _tiles(to, settings.MAP_TILES_URL)
    for district in overview.districts:
        ring = [to((p[0], p[1])) for p in district.outline] if len(district.outline) > 2 else []
        x, y = to((district.lon, district.lat))
        path = " ".join(f"{a},{b}" for a, b in ring)
        drawing.districts.append({"district": district, "points": path, "x": x, "y": y})
    _unserved(drawing, overview, to)
    _proposed(drawing, overview, to)
    for trip in overview.trips:
        _trip(drawing, trip, to, overview.now)
    _idle(drawing, overview, to)
    _look_at(drawing)
    return drawing


def _look_at(drawing: Drawing) -> None:
    """The box around vehicles, stops and cases, in the shape of the frame; the whole city is one step away."""
    places = [(m.x, m.y) for m in [*drawing.marks, *drawing.vehicles]]
    if not places:
        drawing.start = f"0 0 {WIDTH:.0f} {drawing.height:.0f}"
        return
    west, east = min(x for x, _y in places) - AROUND, max(x for x, _y in places) + AROUND
    north, south = min(y for _x, y in places) - AROUND, max(y for _x, y in places) + AROUND
    width = min(max(east - west, (south - north) * WIDTH / FRAME, SMALLEST), WIDTH)
    height = width * FRAME / WIDTH
    left, top = (west + east - width) / 2, (north + south - height) / 2
    drawing.start = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    drawing.size = round(width / WIDTH, 3)


def _places(overview: Overview) -> list[Point]:
    """Everything that is drawn on the districts, wherever it lies."""
    left_out = [row.case.address.point for row in overview.unserved if row.case.address]
    return [
        *((v.lon, v.lat) for v in overview.vehicles),
        *((s.lon, s.lat) for p in overview.proposed for s in p.stops),
        *((s.lon, s.lat) for t in overview.trips for s in t.shown_stops),  # type: ignore[attr-defined]
        *(point for point in left_out if point),
    ]


def _unserved(drawing: Drawing, overview: Overview, to: Projection) -> None:
    for row in reversed(overview.unserved):  # the most urgent on top
        point = row.case.address.point if row.case.address else None
        if point:
            x, y = to(point)
            kind = f"unserved level-{row.case.level}"
            title = f"#{row.case.number} {row.words}"
            drawing.marks.append(Mark(x, y, kind, str(row.case.level), title, link=f"#case-{row.case.pk}"))


def _proposed(drawing: Drawing, overview: Overview, to: Projection) -> None:
    for proposal in overview.proposed:
        start = [(proposal.vehicle.lon, proposal.vehicle.lat)] if proposal.vehicle else []
        line = [to(p) for p in start + [(s.lon, s.lat) for s in proposal.stops]]
        drawing.routes.append({"points": " ".join(f"{x},{y}" for x, y in line), "kind": "proposed"})


def _trip(drawing: Drawing, trip: Trip, to: Projection, now: datetime) -> None:
    stops = trip.shown_stops  # type: ignore[attr-defined]
    last, seen_at = _last_seen(trip)
    open_stops = trip.open_stops  # type: ignore[attr-defined]
    way = [last, *[(s.lon, s.lat) for s in open_stops]]
    drawing.routes.append({"points": " ".join(f"{x},{y}" for x, y in map(to, way)), "kind": trip.state})
    for stop in stops:
        x, y = to((stop.lon, stop.lat))
        words = str(stop.case.level) if stop.kind == "delivery" else ""
        kind = f"stop {stop.kind} {stop.state} level-{stop.case.level}"
        drawing.marks.append(Mark(x, y, kind, words, f"#{stop.case.number}", link=f"#stop-{stop.pk}"))
    x, y = to(last)
    is_old = seen_at is not None and now - seen_at > timedelta(minutes=settings.POSITION_STALE_MINUTES)
    kind = f"vehicle {trip.state}{' stale' if is_old else ''}"
    words = trip.vehicle.plate.rpartition("·")[2]
    title = f"{trip.vehicle.plate} {trip}"
    age = int((now - seen_at).total_seconds() // 60) if seen_at else None
    drawing.vehicles.append(Mark(x, y, kind, words, title, f"#trip-{trip.pk}", _turn(way), seen_at, is_old, age))


def _idle(drawing: Drawing, overview: Overview, to: Projection) -> None:
    busy = {t.vehicle_id for t in overview.trips}
    for vehicle in overview.vehicles:
        if vehicle.pk not in busy:
            x, y = to((vehicle.lon, vehicle.lat))
            drawing.vehicles.append(Mark(x, y, f"vehicle idle {vehicle.state}", "", vehicle.plate))


def _last_seen(trip: Trip) -> tuple[Point, datetime | None]:
    """Where the vehicle was heard of last: its last stop, else its base."""
    heard = [
        (s.ended_at or s.arrived_at, (s.lon, s.lat))
        for s in trip.shown_stops  # type: ignore[attr-defined]
        if s.ended_at or s.arrived_at
    ]
    seen = getattr(trip, "seen", None)  # the phone's word, where the driver agreed
    if seen is not None:
        heard.append((seen.at, (seen.lon, seen.lat)))
    if not heard:
        return (trip.vehicle.lon, trip.vehicle.lat), trip.started_at
    at, point = max(heard, key=lambda pair: pair[0])
    return point, at


def _turn(way: list[Point]) -> float | None:
    """Degrees clockwise from north towards the next place."""
    if len(way) < 2 or way[0] == way[1]:
        return None
    (lon, lat), (lon_next, lat_next) = way[0], way[1]
    return round(degrees(atan2((lon_next - lon) * cos(radians(lat)), lat_next - lat)) % 360)
