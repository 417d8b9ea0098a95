"""The planner: reads what is ready, lets VROOM make trips of it, and proposes them to the dispatcher.

problem    what there is to plan, read from the database
routing    the trips, by VROOM, with urgency before distance
reasons    why a case is not on any of them, in words
proposing  one run, from the request to the saved proposal
"""

from dispatch.planner.asking import ask
from dispatch.planner.proposing import propose, propose_asked, propose_by_id

__all__ = ["ask", "propose", "propose_asked", "propose_by_id"]
