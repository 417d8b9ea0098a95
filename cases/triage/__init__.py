"""Triage: what a text says, what to ask, how urgent it is, and which category it points to. It proposes; people decide."""

from cases.triage.household import VULNERABILITIES
from cases.triage.items import Line
from cases.triage.judging import Judgement, judge
from cases.triage.questions import Question, missing, questions
from cases.triage.reading import Reading, read
from cases.triage.red_flags import RedFlag
from cases.triage.suggesting import Suggestion, suggest

__all__ = [
    "VULNERABILITIES",
    "Judgement",
    "Line",
    "Question",
    "Reading",
    "RedFlag",
    "Suggestion",
    "judge",
    "missing",
    "questions",
    "read",
    "suggest",
]
