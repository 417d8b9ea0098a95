"""The dispatcher's board: what the planner proposes, what is on the road, what goes wrong. The rules are in dispatch.trips."""
