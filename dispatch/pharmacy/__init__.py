"""The page of a pickup point: a signed link to what we ask of it, no log-in."""
