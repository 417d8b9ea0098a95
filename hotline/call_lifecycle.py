"""The life of a call. `CALL.apply` is the only writer of Call.state.

in: ringing -> menu -> waiting -> offered -> connected -> wrap-up -> completed, or abandoned, voicemail, call-back asked.
out: ringing -> connected -> wrap-up -> completed, or failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.lifecycle import Lifecycle, move

if TYPE_CHECKING:
    from hotline.models import Call

BEFORE_AN_AGENT = ("ringing", "menu", "waiting", "offered")

CALL: Lifecycle[Call] = Lifecycle(
    "call",
    [
        move("greet", "ringing", "menu"),
        move("enqueue", ("ringing", "menu"), "waiting"),
        move("offer", "waiting", "offered"),
        move("return", "offered", "waiting"),
        move("connect", ("offered", "ringing"), "connected"),
        move("pass_on", "connected", "waiting"),  # a cold transfer: the old place, another agent
        move("end", "connected", "wrap_up"),
        move("wrap_up_done", "wrap_up", "completed"),
        move("served_in_menu", ("ringing", "menu"), "completed"),
        move("abandon", BEFORE_AN_AGENT, "abandoned"),
        # from abandoned, too: who speaks and hangs up ends the call before the recording is reported
        move("leave_message", (*BEFORE_AN_AGENT, "abandoned"), "voicemail"),
        move("ask_callback", ("menu", "waiting", "offered"), "callback_asked"),
        move("fail", ("ringing", "menu", "waiting", "offered", "connected"), "failed"),
    ],
)
