"""Who does what with vehicles, in views and in the admin."""

from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR

EVERYBODY = frozenset({AGENT, SUPERVISOR, DISPATCHER, ADMINISTRATOR})
DISPATCH = frozenset({DISPATCHER, SUPERVISOR, ADMINISTRATOR})
LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
