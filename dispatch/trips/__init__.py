"""A trip from a dispatcher's yes to the last hand-over. The board, the driver's page and the API all call these.

Locks are taken in one order everywhere: cases by id, then the trip, then its stops.
"""

from dispatch.refused import Refused
from dispatch.trips.accepting import accept
from dispatch.trips.checkpoints import passed as pass_checkpoint
from dispatch.trips.checkpoints import reach as reach_checkpoint
from dispatch.trips.driving import arrive, collect, deliver, fail, not_attempted, undo
from dispatch.trips.ending import abort, finish, finish_done, remove_case, take_off
from dispatch.trips.etas import best_start, notice_late, retime
from dispatch.trips.instructing import exclude, lift, lift_ended, pin
from dispatch.trips.manual import draft, make, split
from dispatch.trips.moving import move, preview
from dispatch.trips.news import tell_receiver
from dispatch.trips.offering import accept as accept_offer
from dispatch.trips.offering import ask_again, decline, give_to, run_out
from dispatch.trips.outage import call_off, replace_driver, vehicle_out
from dispatch.trips.releasing import release, start

__all__ = [
    "Refused",
    "abort",
    "accept",
    "accept_offer",
    "arrive",
    "ask_again",
    "best_start",
    "call_off",
    "collect",
    "decline",
    "deliver",
    "draft",
    "exclude",
    "fail",
    "finish",
    "finish_done",
    "give_to",
    "lift",
    "lift_ended",
    "make",
    "move",
    "not_attempted",
    "notice_late",
    "pass_checkpoint",
    "pin",
    "preview",
    "reach_checkpoint",
    "release",
    "remove_case",
    "replace_driver",
    "retime",
    "run_out",
    "split",
    "start",
    "take_off",
    "tell_receiver",
    "undo",
    "vehicle_out",
]
