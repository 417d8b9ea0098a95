from dispatch.models.act import DriverAct
from dispatch.models.checkpoint import CheckpointPassage
from dispatch.models.clearance import Permit, TestCertificate
from dispatch.models.fleet import Driver, Fleet, Shift, Vehicle
from dispatch.models.pickup import PickupPoint, Sourcing
from dispatch.models.plan import Plan
from dispatch.models.trip import Proof, Stop, Trip

__all__ = [
    "CheckpointPassage",
    "Driver",
    "DriverAct",
    "Fleet",
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
]
