"""Why an agent is away for a while, and why a case is."""

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
