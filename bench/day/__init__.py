"""One day in a closed city, driven through the product's own pages and rules on a clock that is moved: what bench/city.py runs.

Simulated: the clock (Python's and the database's), who asks for what and where, agents and pickup points (a case becomes ready
some time after it came in), the road (how long a drive, a check-point and a hand-over really take), what goes wrong, and people:
drivers and a dispatcher who press what their pages offer, by HTTP requests to the real views in this process.
Real: everything else - cases and their moves, the planner, trips, windows and texts (written to the outbox, not handed to a
carrier), sweeps, learning, clearance, the database with its constraints.

The search is at exploration level 1 on one thread, so that a day fits into minutes.

clock       the time, of Python and of the database
asked       who asks for what, when and where
city        vehicles, drivers, shifts and papers of the day
desk        a case from the request until it is ready
dispatcher  plans every five minutes, what leaves soon is let go, breakdowns
drivers     on the road, at the gates, on their phone pages
road        how long it really takes
first_come  the other policy
outcome     the figures
"""
