"""Why an agent is away for a while, why a case waits, and how words were taken: slugs and what people read."""

from django.utils.translation import gettext_lazy as _

BREAKS = [
    ("lunch", _("meal")),
    ("rest", _("short rest")),
    ("talk", _("team talk")),
    ("training", _("training")),
    ("other_work", _("other work")),
]

# The slug is what is kept, so that the resident can be told in their own language (cases.status).
HOLD_REASONS = [
    ("photo", _("waits for the photo of the prescription")),
    ("resident", _("waits for the resident")),
    ("stock", _("waits for stock")),
]

# How words that came in were taken (Contact.taken_as).
TAKEN_AS = {
    "request": _("request"),
    "addition": _("more words"),
    "address_change": _("wants the address changed"),
    "more_needed": _("needs more"),
    "command": _("command"),
    "answer": _("answer"),
    "offer": _("offer"),
    "complaint": _("complaint"),
    "permit": _("permit"),
    "photo": _("photo"),
    "unclear": _("unclear"),
    "opt_out": _("no more texts"),
    "no_number": _("number withheld"),
    "blocked": _("blocked number"),
    "voicemail": _("voice message"),
    "not_reached": _("not reached"),
}
