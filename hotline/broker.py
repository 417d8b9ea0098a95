"""This process's connection to Redis, for what may get lost: words to live pages, tasks to wake."""

from functools import cache

import redis
from django.conf import settings


def broker() -> redis.Redis:
    """Kept for as long as REDIS_URL leads to the same place."""
    return _connected_to(settings.REDIS_URL)


@cache
def _connected_to(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
