"""What dispatch says no with."""


class Refused(Exception):
    """It cannot be done now; the text says why, in words for the person who pressed."""
