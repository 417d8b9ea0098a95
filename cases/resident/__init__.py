"""The resident's page: a signed link on an old telephone, large letters, no log-in, no scripts."""
