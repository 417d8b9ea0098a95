"""Figures of the road: what vehicles did, how far and how long, and what they left, by day, fleet or district.

reckoning  from the stops of ended trips to sums
views      the page, and the same as CSV
"""
