"""Where a case is handed over: the gate of its community where it has one, else the address itself."""

from __future__ import annotations

from cases.models import Case

Point = tuple[float, float]  # (lon, lat)


def gate_of(case: Case) -> Point | None:
    """One point per community, so that its hand-overs make one stop (小区集单); None while it is on no map."""
    address = case.address
    if address is None:
        return None
    if address.community:
        return address.community.lon, address.community.lat
    return address.point


def district_id_of(case: Case) -> int | None:
    """The district of the community, else of the address, else as said at intake."""
    address = case.address
    if address and address.community:
        return address.community.district_id
    return address.district_id if address and address.district_id else case.district_id
