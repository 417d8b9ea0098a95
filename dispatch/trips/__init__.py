"""A trip from a dispatcher's yes to the last hand-over. The board, the driver's page and the API all call these.

Locks are taken in one order everywhere: cases by id, then the trip, then its stops.
"""

from dispatch.refused import Refused
from dispatch.trips.accepting import accept
from dispatch.trips.driving import arrive, collect, deliver, fail, undo
from dispatch.trips.ending import abort, finish, finish_done, remove_case, take_off
from dispatch.trips.etas import notice_late, retime
from dispatch.trips.releasing import release, send_link, start

__all__ = [
    "Refused",
    "abort",
    "accept",
    "arrive",
    "collect",
    "deliver",
    "fail",
    "finish",
    "finish_done",
    "notice_late",
    "release",
    "remove_case",
    "retime",
    "send_link",
    "start",
    "take_off",
    "undo",
]
