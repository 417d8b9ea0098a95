"""The driver's page: a signed link on a telephone, no log-in, no app."""
