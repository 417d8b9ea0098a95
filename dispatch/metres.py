"""Distances as the crow flies, for lists and words; what a road takes is dispatch.travel's."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_METRES = 6_371_000
Point = tuple[float, float]  # (lon, lat)


def apart(a: Point, b: Point) -> float:
    """Metres between two points on the great circle."""
    lon_a, lat_a, lon_b, lat_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(half))
