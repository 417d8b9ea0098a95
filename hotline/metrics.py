"""/metrics for Prometheus: what the processes counted, and gauges read from the database when they are asked for."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import redis
from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hotline import heartbeat, line_tests
from hotline.access import public
from hotline.celery import app
from hotline.models import InboundEvent, Incident, Message

log = logging.getLogger(__name__)
Reading = float | Mapping[str, float]
Reader = Callable[[], Reading]


class Gauges(Collector):
    """Numbers that are true for the whole system, whichever process is asked."""

    def __init__(self) -> None:
        self.readers: dict[str, tuple[str, str, Reader]] = {}

    def add(self, name: str, meaning: str, label: str, read: Reader) -> None:
        self.readers[name] = (meaning, label, read)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (meaning, label, read) in self.readers.items():
            try:
                readings = _readings(read())
            except (DatabaseError, redis.RedisError) as error:  # the others still say what they know
                log.warning("gauge %s has no reading: %s", name, type(error).__name__)
                continue
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
            for value, number in readings:
                family.add_metric([value] if label else [], number)
            yield family


gauges = Gauges()


def gauge(name: str, meaning: str, label: str = "") -> Callable[[Reader], Reader]:
    """Publishes what the function returns: a number, or with `label` a number for each value of it.

    It runs at each scrape: one query over an index, no scan.
    """

    def register(read: Reader) -> Reader:
        gauges.add(name, meaning, label, read)
        return read

    return register


@public("counts and durations only, no personal data")
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    page = generate_latest(_counted()) + generate_latest(_asked())
    return HttpResponse(page, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """The counters of every process when several share a directory for them, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry


def _asked() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(gauges)
    return registry


def _readings(reading: Reading) -> list[tuple[str, float]]:
    return list(reading.items()) if isinstance(reading, Mapping) else [("", reading)]


@gauge("hotline_outbox_messages", "Outgoing messages that are not yet with the carrier", label="state")
def _outbox() -> Mapping[str, float]:
    waiting = (Message.State.QUEUED, Message.State.SENDING, Message.State.UNKNOWN)
    return _per_state(Message.objects.filter(state__in=waiting), waiting)


@gauge("hotline_inbound_events", "Webhooks that were kept and have no effect yet", label="state")
def _inbox() -> Mapping[str, float]:
    waiting = (InboundEvent.State.RECEIVED, InboundEvent.State.FAILED, InboundEvent.State.MALFORMED)
    return _per_state(InboundEvent.objects.filter(state__in=waiting), waiting)


@gauge("hotline_tasks_waiting", "Tasks in the broker that no worker has taken", label="queue")
def _tasks() -> Mapping[str, float]:
    name = app.conf.task_default_queue
    with heartbeat.broker() as client:
        return {name: float(client.llen(name))}


@gauge("hotline_incidents_open", "What does not work now", label="cause")
def _incidents() -> Mapping[str, float]:
    counted = Incident.objects.filter(ended_at=None).order_by().values_list("cause").annotate(Count("pk"))
    return dict.fromkeys(Incident.Cause.values, 0.0) | {cause: float(n) for cause, n in counted}


@gauge("hotline_line_test_seconds", "How long the last test from end to end took that arrived", label="kind")
def _line_tests() -> Mapping[str, float]:
    return line_tests.last_seconds()


def _per_state(rows: QuerySet[Any], states: Iterable[str]) -> Mapping[str, float]:
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {str(state): float(counted.get(state, 0)) for state in states}
