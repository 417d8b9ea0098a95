"""Who hears whom."""

from .bridge import Bridge
from .conference import Participant
from .leg import Leg


def listeners(leg: Leg) -> list[Leg]:
    """The legs that hear what is said into this one."""
    if leg.muted:
        return []
    if isinstance(leg.link, Bridge):
        return [leg.link.other(leg)]
    if isinstance(leg.link, Participant):
        return [heard.leg for heard in leg.link.conference.hearers(leg.link)]
    return []


def speakers(leg: Leg) -> list[Leg]:
    """The legs that this one hears."""
    if isinstance(leg.link, Bridge):
        others = [leg.link.other(leg)]
    elif isinstance(leg.link, Participant):
        others = [other.leg for other in leg.link.conference.participants.values() if other.leg is not leg]
    else:
        others = []
    return [other for other in others if leg in listeners(other)]


def speak(leg: Leg, text: str) -> list[Leg]:
    """The person at this telephone says something; returns who heard it."""
    leg.utter(text)
    hearing = listeners(leg)
    for other in hearing:
        other.hear("person", text, by=leg.call.sid, number=leg.phone.address)
    return hearing
