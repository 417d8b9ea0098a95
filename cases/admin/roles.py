"""Who sees what of the cases in the admin: the desks are where people work, the admin is where they look after data."""

from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR

EVERYBODY = frozenset({AGENT, SUPERVISOR, DISPATCHER, ADMINISTRATOR})
DESK = frozenset({AGENT, SUPERVISOR, ADMINISTRATOR})
LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
NOBODY: frozenset[str] = frozenset()
