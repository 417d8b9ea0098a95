"""The day from its first event to its last."""

from __future__ import annotations

import heapq
import sys
import time
from datetime import timedelta
from functools import partial

from bench.day import city, dispatcher, drivers, sweeps
from bench.day.clock import BEGINS
from bench.day.day import Day


def run(day: Day) -> None:
    from dispatch import planner

    city.set_up(day)
    end = BEGINS + timedelta(hours=day.hours)
    for n in range(int(day.hours * 3600 / day.every.total_seconds()) + 1):
        day.at(BEGINS + n * day.every, partial(dispatcher.plan, day, last=n * day.every >= timedelta(hours=day.hours)))
    drained = end + timedelta(hours=6)
    began, said = time.perf_counter(), BEGINS
    while day.waiting and day.waiting[0][0] <= drained:
        day.now, _n, do = heapq.heappop(day.waiting)
        day.clock.to(day.now)
        do()
        if day.now >= said + timedelta(hours=1):
            said = day.now
            seconds = time.perf_counter() - began
            print(f"{day.policy}: {said:%H:%M} after {seconds:.0f} s, {day.counted['pages']} pages", file=sys.stderr)
        if day.now > end and not drivers.trips_are_on():
            break
    day.now += timedelta(minutes=3)
    day.clock.to(day.now)
    sweeps.sweep(day)
    planner.propose_asked()
