"""The data of dispatch in the admin: looked after here, worked with on the board."""

from dispatch.admin import fleet, papers, pickup, trip

__all__ = ["fleet", "papers", "pickup", "trip"]
