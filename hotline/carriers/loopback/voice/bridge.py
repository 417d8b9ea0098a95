import asyncio

from .leg import Leg


class Bridge:
    """Two legs that hear each other."""

    def __init__(self, one: Leg, other: Leg) -> None:
        self.legs = (one, other)
        self.closed = asyncio.Event()
        for leg in self.legs:
            leg.link = self
            leg.phone.changed()

    def other(self, leg: Leg) -> Leg:
        return self.legs[1] if leg is self.legs[0] else self.legs[0]

    def close(self) -> None:
        for leg in self.legs:
            if leg.link is self:
                leg.link = None
                leg.phone.changed()
        self.closed.set()
