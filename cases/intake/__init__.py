"""How a case comes into being: from a text, or from what an agent writes down while talking. Twice the same makes one."""

from cases.intake.form import Changed, from_outside, from_partner, save, what_is_edited
from cases.intake.opening import open_new, put_call_on
from cases.intake.texts import SURE_ENOUGH, add_words, from_message, note_offer

__all__ = [
    "SURE_ENOUGH",
    "Changed",
    "add_words",
    "from_message",
    "from_outside",
    "from_partner",
    "note_offer",
    "open_new",
    "put_call_on",
    "save",
    "what_is_edited",
]
