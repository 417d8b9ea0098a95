from hotline.models.block import Block
from hotline.models.bridge import BridgedCall
from hotline.models.call import Call, CallLeg
from hotline.models.event import InboundEvent, RefusedWebhook
from hotline.models.half_hour import DutyHalfHour, HalfHour, PresenceSpan, TextHalfHour
from hotline.models.incident import Incident
from hotline.models.line import CallingHours, Holiday, Line, OpeningHours, WeeklyBlock
from hotline.models.line_test import LineTest
from hotline.models.message import Message, MessageTemplate, OptOut
from hotline.models.picture import Picture
from hotline.models.presence import Presence
from hotline.models.recording import Listening, Recording
from hotline.models.user import AgentSkill, Skill, User

__all__ = [
    "AgentSkill",
    "Block",
    "BridgedCall",
    "Call",
    "CallLeg",
    "CallingHours",
    "DutyHalfHour",
    "HalfHour",
    "Holiday",
    "InboundEvent",
    "Incident",
    "Line",
    "LineTest",
    "Listening",
    "Message",
    "MessageTemplate",
    "OpeningHours",
    "OptOut",
    "Picture",
    "Presence",
    "PresenceSpan",
    "Recording",
    "RefusedWebhook",
    "Skill",
    "TextHalfHour",
    "User",
    "WeeklyBlock",
]
