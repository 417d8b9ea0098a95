"""A trip from a dispatcher's yes to the last hand-over. The board, the driver's page and the API all call these.

Locks are taken in one order everywhere: cases by id, then the trip, then its stops.
"""

from dispatch.refused import Refused
from dispatch.trips.accepting import accept
from dispatch.trips.driving import arrive, collect, deliver, fail, undo
from dispatch.trips.ending import abort, finish, finish_done, remove_case, take_off
from dispatch.trips.etas import notice_late, retime
from dispatch.trips.instructing import exclude, lift, lift_ended, pin
from dispatch.trips.manual import draft, make, split
from dispatch.trips.moving import move, preview
from dispatch.trips.outage import call_off, replace_driver, vehicle_out
from dispatch.trips.releasing import release, send_link, start

__all__ = [
    "Refused",
    "abort",
    "accept",
    "arrive",
    "call_off",
    "collect",
    "deliver",
    "draft",
    "exclude",
    "fail",
    "finish",
    "finish_done",
    "lift",
    "lift_ended",
    "make",
    "move",
    "notice_late",
    "pin",
    "preview",
    "release",
    "remove_case",
    "replace_driver",
    "retime",
    "send_link",
    "split",
    "start",
    "take_off",
    "undo",
    "vehicle_out",
]
