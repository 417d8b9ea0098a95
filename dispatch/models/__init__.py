from dispatch.models.act import DriverAct
from dispatch.models.capacity import Reach, Trial
from dispatch.models.checkpoint import CheckpointPassage
from dispatch.models.clearance import Permit, TestCertificate
from dispatch.models.fleet import Driver, Fleet, Shift, Vehicle
from dispatch.models.offer import TripOffer
from dispatch.models.pickup import PickupPoint, Sourcing
from dispatch.models.plan import Plan
from dispatch.models.road import BorderDelay, HourSpeed
from dispatch.models.trip import Proof, Stop, Trip
from dispatch.models.work import DriverAlarm, DriverBreak, HoursOverride, Position

__all__ = [
    "BorderDelay",
    "CheckpointPassage",
    "Driver",
    "DriverAct",
    "DriverAlarm",
    "DriverBreak",
    "Fleet",
    "HourSpeed",
    "HoursOverride",
    "Permit",
    "PickupPoint",
    "Plan",
    "Position",
    "Proof",
    "Reach",
    "Shift",
    "Sourcing",
    "Stop",
    "TestCertificate",
    "Trial",
    "Trip",
    "TripOffer",
    "Vehicle",
]
