class Trouble(Exception):
    """Something the operator can mend: one sentence that says what is wrong and how."""
