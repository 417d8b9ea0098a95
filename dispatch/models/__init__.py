from dispatch.models.act import DriverAct
from dispatch.models.capacity import Reach, Trial
from dispatch.models.checkpoint import CheckpointPassage
from dispatch.models.clearance import Permit, TestCertificate, ZoneOrder
from dispatch.models.fleet import Driver, Fleet, FleetLoan, Shift, Vehicle, VehicleOutage
from dispatch.models.instruction import Instruction
from dispatch.models.offer import TripOffer
from dispatch.models.pickup import GoodsSearch, PickupPoint, Sourcing
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
    "FleetLoan",
    "GoodsSearch",
    "HourSpeed",
    "HoursOverride",
    "Instruction",
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
    "VehicleOutage",
    "ZoneOrder",
]
