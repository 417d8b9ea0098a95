from dispatch.models.act import DriverAct
from dispatch.models.capacity import Reach, Trial
from dispatch.models.checkpoint import CheckpointPassage
from dispatch.models.clearance import Permit, TestCertificate, ZoneOrder
from dispatch.models.fleet import Driver, Fleet, FleetLoan, Shift, Vehicle, VehicleOutage
from dispatch.models.instruction import Instruction
from dispatch.models.pickup import GoodsSearch, PickupPoint, Sourcing
from dispatch.models.plan import Plan
from dispatch.models.road import BorderDelay, HourSpeed
from dispatch.models.trip import Proof, Stop, Trip

__all__ = [
    "BorderDelay",
    "CheckpointPassage",
    "Driver",
    "DriverAct",
    "Fleet",
    "FleetLoan",
    "GoodsSearch",
    "HourSpeed",
    "Instruction",
    "Permit",
    "PickupPoint",
    "Plan",
    "Proof",
    "Reach",
    "Shift",
    "Sourcing",
    "Stop",
    "TestCertificate",
    "Trial",
    "Trip",
    "Vehicle",
    "VehicleOutage",
    "ZoneOrder",
]
