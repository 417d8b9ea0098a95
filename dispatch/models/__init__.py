from dispatch.models.act import DriverAct
from dispatch.models.clearance import Permit, TestCertificate, ZoneOrder
from dispatch.models.fleet import Driver, Fleet, FleetLoan, Shift, Vehicle, VehicleOutage
from dispatch.models.instruction import Instruction
from dispatch.models.pickup import GoodsSearch, PickupPoint, Sourcing
from dispatch.models.plan import Plan
from dispatch.models.trip import Proof, Stop, Trip

__all__ = [
    "Driver",
    "DriverAct",
    "Fleet",
    "FleetLoan",
    "GoodsSearch",
    "Instruction",
    "Permit",
    "PickupPoint",
    "Plan",
    "Proof",
    "Shift",
    "Sourcing",
    "Stop",
    "TestCertificate",
    "Trip",
    "Vehicle",
    "VehicleOutage",
    "ZoneOrder",
]
